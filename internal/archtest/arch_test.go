// Package archtest holds the plan of the house (ARCHITECTURE.md) against the code.
// It never runs outside tests.
package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "lianxin/"

// floors of the house from the ground up; a room imports rooms of its own floor or below, and only the edges named in `within` on its own.
var floors = [][]string{
	{"errs", "deadline", "procedure", "policy", "zh", "lang"},
	{"store", "event", "sealed", "files", "search", "render", "table", "backup", "deliver", "figure", "document"},
	{"identity", "registry", "casework", "opinion", "suggestion", "motion", "notice"},
	{"web", "web/assets", "web/paper", "web/pages", "api", "demo"},
}

// within names the edges inside the domain's floor.
var within = map[string][]string{"identity": {"registry"}, "casework": {"registry"}, "opinion": {"casework", "registry"}, "suggestion": {"casework", "registry"},
	"motion": {"casework", "registry", "suggestion"},
	"notice": {"casework", "identity", "registry"}}

// source is one parsed file.
type source struct {
	path string // from the repository's root
	room string // "casework", "cmd/lianxin"
	test bool
	file *ast.File
	set  *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	for _, top := range []string{"internal", "cmd", "tools"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, path, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			all = append(all, source{path: rel, room: strings.TrimPrefix(filepath.ToSlash(filepath.Dir(rel)), "internal/"), test: strings.HasSuffix(path, "_test.go"), file: f, set: set})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func floorOf(room string) int {
	return slices.IndexFunc(floors, func(rooms []string) bool { return slices.Contains(rooms, room) })
}

// testOnly are rooms that serve tests.
func testOnly(room string) bool {
	return slices.Contains([]string{"archtest", "store/storetest", "registry/registrytest", "web/webtest"}, room)
}

func TestImportsRunDownwards(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || testOnly(s.room) || floorOf(s.room) < 0 {
			continue
		}
		for _, i := range s.file.Imports {
			other, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module+"internal/")
			if !ours {
				continue
			}
			from, to := floorOf(s.room), floorOf(other)
			switch {
			case to < 0:
				t.Errorf("%s imports %s, which stands on no floor", s.path, other)
			case to > from:
				t.Errorf("%s imports upwards: %s", s.path, other)
			case to == from && from == 2 && !slices.Contains(within[s.room], other):
				t.Errorf("%s imports %s: an edge inside the domain that is not named", s.path, other)
			}
		}
	}
}

func TestTheDomainKnowsNoSurface(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || floorOf(s.room) < 0 || floorOf(s.room) > 2 {
			continue
		}
		for _, i := range s.file.Imports {
			if path := strings.Trim(i.Path.Value, `"`); path == "net/http" && s.room != "deliver" || path == "html/template" { // deliver calls out
				t.Errorf("%s imports %s", s.path, path)
			}
		}
	}
}

func TestOnlyStoreKnowsDriversAndEngines(t *testing.T) {
	for _, s := range sources(t) {
		if s.room == "store" || testOnly(s.room) {
			continue
		}
		for _, i := range s.file.Imports {
			if path := i.Path.Value; strings.Contains(path, "sqlite") || strings.Contains(path, "pgx") || path == `"database/sql"` {
				t.Errorf("%s imports %s", s.path, path)
			}
		}
		if s.test || slices.Contains([]string{"internal/search/engines.go", "internal/search/search.go", "cmd/lianxin/bench.go"}, s.path) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Engine" || sel.Sel.Name == "Postgres" || sel.Sel.Name == "SQLite") {
				t.Errorf("%s asks which engine runs", s.set.Position(n.Pos()))
			}
			return true
		})
	}
}

func TestTimeAndEnvironmentComeFromCmd(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || testOnly(s.room) || strings.HasPrefix(s.room, "cmd/") || strings.HasPrefix(s.room, "tools/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := call.X.(*ast.Ident); ok && (pkg.Name == "time" && call.Sel.Name == "Now" || pkg.Name == "os" && call.Sel.Name == "Getenv") {
					t.Errorf("%s uses %s.%s", s.set.Position(n.Pos()), pkg.Name, call.Sel.Name)
				}
			}
			return true
		})
	}
}

// TestPackageVariablesAreNotAssigned looks for assignments to names that are package variables and are not shadowed in the function.
func TestPackageVariablesAreNotAssigned(t *testing.T) {
	variables := map[string]map[string]bool{}
	all := sources(t)
	for _, s := range all {
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR || s.test {
				continue
			}
			for _, spec := range g.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if variables[s.room] == nil {
						variables[s.room] = map[string]bool{}
					}
					variables[s.room][name.Name] = true
				}
			}
		}
	}
	for _, s := range all {
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				a, ok := n.(*ast.AssignStmt)
				if !ok || a.Tok == token.DEFINE {
					return true
				}
				for _, left := range a.Lhs {
					if id, ok := left.(*ast.Ident); ok && variables[s.room][id.Name] && id.Obj != nil && id.Obj.Kind == ast.Var {
						if _, local := id.Obj.Decl.(*ast.ValueSpec); local && id.Obj.Pos() < f.Pos() {
							t.Errorf("%s assigns the package variable %s", s.set.Position(a.Pos()), id.Name)
						}
					}
				}
				return true
			})
		}
	}
}

func TestEveryPackageSaysWhatItIsForAndNeverDoes(t *testing.T) {
	docs := map[string]string{}
	for _, s := range sources(t) {
		if s.test && s.room != "archtest" {
			continue
		}
		if name := s.file.Name.Name; slices.Contains([]string{"util", "common", "models", "helpers", "types", "base"}, name) {
			t.Errorf("%s is called %s, which says nothing", s.path, name)
		}
		docs[s.room] += s.file.Doc.Text()
	}
	for room, doc := range docs {
		if strings.Count(doc, ".") < 2 || room != "cmd/lianxin" && !strings.HasPrefix(room, "tools/") && !strings.Contains(doc, "never") {
			t.Errorf("%s: its comment should say in a sentence what it is for, and in one what it never does: %q", room, doc)
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc.Text() == "" && (d.Recv == nil || exportedReceiver(d)) {
					t.Errorf("%s: %s has no comment", s.set.Position(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc.Text() == "" && ts.Doc.Text() == "" {
						t.Errorf("%s: %s has no comment", s.set.Position(ts.Pos()), ts.Name.Name)
					}
				}
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	e := d.Recv.List[0].Type
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	id, ok := e.(*ast.Ident)
	return ok && id.IsExported()
}

func TestFilesStaySmall(t *testing.T) {
	for _, s := range sources(t) {
		b, err := os.ReadFile(filepath.Join("..", "..", s.path))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(b), "\n"); n > 450 && !s.test {
			t.Errorf("%s has %d lines", s.path, n)
		}
	}
}

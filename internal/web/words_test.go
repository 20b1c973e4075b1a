package web

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"lianxin/internal/lang"
)

func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// sources walks the files of the surfaces, tests and what they stand on left out.
func sources(t *testing.T, ext string, look func(path string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "webtest" || d.Name() == "dist") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ext || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		look(path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoTextStandsOutsideTheCatalogues(t *testing.T) {
	sources(t, ".html", func(path string, text []byte) {
		for i, line := range strings.Split(string(text), "\n") {
			if han(line) {
				t.Errorf("%s:%d: %s", path, i+1, line)
			}
		}
	})
	sources(t, ".go", func(path string, text []byte) {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && han(lit.Value) {
				t.Errorf("%s: %s", set.Position(lit.Pos()), lit.Value)
			}
			return true
		})
	})
}

// TestEveryKeyIsInACatalogue looks for the keys that templates and handlers of the surfaces word.
func TestEveryKeyIsInACatalogue(t *testing.T) {
	keys := map[string]bool{}
	for _, pattern := range []string{"../*/messages/zh-CN.json", "../../internal/web/*/messages/zh-CN.json", "messages/zh-CN.json"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			texts := map[string]string{}
			b, err := os.ReadFile(file)
			if err == nil {
				err = json.Unmarshal(b, &texts)
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for key := range texts {
				keys[key] = true
			}
		}
	}
	comment := regexp.MustCompile(`(?m)^\s*//.*$`)
	look := func(asked *regexp.Regexp) func(string, []byte) {
		return func(path string, text []byte) {
			text = comment.ReplaceAll(text, nil)
			for _, m := range asked.FindAllSubmatch(text, -1) {
				if !keys[string(m[1])] {
					t.Errorf("%s words %q, which no catalogue has", path, m[1])
				}
			}
		}
	}
	sources(t, ".html", look(regexp.MustCompile(`\bt "([a-z_0-9.]+)"`)))
	sources(t, ".go", look(regexp.MustCompile(`(?:\bT\(|Page\(r, |errs\.New\(errs\.\w+, |refuse\()"([a-z_0-9]+\.[a-z_0-9.]+)"[,)]`)))
}

func TestThePseudoLocaleHasNoChinese(t *testing.T) {
	s := newShell(t, func(c *Config) {
		c.Demo = true
		c.Site = "Lianxin"
		c.SignIn = "/sign-in"
		c.Templates = append(c.Templates, os.DirFS("testdata/pages"))
	})
	r := httptest.NewRequest("GET", "/none", nil)
	r.Header.Set("Cookie", localeCookie+"="+lang.Pseudo)
	v := &guideView{Page: s.Page(r, "web.home"), Steps: []Step{{"a", "now"}}, Acts: []Act{{Print: true}}, Pager: Pager{First: "/", Next: "/"}}
	v.Story = []Entry{{At: 1, Entered: 2, Undone: true, Why: []Due{{Date: "2026-12-14", Lamp: "amber", Why: []string{"a"}}}}}
	v.Filter = v.Page.Filter("/")
	v.Form = v.Page.Form("/", &Field{Name: "a", Kind: Area, Required: true, Max: 3}, &Field{Name: "b", Kind: Select})
	v.Confirm = Confirm{Effects: []string{"a"}, Form: v.Page.Form("/")}
	w := httptest.NewRecorder()
	if err := s.Render(w, r, "guide", v); err != nil {
		t.Fatal(err)
	}
	if body := w.Body.String(); han(body) || !strings.Contains(body, "[xx") || strings.Contains(body, "⟦") {
		t.Errorf("not all words are of the pseudo-locale: %s", body)
	}
}

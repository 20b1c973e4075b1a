// Command assets bundles the npm parts and our own style and script into internal/web/assets/dist, with hashed names and a manifest.
// It never runs a script of a package: it only reads node_modules.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	src  = "internal/web/assets/src"
	dist = "internal/web/assets/dist"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run() error {
	if _, err := os.Stat("node_modules/bootstrap"); err != nil {
		return fmt.Errorf("node_modules is missing; run `make setup` in the repository's root: %w", err)
	}
	if err := empty(dist); err != nil {
		return err
	}
	result := api.Build(options())
	if len(result.Errors) > 0 {
		return fmt.Errorf("%d errors while bundling", len(result.Errors))
	}
	manifest, err := names(result.Metafile)
	if err != nil {
		return err
	}
	if err := notices(filepath.Join(dist, "THIRD-PARTY.txt")); err != nil {
		return err
	}
	for _, f := range result.OutputFiles {
		fmt.Printf("%8d  %s\n", len(f.Contents), filepath.Base(f.Path))
	}
	return os.WriteFile(filepath.Join(dist, "manifest.json"), manifest, 0o644)
}

func options() api.BuildOptions {
	return api.BuildOptions{
		EntryPoints: []string{src + "/app.js", src + "/app.css"}, Outdir: dist, Bundle: true, Write: true,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		Format: api.FormatESModule, Target: api.ES2022, Sourcemap: api.SourceMapNone,
		EntryNames: "[name]-[hash]", ChunkNames: "[name]-[hash]", AssetNames: "[name]-[hash]",
		Loader:   map[string]api.Loader{".svg": api.LoaderFile},
		Metafile: true, LegalComments: api.LegalCommentsLinked, LogLevel: api.LogLevelWarning,
		Plugins: []api.Plugin{followSystem()},
	}
}

// empty removes what an earlier run left; .gitkeep stays, for the folder must exist in a clone.
func empty(dir string) error {
	old, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range old {
		if f.Name() == ".gitkeep" {
			continue
		}
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// dark finds a rule of the dark theme, comments and line ends before it left out. No such rule nests another in the styles we bundle.
var dark = regexp.MustCompile(`(?m)^[^{}@\n]*\[data-bs-theme=dark\][^{}]*\{[^{}]*\}`)

// followSystem repeats every rule of the dark theme for pages that follow the system's setting, so that dark mode needs no script.
func followSystem() api.Plugin {
	return api.Plugin{Name: "follow-system", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `\.css$`}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			css, err := os.ReadFile(a.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			text := string(css)
			rules := strings.Join(dark.FindAllString(text, -1), "\n")
			if rules != "" {
				text += "\n@media (prefers-color-scheme: dark) {\n" + strings.ReplaceAll(rules, "[data-bs-theme=dark]", "[data-bs-theme=auto]") + "\n}\n"
			}
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderCSS}, nil
		})
	}}
}

// names maps the name a template asks for, such as "app.css", to the hashed file.
func names(metafile string) ([]byte, error) {
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string `json:"entryPoint"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, err
	}
	m := map[string]string{}
	for file, out := range meta.Outputs {
		if out.EntryPoint != "" {
			m[filepath.Base(out.EntryPoint)] = filepath.Base(file)
		}
	}
	return json.MarshalIndent(m, "", "  ")
}

// notices gathers the licences of what the bundle contains, as they ask for.
func notices(file string) error {
	var b strings.Builder
	for _, part := range []string{"bootstrap", "htmx.org"} {
		text, err := os.ReadFile(filepath.Join("node_modules", part, "LICENSE"))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "== %s ==\n\n%s\n", part, text)
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}

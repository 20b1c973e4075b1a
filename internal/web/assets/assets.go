// Package assets holds the built style and script and serves them under names that change with their content.
// It never builds them: `make setup` does.
package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"testing/fstest"
)

//go:embed all:dist
var dist embed.FS

// Prefix is the path assets are served under.
const Prefix = "/static/"

// Set is the built files and the names templates know them by.
type Set struct {
	files  fs.FS
	names  map[string]string
	hashed map[string]bool
}

// Load reads the built assets; it fails, naming the command, where nothing was built.
func Load() (*Set, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return load(files)
}

func load(files fs.FS) (*Set, error) {
	b, err := fs.ReadFile(files, "manifest.json")
	if err != nil {
		return nil, fmt.Errorf("assets: styles and scripts are not built; run `make setup` and build again: %w", err)
	}
	s := &Set{files: files, names: map[string]string{}, hashed: map[string]bool{}}
	if err := json.Unmarshal(b, &s.names); err != nil {
		return nil, fmt.Errorf("assets: manifest: %w", err)
	}
	for _, file := range s.names {
		s.hashed[file] = true
	}
	return s, nil
}

// URL is the path of the asset a template calls by its plain name, such as "app.css".
func (s *Set) URL(name string) (string, error) {
	file, ok := s.names[name]
	if !ok {
		return "", fmt.Errorf("assets: no asset %q", name)
	}
	return Prefix + file, nil
}

// ServeHTTP serves a built file. Names that change with their content may be kept by browsers for a year.
func (s *Set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	info, err := fs.Stat(s.files, name)
	if err != nil || info.IsDir() {
		http.NotFound(w, r)
		return
	}
	if s.hashed[name] {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeFileFS(w, r, s.files, name)
}

// Blank is a set with empty files, for tests of what pages say.
func Blank() *Set {
	names := map[string]string{"app.css": "app-blank.css", "app.js": "app-blank.js"}
	files := fstest.MapFS{}
	hashed := map[string]bool{}
	for _, file := range names {
		files[file] = &fstest.MapFile{}
		hashed[file] = true
	}
	return &Set{files: files, names: names, hashed: hashed}
}

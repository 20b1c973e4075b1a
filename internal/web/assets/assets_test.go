package assets

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAnUnbuiltSetNamesTheCommand(t *testing.T) {
	if _, err := load(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "make setup") {
		t.Errorf("got %v", err)
	}
}

func TestServesHashedNamesForAYearAndOthersNot(t *testing.T) {
	s, err := load(fstest.MapFS{
		"manifest.json": {Data: []byte(`{"app.css": "app-1.css"}`)}, "app-1.css": {Data: []byte("a{}")}, "THIRD-PARTY.txt": {Data: []byte("MIT")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct {
		status int
		kept   bool
	}{
		"/static/app-1.css":          {http.StatusOK, true},
		"/static/THIRD-PARTY.txt":    {http.StatusOK, false},
		"/static/none.css":           {http.StatusNotFound, false},
		"/static/":                   {http.StatusNotFound, false},
		"/static/../assets.go":       {http.StatusNotFound, false},
		"/static//etc/passwd":        {http.StatusNotFound, false},
		"/static/%2e%2e/manifest.js": {http.StatusNotFound, false},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if kept := w.Header().Get("Cache-Control") != ""; w.Code != want.status || kept != want.kept {
			t.Errorf("%s: %d, kept %v", path, w.Code, kept)
		}
	}
	if _, err := s.URL("none.css"); err == nil {
		t.Error("an unknown asset must be an error of the template")
	}
}

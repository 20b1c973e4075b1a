package web

import (
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"lianxin/internal/errs"
)

// FuzzFormRead sends anything as a form: every mistake is one a user can be told, and what is kept is clean text.
func FuzzFormRead(f *testing.F) {
	shell := newShell(f, func(*Config) {})
	for _, seed := range []string{"line=a&area=b", "line=%00", "line=a&line=b", "pick=none", "day=2026-02-30", "_key=x&_version=9", "unknown=1", "%zz=1", "line=" + strings.Repeat("x", 500), "box=yes&boxes=a&boxes=b", "line=%ff%fe"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", "/form", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		page := shell.Page(r, "web.home")
		form := page.Form("/form", &Field{Name: "line", Kind: Line, Label: "line", Max: 100}, &Field{Name: "area", Kind: Area, Label: "area", Max: 1000},
			&Field{Name: "pick", Kind: Select, Label: "pick", Options: []Option{{Value: "a", Label: "a"}}}, &Field{Name: "day", Kind: Date, Label: "day"},
			&Field{Name: "box", Kind: Check, Label: "box"}, &Field{Name: "boxes", Kind: Checks, Label: "boxes", Options: []Option{{Value: "a", Label: "a"}, {Value: "b", Label: "b"}}})
		err := form.Read(r)
		if err != nil && errs.KindOf(err) == errs.Internal {
			t.Fatalf("%q: %v", body, err)
		}
		if err != nil {
			return
		}
		for _, fd := range form.Fields {
			if !utf8.ValidString(fd.Value) || strings.ContainsRune(fd.Value, 0) || fd.Max > 0 && utf8.RuneCountInString(fd.Value) > fd.Max {
				t.Errorf("%q: %s is kept as %q", body, fd.Name, fd.Value)
			}
		}
	})
}

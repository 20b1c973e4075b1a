package web

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lianxin/internal/errs"
)

func testForm(t testing.TB) *Form {
	s := newShell(t, func(*Config) {})
	p := s.Page(httptest.NewRequest("GET", "/", nil), "web.home")
	return guideForm(&p)
}

func post(f *Form, v url.Values) error {
	r := httptest.NewRequest("POST", "/guide", strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return f.Read(r)
}

func good() url.Values {
	return url.Values{"title": {" 路灯 "}, "body": {"一\r\n二"}, "verdict": {"a"}, "agencies": {"a", "c"}, "hide": {"yes"}, "pictures": {""}, "on": {"2026-02-28"}, "at": {"2026-02-28T09:30"}, "station": {"s1"}, "_key": {"k-1"}, "_version": {"7"}}
}

func TestReadTakesWhatTheFormAsks(t *testing.T) {
	f := testForm(t)
	if err := post(f, good()); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"title": "路灯", "body": "一\n二", "verdict": "a", "agencies": []string{"a", "c"}, "hide": true, "on": "2026-02-28", "at": "2026-02-28T09:30", "station": "s1"}
	if d := cmp.Diff(want, f.Input()); d != "" {
		t.Error(d)
	}
	if f.Key != "k-1" || f.Version != 7 || !f.Ticked("hide") {
		t.Errorf("%q %d", f.Key, f.Version)
	}
}

func TestReadNamesEveryMistake(t *testing.T) {
	for _, c := range []struct {
		name, field string
		values      []string
		key         string
	}{
		{"unknown", "", []string{"x"}, "errs.unknown_field"},
		{"title", "title", nil, "web.required"},
		{"title", "title", []string{"a", "b"}, "web.once"},
		{"title", "title", []string{"a\nb"}, "web.one_line"},
		{"title", "title", []string{strings.Repeat("字", 21)}, "web.too_long"},
		{"title", "title", []string{"a\x00"}, "zh.control_character"},
		{"title", "title", []string{"\xff"}, "zh.invalid_utf8"},
		{"verdict", "verdict", []string{"z"}, "web.bad_choice"},
		{"verdict", "verdict", nil, "web.required_choice"},
		{"category", "category", []string{"z"}, "web.bad_choice"},
		{"agencies", "agencies", []string{"a", "z"}, "web.bad_choice"},
		{"hide", "hide", []string{"on"}, "web.bad_choice"},
		{"on", "on", []string{"2026-02-30"}, "web.bad_date"},
		{"at", "at", []string{"2026-02-28 09:30"}, "web.bad_datetime"},
		{"at", "at", []string{"2026-02-28T24:00"}, "web.bad_datetime"},
		{"pictures", "", []string{"not a file"}, "errs.unknown_field"},
		{"_version", "", []string{"x"}, "errs.unknown_field"},
	} {
		v := good()
		v[c.name] = c.values
		f := testForm(t)
		all := errs.All(post(f, v))
		if len(all) != 1 || all[0].Key != c.key || all[0].Field != c.field {
			t.Errorf("%s=%q: %v", c.name, c.values, all)
		}
		if !f.Refuse(all[0]) || len(f.Wrong) != 1 || strings.Contains(f.Wrong[0].Text, "⟦") || f.Field("body").Value != "一\n二" {
			t.Errorf("%s=%q: shown as %v", c.name, c.values, f.Wrong)
		}
	}
}

func TestErrorsNoFormMendsAreNotShownInIt(t *testing.T) {
	for _, kind := range []errs.Kind{errs.Internal, errs.Denied, errs.NotFound, errs.Unauthenticated} {
		if testForm(t).Refuse(errs.New(kind, "errs.denied")) {
			t.Errorf("%v", kind)
		}
	}
	f := testForm(t)
	if f.Key = "old"; !f.Refuse(errs.New(errs.Conflict, "errs.denied")) || f.Key == "old" {
		t.Error("a refused form must not keep its key: the next answer is another request")
	}
}

func TestOtherBodiesAreNotForms(t *testing.T) {
	for _, kind := range []string{"", "application/json", "multipart/form-data", "multipart/form-data; boundary=x"} {
		r := httptest.NewRequest("POST", "/guide", strings.NewReader("{}"))
		r.Header.Set("Content-Type", kind)
		if all := errs.All(testForm(t).Read(r)); all[0].Key != "errs.bad_request" {
			t.Errorf("%q: %v", kind, all)
		}
	}
	r := httptest.NewRequest("POST", "/guide", strings.NewReader("a=%zz"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if all := errs.All(testForm(t).Read(r)); all[0].Key != "errs.bad_request" {
		t.Errorf("%v", all)
	}
}

func TestFilesAreCountedAndNamed(t *testing.T) {
	for _, c := range []struct {
		files []string
		key   string
	}{{[]string{"pictures"}, ""}, {[]string{"pictures", "pictures", "pictures"}, "web.too_many_files"}, {[]string{"other"}, "errs.unknown_field"}} {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for name, values := range good() {
			for _, v := range values {
				_ = w.WriteField(name, v)
			}
		}
		for _, name := range c.files {
			part, _ := w.CreateFormFile(name, "a.jpg")
			_, _ = part.Write([]byte("x"))
		}
		_ = w.Close()
		r := httptest.NewRequest("POST", "/guide", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		f := testForm(t)
		err := f.Read(r)
		if c.key == "" && err != nil || c.key != "" && (err == nil || errs.All(err)[0].Key != c.key) {
			t.Errorf("%v: %v", c.files, err)
		}
		if c.key == "" && len(f.Field("pictures").Files) != 1 {
			t.Error("no file")
		}
	}
}

func TestFiltersKeepTheirStateInTheAddress(t *testing.T) {
	s := newShell(t, func(*Config) {})
	p := s.Page(httptest.NewRequest("GET", "/", nil), "web.home")
	rapid.Check(t, func(t *rapid.T) {
		fields := func() []*Field {
			return []*Field{{Name: "q", Kind: Line}, {Name: "state", Kind: Select, Options: []Option{{Value: "open"}, {Value: "closed"}}}, {Name: "kinds", Kind: Checks, Options: []Option{{Value: "a"}, {Value: "b"}}}}
		}
		f := p.Filter("/list", fields()...)
		f.Set("q", strings.TrimSpace(rapid.StringMatching(`[a-z路灯&=#?+% ]{0,8}`).Draw(t, "q")))
		f.Set("state", rapid.SampledFrom([]string{"", "open", "closed"}).Draw(t, "state"))
		f.Field("kinds").Values = rapid.SampledFrom([][]string{nil, {"a"}, {"a", "b"}}).Draw(t, "kinds")
		again := p.Filter("/list", fields()...)
		if err := again.Read(httptest.NewRequest("GET", f.Link("cursor", "c1"), nil)); err != nil {
			t.Fatal(err)
		}
		if again.Link() != f.Link() || !slices.Equal(again.Field("kinds").Values, f.Field("kinds").Values) {
			t.Fatalf("%s became %s", f.Link(), again.Link())
		}
	})
}

func TestMessengersMayAddToLinks(t *testing.T) {
	s := newShell(t, func(*Config) {})
	p := s.Page(httptest.NewRequest("GET", "/", nil), "web.home")
	f := p.Filter("/list", &Field{Name: "q", Kind: Line})
	if err := f.Read(httptest.NewRequest("GET", "/list?q=a&from=singlemessage", nil)); err != nil || f.Value("q") != "a" {
		t.Errorf("%v", err)
	}
}

package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/zh"
)

// multipartBody is a form sent with a file.
func multipartBody(t testing.TB, name, filename, content string) string {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if err := m.SetBoundary("x"); err != nil {
		t.Fatal(err)
	}
	for field, value := range map[string]string{"title": "a", "body": "b", "verdict": "a"} {
		if err := m.WriteField(field, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile(name, filename)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// FuzzFormRead holds that whatever is sent, the answers kept can be shown, and those taken are clean and among what was offered.
func FuzzFormRead(f *testing.F) {
	const plain, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
	for _, seed := range []struct{ kind, body string }{{plain, good().Encode()}, {plain, ""}, {plain, "title=a&title=b"}, {plain, "title=%ff&body=%00"}, {plain, "title=%zz"}, {plain, ";;&&==%"}, {plain, "_key=%0d%0a&_version=99999999999999999999"},
		{plain, "on=2026-02-30&at=2026-02-28T09:30x&verdict=z&agencies=z"}, {plain, "at=2026-02-28T09:30:15.5"}, {plain, strings.Repeat("a=1&", 300)}, {"multipart/form-data", "--x"}, {parts, "--x\r\n\r\n"}, {parts, multipartBody(f, "pictures", "../../a\x00.jpg", "x")},
		{parts, multipartBody(f, "nobody-asked", "a", "x")}, {parts, multipartBody(f, "title", "a", "x")}, {"application/json", "{}"}, {"", "title=a"}, {plain + "; charset=gbk", "title=a"}} {
		f.Add(seed.kind, seed.body, false)
		f.Add(seed.kind, seed.body, true)
	}
	f.Fuzz(func(t *testing.T, kind, body string, get bool) {
		r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/guide", RawQuery: body}, Header: http.Header{"Content-Type": {kind}}, Body: http.NoBody}
		if !get {
			r = httptest.NewRequest(http.MethodPost, "/guide", strings.NewReader(body))
			r.Header.Set("Content-Type", kind)
		}
		form := testForm(t)
		form.Get = get
		err := form.Read(r)
		if errs.Is(err, errs.Internal) {
			t.Fatalf("%v is no fault of the sender", err)
		}
		for _, fd := range form.Fields {
			if !utf8.ValidString(fd.Value) {
				t.Fatalf("%s keeps %q, which cannot be shown", fd.Name, fd.Value)
			}
		}
		if err != nil {
			if !form.Refuse(err) || len(form.Wrong) == 0 {
				t.Fatalf("nothing tells what is wrong: %v", err)
			}
			return
		}
		for _, fd := range form.Fields {
			taken(t, fd)
		}
		if strings.ContainsFunc(form.Key, func(r rune) bool { return r <= ' ' || r > '~' }) || len(form.Key) > 200 || form.Version < 0 {
			t.Fatalf("key %q, version %d", form.Key, form.Version)
		}
	})
}

// taken looks at an answer nobody found fault with.
func taken(t *testing.T, fd *Field) {
	if clean, err := zh.Clean(fd.Value); fd.Kind != Password && (err != nil || clean != fd.Value) {
		t.Fatalf("%s took %q", fd.Name, fd.Value)
	}
	if fd.Required && fd.Kind != Checks && fd.Value == "" || fd.Max > 0 && fd.Kind != File && utf8.RuneCountInString(fd.Value) > fd.Max || len(fd.Files) > max(fd.Max, 1) {
		t.Fatalf("%s took %q and %d files", fd.Name, fd.Value, len(fd.Files))
	}
	offered := func(v string) bool {
		return slices.ContainsFunc(fd.Options, func(o Option) bool { return o.Value == v })
	}
	if (fd.Kind == Select || fd.Kind == Radio) && fd.Value != "" && !offered(fd.Value) || slices.ContainsFunc(fd.Values, func(v string) bool { return !offered(v) }) {
		t.Fatalf("%s took %q %q, which was not offered", fd.Name, fd.Value, fd.Values)
	}
	day, _, _ := strings.Cut(fd.Value, "T")
	if (fd.Kind == Date || fd.Kind == DateTime) && fd.Value != "" && deadline.DateOf(deadline.Date(day).Start()) != deadline.Date(day) {
		t.Fatalf("%s took %q", fd.Name, fd.Value)
	}
}

// FuzzLocalPath holds that no address to return to leads out of the site or into a header.
func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/desk", "//evil.invalid", "/\\evil.invalid", "https://evil.invalid", "/a\r\nSet-Cookie: x=1", "/%0d%0a", "/\t/evil.invalid", "javascript:alert(1)", "/..//evil.invalid", "/?x=//evil", "", " //evil", "/\x00", "/%2f%2fevil.invalid", "///evil.invalid", "/\u2028"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		local := LocalPath(path, "/home")
		u, err := url.Parse("https://here.invalid" + local)
		if err != nil || u.Host != "here.invalid" || u.User != nil || strings.HasPrefix(local, "//") || strings.ContainsAny(local, "\r\n\t\\\x00") {
			t.Fatalf("%q leads to %q: %v", path, local, err)
		}
		base := &url.URL{Scheme: "https", Host: "here.invalid", Path: "/sign-in"}
		if to, err := base.Parse(local); err != nil || to.Host != "here.invalid" || to.Scheme != "https" {
			t.Fatalf("%q leads to %v, %v", path, to, err)
		}
	})
}

package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lianxin/internal/identity"
)

// rows counts everything that could be left behind.
func (town *town) rows() string {
	town.t.Helper()
	var counts []string
	for _, table := range []string{"case_file", "event", "case_text", "attachment", "sealed_field", "account"} {
		n, err := town.one("select cast(count(*) as text) from " + table)
		if err != nil {
			town.t.Fatal(err)
		}
		counts = append(counts, table+"="+n)
	}
	return strings.Join(counts, " ")
}

// attempt sends a request as it stands and tells the status.
func attempt(t *testing.T, method, address, body string, headers ...string) int {
	t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

// TestSessionsCannotBeForgedOrReplayed tries cookies that are made up, altered, and of a session that has ended.
func TestSessionsCannotBeForgedOrReplayed(t *testing.T) {
	town := furnished(t, false)
	clerk := town.reader("clerk")
	home, err := url.Parse(town.url)
	if err != nil {
		t.Fatal(err)
	}
	session := ""
	for _, c := range clerk.client.Jar.Cookies(home) {
		if c.Name == "lianxin_session" {
			session = c.Value
		}
	}
	desk := func(cookie string) int {
		return attempt(t, "GET", town.url+"/desk", "", "Cookie", "lianxin_session="+cookie)
	}
	if session == "" || desk(session) != http.StatusOK {
		t.Fatalf("signed in, and the desk answers %d", desk(session))
	}
	for _, cookie := range []string{"", "x", session + "x", session[1:], strings.ToUpper(session), strings.Repeat("A", len(session)), "../../etc/passwd", "' or 1=1 --"} {
		if status := desk(cookie); status != http.StatusSeeOther {
			t.Errorf("the session %q answers %d", cookie, status)
		}
	}
	clerk.post("/sign-out", url.Values{})
	if status := desk(session); status != http.StatusSeeOther {
		t.Errorf("a session that was ended answers %d", status)
	}
}

// TestTokensCannotBeStretched tries tokens that are revoked, altered or none.
func TestTokensCannotBeStretched(t *testing.T) {
	town := furnished(t, false)
	token, secret, err := town.h.identity.CreateToken(t.Context(), operator, identity.NewToken{Account: town.account("clerk").ID, Name: "t", Scope: identity.Read, Lasts: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(header string) int {
		return attempt(t, "GET", town.url+"/api/v1/cases", "", "Authorization", header)
	}
	if status := ask("Bearer " + secret); status != http.StatusOK {
		t.Fatalf("the token answers %d", status)
	}
	for _, header := range []string{"", "Bearer", "Bearer ", "Bearer " + secret + "x", "Bearer " + secret[1:], "Basic " + secret, "Bearer " + secret + ", Bearer x", "bearer\t" + secret[:5]} {
		if status := ask(header); status != http.StatusUnauthorized {
			t.Errorf("%q answers %d", header, status)
		}
	}
	if err := town.h.identity.RevokeToken(t.Context(), operator, token.Account, token.ID); err != nil {
		t.Fatal(err)
	}
	if status := ask("Bearer " + secret); status != http.StatusUnauthorized {
		t.Errorf("a revoked token answers %d", status)
	}
}

// TestRequestsThatMeanHarm are answered with what each deserves, and leave no row behind.
func TestRequestsThatMeanHarm(t *testing.T) {
	town := furnished(t, false)
	number, _ := town.submitted("有一盏路灯不亮。")
	before := town.rows()
	api, form := []string{"Content-Type", "application/json"}, []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		want                     []int
	}{
		{"a form of another site", "POST", "/sign-in", "name=clerk&password=" + demoPassword, append(form, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"), []int{403}},
		{"a path that climbs", "GET", "/assets/..%2f..%2fkeys.json", "", nil, []int{404, 400, 301, 307}},
		{"a path that climbs, raw", "GET", "/assets/%2e%2e/%2e%2e/keys.json", "", nil, []int{404, 400, 301, 307}},
		{"a file that is none", "GET", "/cases/" + number + "/files/..%2f..%2fkeys.json", "", nil, []int{303, 404}},
		{"a NUL in the path", "GET", "/published/%00", "", nil, []int{404, 400}},
		{"an endless number", "GET", "/api/v1/cases/" + strings.Repeat("9", 5000), "", nil, []int{404, 414}},
		{"a method nobody knows", "BREW", "/say", "", nil, []int{405}},
		{"TRACE", "TRACE", "/", "", nil, []int{405}},
		{"a redirect elsewhere", "GET", "/sign-in?return=https://evil.example/%0d%0aSet-Cookie:x=1", "", nil, []int{200}},
		{"deep JSON", "POST", "/api/v1/opinions", strings.Repeat(`{"body":`, 20000) + "1" + strings.Repeat("}", 20000), api, []int{400, 422}},
		{"a field twice", "POST", "/api/v1/opinions", `{"body":"a","body":"b"}`, api, []int{400, 422}},
		{"an unknown field", "POST", "/api/v1/opinions", `{"body":"a","admin":true}`, api, []int{400, 422}},
		{"a number for words", "POST", "/api/v1/opinions", `{"body":1e999}`, api, []int{400, 422}},
		{"control characters", "POST", "/api/v1/opinions", `{"body":"a\u0000b"}`, api, []int{422}},
		{"invalid UTF-8", "POST", "/api/v1/opinions", "{\"body\":\"\xff\xfe\"}", api, []int{400, 422}},
		{"ten megabytes", "POST", "/api/v1/opinions", `{"body":"` + strings.Repeat("a", 10<<20) + `"}`, api, []int{413}},
		{"an action nobody knows", "POST", "/api/v1/cases/" + number + "/actions/drop%20table", "{}", api, []int{401, 404}},
		{"a long key", "POST", "/api/v1/opinions", `{"body":"a"}`, append(api, "Idempotency-Key", strings.Repeat("k", 5000)), []int{400, 422}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status := attempt(t, c.method, town.url+c.path, c.body, c.headers...)
			if !contains(c.want, status) {
				t.Errorf("answers %d, want one of %v", status, c.want)
			}
		})
	}
	if after := town.rows(); after != before {
		t.Errorf("left behind: %s, before %s", after, before)
	}
}

func contains(list []int, n int) bool {
	for _, v := range list {
		if v == n {
			return true
		}
	}
	return false
}

// bombs are files that are small to send and large to open, or not what they are called.
func bombs(t *testing.T) map[string][]byte {
	t.Helper()
	var huge bytes.Buffer
	if err := png.Encode(&huge, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	wide := bytes.Clone(huge.Bytes())
	copy(wide[16:24], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 × 65536 by its head
	var packed, sheet bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(make([]byte, 300<<20)); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	book := zip.NewWriter(&sheet)
	part, err := book.Create("xl/worksheets/sheet1.xml")
	if err == nil {
		_, err = part.Write(make([]byte, 300<<20))
	}
	if err != nil || book.Close() != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"wide.png": wide, "nested.csv.gz": packed.Bytes(), "bomb.xlsx": sheet.Bytes(), "script.svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"page.jpg": []byte("<html><script>alert(1)</script></html>"), "empty.pdf": nil}
}

// TestBombsAreRefused sends them as pictures and as tables to import.
func TestBombsAreRefused(t *testing.T) {
	town := furnished(t, false)
	_, code := town.submitted("有一盏路灯不亮。")
	number, err := town.one("select number from case_file")
	if err != nil {
		t.Fatal(err)
	}
	clerk := town.reader("clerk")
	before := town.rows()
	for name, body := range bombs(t) {
		status := attempt(t, "POST", town.url+"/api/v1/cases/"+number+"/attachments", string(body), "Content-Type", "application/octet-stream", "Lianxin-Code", code)
		if status < 400 || status >= 500 {
			t.Errorf("%s as a picture: %d", name, status)
		}
		if status := clerk.upload("/registry/grid/import", name, body); status < 400 || status >= 500 {
			t.Errorf("%s as a table: %d", name, status)
		}
	}
	if after := town.rows(); after != before {
		t.Errorf("left behind: %s, before %s", after, before)
	}
}

// upload sends a file to a form that takes one, and tells the status.
func (p *reader) upload(path, name string, content []byte) int {
	p.t.Helper()
	key := first(p.t, p.get(path, 200), "input[name=_key]", "value")
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	if err := parts.WriteField("_key", key); err != nil {
		p.t.Fatal(err)
	}
	file, err := parts.CreateFormFile("file", name)
	if err == nil {
		_, err = file.Write(content)
	}
	if err != nil || parts.Close() != nil {
		p.t.Fatal(err)
	}
	res, err := p.client.Post(p.url+path, parts.FormDataContentType(), &body)
	if err != nil {
		p.t.Fatal(fmt.Errorf("%s: %w", name, err))
	}
	defer res.Body.Close()
	return res.StatusCode
}

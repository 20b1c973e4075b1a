package main

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// guest is a browser without scripts: cookies, links and forms.
type guest struct {
	t      testing.TB
	base   string
	client *http.Client
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	body string
}

func (town *town) guest() *guest {
	jar, err := cookiejar.New(nil)
	if err != nil {
		town.t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &guest{t: town.t, base: town.url, client: &http.Client{Jar: jar, CheckRedirect: stay}}
}

// staff is a guest who has signed in.
func (town *town) staff(account string) *guest {
	town.t.Helper()
	g := town.guest()
	g.signIn(account, demoPassword)
	return g
}

func (g *guest) signIn(account, password string) {
	g.t.Helper()
	if r := g.post("/sign-in", url.Values{"name": {account}, "password": {password}}); r.StatusCode != http.StatusSeeOther {
		g.t.Fatalf("%s does not come in: %d", account, r.StatusCode)
	}
}

// send asks with headers in turn.
func (g *guest) send(method, path, kind, body string, headers ...string) reply {
	g.t.Helper()
	req, err := http.NewRequestWithContext(g.t.Context(), method, g.base+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := g.client.Do(req)
	if err != nil {
		g.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	if strings.Contains(string(answer), "⟦") {
		g.t.Errorf("%s %s: a sentence is missing: %.60s", method, path, answer[bytes.Index(answer, []byte("⟦")):])
	}
	return reply{res, string(answer)}
}

func (g *guest) get(path string, headers ...string) reply {
	g.t.Helper()
	return g.send(http.MethodGet, path, "", "", headers...)
}

func (g *guest) post(path string, form url.Values, headers ...string) reply {
	g.t.Helper()
	return g.send(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode(), headers...)
}

// sentFile is a file in a form.
type sentFile struct{ field, name, content string }

func (g *guest) upload(path string, form url.Values, files ...sentFile) reply {
	g.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			if err := m.WriteField(name, v); err != nil {
				g.t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		w, err := m.CreateFormFile(f.field, f.name)
		if err == nil {
			_, err = io.WriteString(w, f.content)
		}
		if err != nil {
			g.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		g.t.Fatal(err)
	}
	return g.send(http.MethodPost, path, m.FormDataContentType(), b.String())
}

// logBook keeps what the house logs.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to the book.
func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is what was logged up to now.
func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// logger writes everything into the book, however trifling.
func (l *logBook) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

package main

import (
	"bytes"
	"io"
	"net/http"
	"net/url"

	"lianxin/internal/document"
)

// fetch reads what stands at an address, page or file, and its status.
func (p *reader) fetch(path string) (string, int) {
	p.t.Helper()
	answer, err := p.client.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(body), answer.StatusCode
}

// file reads a download that must be there.
func (p *reader) file(path string) string {
	p.t.Helper()
	body, status := p.fetch(path)
	if status != http.StatusOK {
		p.t.Fatalf("%s answers %d", path, status)
	}
	return body
}

// fill sends the form of a page, with the page's key, and follows where it leads.
func (p *reader) fill(path, action string, values url.Values) string {
	p.t.Helper()
	values.Set("_key", first(p.t, p.get(path, http.StatusOK), `input[name="_key"]`, "value"))
	return p.post(action, values)
}

// words are those of a Word file.
func (p *reader) words(path string) string {
	p.t.Helper()
	doc, err := document.Read(bytes.NewReader([]byte(p.file(path))))
	if err != nil {
		p.t.Fatalf("%s: %v", path, err)
	}
	return doc.Text()
}

package main

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lianxin/internal/event"
	"lianxin/internal/web/webtest"
)

// publicRows follows a public list to its end and returns the numbers in it.
func publicRows(t testing.TB, g *guest, to string) []string {
	t.Helper()
	var numbers []string
	for to != "" {
		r := g.get(to)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", to, r.StatusCode)
		}
		page := parsed(t, r.body)
		for _, li := range webtest.Find(page, ".public-list li") {
			numbers = append(numbers, strings.TrimPrefix(hrefOf(li), "/published/"))
		}
		to = ""
		for _, a := range webtest.Find(page, ".pager a") {
			for _, at := range a.Attr {
				if at.Key == "rel" && at.Val == "next" {
					to = hrefOf(a.Parent)
				}
			}
		}
	}
	return numbers
}

// TestPublicListsHoldWhatIsPublished walks both lists as a stranger, to their ends, by every filter.
func TestPublicListsHoldWhatIsPublished(t *testing.T) {
	town := furnished(t, true)
	g := town.guest()
	for path, kind := range map[string]string{"/published": "opinion", "/published/suggestions": "suggestion"} {
		want, err := town.one("select cast(count(*) as text) from case_file where publication = 'published' and kind = $1", kind)
		if err != nil {
			t.Fatal(err)
		}
		numbers := publicRows(t, g, path)
		seen := map[string]bool{}
		for _, n := range numbers {
			seen[n] = true
		}
		page := parsed(t, g.get(path).body)
		here := webtest.Find(page, ".tabs a[aria-current]")
		if len(here) != 1 || !strings.HasSuffix(webtest.TextOf(here[0]), want+"件") || len(seen) != len(numbers) || want == "0" || want != strconv.Itoa(len(numbers)) {
			t.Errorf("%s: %s are published, %d listed, %d different", path, want, len(numbers), len(seen))
		}
	}
	number, err := town.one("select number from case_file where publication = 'published' and kind = 'suggestion' and lead_agency_id = 'dcs' order by number limit 1")
	if err != nil {
		t.Fatal(err)
	}
	one := g.get("/published/" + number)
	for _, words := range []string{"建议内容", "答复内容", "办理经过", "提出代表", "承办单位答复代表"} {
		if one.StatusCode != http.StatusOK || !strings.Contains(one.body, words) {
			t.Errorf("%s lacks %s", number, words)
		}
	}
	title := webtest.TextOf(webtest.Find(parsed(t, one.body), "h1")[0])
	if found := publicRows(t, g, "/published/suggestions?q="+url.QueryEscape(title)); len(found) != 1 || found[0] != number {
		t.Errorf("%s finds %v, want %s", title, found, number)
	}
	for path, want := range map[string]int{"/published?cursor=x": http.StatusUnprocessableEntity, "/published/suggestions?class=x": http.StatusUnprocessableEntity,
		"/published/WH-S-2026-999999": http.StatusNotFound} {
		if r := g.get(path); r.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, r.StatusCode, want)
		}
	}
	fields := webtest.Find(parsed(t, g.get("/published/suggestions").body), "select")
	if len(fields) != 4 {
		t.Fatalf("%d fields narrow the list", len(fields))
	}
	all := len(publicRows(t, g, "/published/suggestions"))
	for _, field := range fields {
		name, sum := attribute(field, "name"), 0
		for _, option := range webtest.Find(field, "option") {
			if value := attribute(option, "value"); value != "" {
				n := len(publicRows(t, g, "/published/suggestions?"+name+"="+url.QueryEscape(value)))
				if sum += n; n == 0 {
					t.Errorf("%s offers %s, which nothing has", name, value)
				}
			}
		}
		if sum != all {
			t.Errorf("by %s there are %d, without %d", name, sum, all)
		}
	}
}

// TestThePublicIndexFollows: what is taken off the public list is not found a moment later.
func TestThePublicIndexFollows(t *testing.T) {
	town := furnished(t, true)
	g := town.guest()
	rows := publicRows(t, g, "/published/suggestions")
	town.act("clerk", rows[0], "unpublish", map[string]any{"words": "核对"})
	if r := g.get("/published/" + rows[0]); r.StatusCode != http.StatusNotFound {
		t.Errorf("a withdrawn one is read: %d", r.StatusCode)
	}
	if err := event.CatchUp(t.Context(), town.h.db, "test", town.h.consumers()...); err != nil {
		t.Fatal(err)
	}
	if found := publicRows(t, g, "/published/suggestions?q="+rows[0]); len(found) != 0 {
		t.Errorf("a withdrawn one is found: %v", found)
	}
	if left := publicRows(t, g, "/published/suggestions"); len(left) != len(rows)-1 {
		t.Errorf("%d are left of %d", len(left), len(rows))
	}
}

// attribute is the value of an element's attribute; "" where it has none.
func attribute(n *html.Node, name string) string {
	for _, at := range n.Attr {
		if at.Key == name {
			return at.Val
		}
	}
	return ""
}

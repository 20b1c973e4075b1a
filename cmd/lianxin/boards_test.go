package main

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lianxin/internal/web/webtest"
)

// parsed reads a page.
func parsed(t testing.TB, body string) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// hrefOf is where the first link in n leads.
func hrefOf(n *html.Node) string {
	for _, a := range webtest.Find(n, "a") {
		for _, at := range a.Attr {
			if at.Key == "href" {
				return at.Val
			}
		}
	}
	return ""
}

// numbersOf finds the numbers of a board with the lists they lead to; of a percentage, its numerator.
func numbersOf(t *testing.T, page *html.Node) map[string]int {
	t.Helper()
	numbers := map[string]int{}
	for _, cell := range webtest.Find(page, "td") {
		to := hrefOf(cell)
		if !strings.HasPrefix(to, "/boards/suggestions/list?") {
			continue
		}
		text := webtest.TextOf(webtest.Find(cell, "a")[0])
		if strings.HasSuffix(text, "%") {
			text, _, _ = strings.Cut(strings.TrimSpace(webtest.TextOf(webtest.Find(cell, "span")[0])), "/")
		}
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			t.Fatalf("a cell says %q", text)
		}
		if had, ok := numbers[to]; ok && had != n {
			t.Errorf("%s is %d and %d", to, had, n)
		}
		numbers[to] = n
	}
	return numbers
}

var totalOf = regexp.MustCompile(`共(\d+)条`)

// listed counts the rows of a list to its end, and holds them against the total it tells.
func listed(t *testing.T, g *guest, to string) int {
	t.Helper()
	rows, told := 0, -1
	for to != "" {
		r := g.get(to)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", to, r.StatusCode)
		}
		page := parsed(t, r.body)
		rows += len(webtest.Find(page, "tbody tr"))
		if m := totalOf.FindStringSubmatch(r.body); m != nil {
			told, _ = strconv.Atoi(m[1])
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
	if told != rows {
		t.Errorf("the list tells %d and holds %d", told, rows)
	}
	return rows
}

// TestEveryNumberOfABoardIsItsList opens every link of boards.
func TestEveryNumberOfABoardIsItsList(t *testing.T) {
	town := furnished(t, true)
	clerk := town.staff("clerk")
	for _, board := range []string{"/boards/suggestions?by=category", "/boards/suggestions?by=phase&key=yes"} {
		r := clerk.get(board)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", board, r.StatusCode)
		}
		numbers := numbersOf(t, parsed(t, r.body))
		if len(numbers) < 20 {
			t.Fatalf("%s links only %d numbers", board, len(numbers))
		}
		nonzero := 0
		for to, want := range numbers {
			if got := listed(t, clerk, to); got != want {
				t.Errorf("%s: the board says %d, the list holds %d", to, want, got)
			}
			if want > 0 {
				nonzero++
			}
		}
		t.Logf("%s: %d numbers, %d of them not 0", board, len(numbers), nonzero)
	}
	for _, by := range []string{"agency", "addressee", "category_region", "delegation", "leader", "committee", "session"} {
		if r := clerk.get("/boards/suggestions?by=" + by); r.StatusCode != http.StatusOK || !strings.Contains(r.body, "合计") {
			t.Errorf("by %s: %d", by, r.StatusCode)
		}
	}
	if r := clerk.get("/boards/suggestions/board.csv?by=category"); r.StatusCode != http.StatusOK || !strings.Contains(r.body, "办复率（%）") {
		t.Errorf("csv: %d %.200s", r.StatusCode, r.body)
	}
	if r := clerk.get("/boards/suggestions/board.xlsx?by=category"); r.StatusCode != http.StatusOK || !strings.HasPrefix(r.body, "PK") {
		t.Errorf("excel: %d", r.StatusCode)
	}
}

// TestBoardsAreForWhoMaySeeThem: an agency sees its own row and nobody else's, the public and a deputy nothing.
func TestBoardsAreForWhoMaySeeThem(t *testing.T) {
	town := furnished(t, true)
	agency := town.staff("agency")
	for _, board := range []string{"/boards/suggestions?by=agency", "/boards/suggestions?by=agency&agency=jyj"} {
		r := agency.get(board)
		if rows := len(webtest.Find(parsed(t, r.body), "#counts tbody tr")); r.StatusCode != http.StatusOK || rows > 2 {
			t.Errorf("%s: %d with %d rows", board, r.StatusCode, rows)
		}
	}
	numbers := numbersOf(t, parsed(t, agency.get("/boards/suggestions?by=phase").body))
	for to, want := range numbers {
		if got := listed(t, agency, to); got != want {
			t.Errorf("%s: the agency's board says %d, its list holds %d", to, want, got)
		}
	}
	for _, path := range []string{"", "/list", "/board.csv", "/board.xlsx"} {
		if r := town.guest().get("/boards/suggestions" + path); r.StatusCode != http.StatusSeeOther {
			t.Errorf("the public gets %d for %q", r.StatusCode, path)
		}
		if r := town.staff("deputy").get("/boards/suggestions" + path); r.StatusCode != http.StatusForbidden && r.StatusCode != http.StatusNotFound {
			t.Errorf("a deputy gets %d for %q", r.StatusCode, path)
		}
	}
}

// TestFiguresArePublic shows values and formulae to everybody, and of the records only what each may read.
func TestFiguresArePublic(t *testing.T) {
	town := furnished(t, true)
	public, clerk := town.guest(), town.staff("clerk")
	r := public.get("/figures?year=2026")
	if r.StatusCode != http.StatusOK || !strings.Contains(r.body, "解决率基数") {
		t.Fatalf("figures: %d", r.StatusCode)
	}
	for _, d := range town.h.figures.Definitions() {
		for _, part := range []string{"", "numerator", "rest"} {
			path := "/figures/" + d.ID + "?year=2026&part=" + part
			if r := public.get(path); r.StatusCode != http.StatusOK {
				t.Errorf("%s: %d", path, r.StatusCode)
			}
		}
	}
	path := "/figures/suggestions_raised?year=2026"
	if r := public.get(path); !strings.Contains(r.body, "件不公开") {
		t.Error("the public is not told of what it may not read")
	}
	if r := clerk.get(path); strings.Contains(r.body, "件不公开") {
		t.Error("something is hidden from the clerk")
	}
	for path, want := range map[string]int{"/figures/nothing": http.StatusNotFound, "/figures?year=1066": http.StatusUnprocessableEntity, "/figures/values.csv": http.StatusOK,
		"/figures/values.xlsx": http.StatusOK, "/api/v1/figures?year=2026": http.StatusOK, "/api/v1/figures/suggestions_solved_rate?year=2026": http.StatusOK,
		"/api/v1/figures/suggestions_solved_rate/records?year=2026&part=numerator": http.StatusOK} {
		if r := public.get(path); r.StatusCode != want {
			t.Errorf("%s: %d, want %d: %.300s", path, r.StatusCode, want, r.body)
		}
	}
}

// TestFiguresHaveTheirWords finds title, formula and scope of every figure in the catalogue.
func TestFiguresHaveTheirWords(t *testing.T) {
	h, err := storage{Data: t.TempDir()}.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	p := h.catalogue.Printer("zh-CN")
	for _, key := range h.figures.Keys() {
		if words := p.T(key); words == "" || words == key || strings.Contains(words, key) {
			t.Errorf("%s has no words", key)
		}
	}
}

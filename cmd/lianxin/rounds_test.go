package main

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lianxin/internal/casework"
	"lianxin/internal/web/webtest"
)

// hidden reads the hidden fields of the last form on a page that has one named numbers.
func hidden(t *testing.T, body string) url.Values {
	t.Helper()
	values := url.Values{}
	for _, form := range webtest.Find(parsed(t, body), "form") {
		in := url.Values{}
		for _, field := range webtest.Find(form, "input") {
			at := map[string]string{}
			for _, a := range field.Attr {
				at[a.Key] = a.Val
			}
			if at["type"] == "hidden" {
				in.Set(at["name"], at["value"])
			}
		}
		if in.Has("numbers") {
			values = in
		}
	}
	return values
}

// factsOf finds a round's numbers with the lists they lead to.
func factsOf(t *testing.T, page *html.Node) map[string]int {
	t.Helper()
	numbers := map[string]int{}
	for _, cell := range append(webtest.Find(page, "li"), webtest.Find(page, "td")...) {
		to := hrefOf(cell)
		if !strings.HasPrefix(to, "/boards/suggestions/list?") {
			continue
		}
		number := webtest.Find(cell, "a")[0]
		if count := webtest.Find(number, ".tile-count"); len(count) > 0 {
			number = count[0]
		}
		n, err := strconv.Atoi(strings.TrimSpace(webtest.TextOf(number)))
		if err != nil {
			t.Fatal(err)
		}
		numbers[to] = n
	}
	return numbers
}

// TestARoundOfLookingBack takes answers in, draws deputies' visits, and ends with a report whose every number is its list.
func TestARoundOfLookingBack(t *testing.T) {
	town := furnished(t, true)
	clerk := town.staff("clerk")
	if r := clerk.get("/rounds"); !strings.Contains(r.body, "本年度代表建议") {
		t.Fatalf("%d: the round is not listed", r.StatusCode)
	}
	take := "/rounds/round-now/take"
	if r := clerk.get(take + "?class=c&from=2026-01-01"); !strings.Contains(r.body, "没有符合条件的建议") {
		t.Error("a selection of nothing is not told of")
	}
	shown := clerk.get(take + "?class=a&class=b")
	form := hidden(t, shown.body)
	numbers := strings.Split(form.Get("numbers"), ",")
	if form.Get("numbers") == "" {
		t.Fatal("nothing is selected")
	}
	form.Set("words", "请于月底前报送自查情况。")
	if r := clerk.post(take, form); !strings.Contains(r.body, "办成"+strconv.Itoa(len(numbers))+"件") {
		t.Fatalf("%d: %s", r.StatusCode, webtest.TextOf(parsed(t, r.body)))
	}
	events := town.rows()
	clerk.post(take, form)
	for table, n := range town.rows() {
		if table == "event" && n != events[table] {
			t.Error("sent twice, it was done twice")
		}
	}
	draw := "/rounds/round-now/draw"
	if r := clerk.get(draw + "?share=0&seed=1"); !strings.Contains(r.body, "1至100的整数") {
		t.Error("a share of nothing is taken")
	}
	drawn := hidden(t, clerk.get(draw+"?share=50&seed=1").body)
	if r := clerk.post(draw, drawn); !strings.Contains(r.body, "办成") {
		t.Errorf("%d: nothing is drawn", r.StatusCode)
	}
	town.answeredAgain(numbers[0])
	page := clerk.get("/rounds/round-now")
	if page.StatusCode != http.StatusOK {
		t.Fatalf("%d: %s", page.StatusCode, page.body)
	}
	numbersOfRound := factsOf(t, parsed(t, page.body))
	if len(numbersOfRound) < 30 || numbersOfRound["/boards/suggestions/list?found=taken&round=round-now"] == 0 {
		t.Errorf("%d numbers, %d taken", len(numbersOfRound), numbersOfRound["/boards/suggestions/list?found=taken&round=round-now"])
	}
	for to, n := range numbersOfRound {
		if got := listed(t, clerk, to); got != n {
			t.Errorf("%s says %d and lists %d", to, n, got)
		}
	}
	for _, file := range []string{"report", "report.docx", "report.xlsx"} {
		if r := clerk.get("/rounds/round-now/report/" + file); r.StatusCode != http.StatusOK || len(r.body) < 1000 {
			t.Errorf("%s: %d, %d bytes", file, r.StatusCode, len(r.body))
		}
	}
	for path, want := range map[string]int{"/rounds/nothing": http.StatusNotFound, "/rounds/round-now/report/other": http.StatusNotFound} {
		if r := clerk.get(path); r.StatusCode != want {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	agency := town.staff("agency")
	for _, path := range []string{"/rounds", "/rounds/round-now", take, draw, "/suggestions/call-back"} {
		if r := agency.get(path); r.StatusCode != http.StatusForbidden {
			t.Errorf("the agency opens %s: %d", path, r.StatusCode)
		}
	}
	town.check()
}

// answeredAgain has the agency check what it promised and answer again, and the clerk settle the class.
func (town *town) answeredAgain(number string) {
	town.t.Helper()
	find := town.h.demoActor(town.t.Context())
	clerk, err := find("clerk")
	if err != nil {
		town.t.Fatal(err)
	}
	view, err := town.h.cases.View(town.t.Context(), clerk, number)
	if err != nil {
		town.t.Fatal(err)
	}
	last := view.Assigned[len(view.Assigned)-1]
	today := town.h.db.Now().Format("2006-01-02")
	for _, step := range []casework.Request{
		{Assignment: last.N, Action: "self_check", Input: casework.Input{"found": "done", "words": "已全部落实。"}},
		{Assignment: last.N, Action: "reanswer", Input: casework.Input{"class": "a", "reply": "承诺事项已全部落实。", "signer": "主要负责人", "signed_on": today, "doc_number": "建再提〔2026〕1号"}},
		{Action: "reclass", Input: casework.Input{"class": "a", "words": "经核查，已解决。"}},
	} {
		step.Number, step.Actor = number, clerk
		if step.Assignment != 0 {
			if step.Actor, err = find("supervision"); err != nil {
				town.t.Fatal(err)
			}
		}
		if _, err := town.h.cases.Apply(town.t.Context(), step); err != nil {
			town.t.Fatalf("%s %s: %v", number, step.Action, err)
		}
	}
}

// TestCallsAreDrawn draws a share of a session's verdicts, which then stand in the list of those to be rung.
func TestCallsAreDrawn(t *testing.T) {
	town := furnished(t, true)
	clerk := town.staff("clerk")
	path := "/suggestions/call-back"
	form := hidden(t, clerk.get(path+"?session=wh-10-7&share=100&seed=2026").body)
	n := len(strings.Split(form.Get("numbers"), ","))
	if r := clerk.post(path, form); !strings.Contains(r.body, "办成"+strconv.Itoa(n)+"件") {
		t.Fatalf("%d of %d: %s", r.StatusCode, n, r.body)
	}
	if got := listed(t, clerk, "/suggestions?session=wh-10-7&flag=sampled"); got != n {
		t.Errorf("%d are drawn, %d listed", n, got)
	}
	if again := hidden(t, clerk.get(path+"?session=wh-10-7&share=100&seed=2026").body); again.Get("numbers") != "" {
		t.Errorf("drawn again: %s", again.Get("numbers"))
	}
}

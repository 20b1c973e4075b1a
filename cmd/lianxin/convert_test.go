package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/event"
	"lianxin/internal/opinion"
	"lianxin/internal/web/webtest"
)

// linked finds what a page tells of another case, and where it leads; told is "" where the page does not name it.
func linked(t *testing.T, r reply, number string) (told, to string) {
	t.Helper()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%d", r.StatusCode)
	}
	for _, fact := range webtest.Find(parsed(t, r.body), ".fact") {
		if text := webtest.TextOf(fact); strings.Contains(text, number) {
			told, to = text, hrefOf(fact)
		}
	}
	return told, to
}

// TestAnOpinionAndItsSuggestionShowEachOther converts a resident's words and opens both pages as everybody concerned.
func TestAnOpinionAndItsSuggestionShowEachOther(t *testing.T) {
	town := furnished(t, false)
	res, err := opinion.Submit(t.Context(), town.h.cases, casework.Resident(), opinion.Intake{Body: "楼前路灯常年不亮。", Source: opinion.Web})
	if err != nil {
		t.Fatal(err)
	}
	own := res.Case.Number
	town.act("clerk", own, "accept", nil)
	clerk, deputy := town.staff("clerk"), town.staff("deputy")
	form := clerk.get("/cases/" + own + "/do/convert")
	if form.StatusCode != http.StatusOK || !strings.Contains(form.body, "领衔代表") {
		t.Fatalf("the clerk's form: %d", form.StatusCode)
	}
	town.act("clerk", own, "convert", casework.Input{"deputy": "P-001", "title": "关于更新老旧路灯的建议", "body": "部分街道路灯老化，建议分批更新。"})
	theirs, err := town.one("select number from case_file where origin_id = $1", res.Case.ID)
	if err != nil {
		t.Fatal(err)
	}
	if told, to := linked(t, clerk.get("/cases/"+own), theirs); !strings.Contains(told, "转为代表建议") || to != "" {
		t.Errorf("the opinion's page tells %q and leads to %q, a draft", told, to)
	}
	if told, _ := linked(t, deputy.get("/cases/"+theirs), own); !strings.Contains(told, "来自") {
		t.Errorf("the draft's page tells %q", told)
	}
	if r := clerk.get("/cases/" + theirs); r.StatusCode != http.StatusNotFound {
		t.Errorf("the clerk opens the draft: %d", r.StatusCode)
	}
	guest := town.guest()
	guest.post("/track", url.Values{"number": {own}, "code": {res.Code}})
	if mine := guest.get("/mine"); !strings.Contains(mine.body, "已转代表建议") || strings.Contains(mine.body, theirs) {
		t.Error("the resident is not told what became of it, or is told the draft's number")
	}
	if err := event.CatchUp(t.Context(), town.h.db, "test", town.h.consumers()...); err != nil {
		t.Fatal(err)
	}
	if notices := deputy.get("/notices"); !strings.Contains(notices.body, "已为您起草代表建议"+theirs) {
		t.Error("the deputy is not told of the draft")
	}
	town.act("deputy", theirs, "submit", casework.Input{"one_matter": true, "not_excluded": true, "no_secret": true})
	for page, other := range map[string]string{own: theirs, theirs: own} {
		if _, to := linked(t, clerk.get("/cases/"+page), other); to != "/cases/"+other {
			t.Errorf("%s leads to %q, want %s", page, to, other)
		}
	}
}

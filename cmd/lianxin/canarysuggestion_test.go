package main

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/event"
	"lianxin/internal/suggestion"
)

// raisedWords are a suggestion's canaries: each stands in one field and nowhere else. Only those that begin with "public" are for anybody.
var raisedWords = map[string]string{"title": "暗语子标题", "body": "暗语丑正文", "agencies": "暗语寅承办", "phone": "13800000044", "address": "暗语卯住址", "review": "暗语辰审查", "dispatch": "暗语巳交办",
	"split": "暗语午分办", "people": "暗语未参加", "contact": "暗语申沟通", "reply": "暗语酉答复", "contact person": "暗语戌联系", "contact phone": "13800000033", "pass": "暗语亥审核", "settle": "暗语猪核定", "comment": "暗语鼠意见",
	"doc": "暗语牛文号", "signer": "暗语虎签发", "redaction": "暗语兔处理", "public title": "明语甲标题", "public body": "明语乙正文", "public reply": "明语丙答复"}

// raised plays a suggestion with canaries in everything as far as its evaluation; what it is called is told by the mark.
func (town *town) raised(disclosure string) string {
	t := town.t
	t.Helper()
	res, err := suggestion.Open(t.Context(), town.h.cases, town.actor("deputy"), suggestion.Draft{Deputy: "P-001", Title: raisedWords["title"], Body: raisedWords["body"], Agencies: raisedWords["agencies"],
		Phone: raisedWords["phone"], Address: raisedWords["address"], Disclosure: disclosure})
	if err != nil {
		t.Fatal(err)
	}
	number, today := res.Case.Number, string(town.h.identity.Today())
	for _, step := range []struct {
		who    string
		n      int64
		action string
		in     casework.Input
	}{
		{"deputy", 0, "submit", casework.Input{"one_matter": true, "not_excluded": true, "no_secret": true}},
		{"motions", 0, "number", casework.Input{"category": "s-1", "words": raisedWords["review"]}},
		{"clerk", 0, "dispatch", casework.Input{"lead": "dcs", "words": raisedWords["dispatch"]}},
		{"supervision", 1, "receive", nil},
		{"supervision", 1, "subassign", casework.Input{"lead": "zjj", "approver": "副市长甲", "words": raisedWords["split"]}},
		{"agency", 2, "sign", nil},
		{"agency", 2, "contact", casework.Input{"phase": "before", "on": today, "mode": "talk", "people": raisedWords["people"], "words": raisedWords["contact"]}},
		{"agency", 2, "draft", casework.Input{"class": "a", "reply": raisedWords["reply"], "contact_person": raisedWords["contact person"], "contact_phone": raisedWords["contact phone"]}},
		{"supervision", 2, "pass", casework.Input{"words": raisedWords["pass"]}},
		{"agency", 2, "issue", casework.Input{"signer": raisedWords["signer"], "signed_on": today, "doc_number": raisedWords["doc"]}},
		{"agency", 2, "deliver", casework.Input{"on": today, "mode": "in_person"}},
		{"clerk", 0, "settle", casework.Input{"class": "a", "words": raisedWords["settle"]}},
		{"deputy", 0, "evaluate", casework.Input{"attitude": "fair", "result": "fair", "comment": raisedWords["comment"]}},
	} {
		r := casework.Request{Actor: town.actor(step.who), Number: number, Assignment: step.n, Action: step.action, Input: step.in}
		if _, err := town.h.cases.Apply(t.Context(), r); err != nil {
			t.Fatalf("%s: %v", step.action, err)
		}
	}
	return number
}

// act carries out one action on a case.
func (town *town) act(who, number, action string, in casework.Input) {
	town.t.Helper()
	if _, err := town.h.cases.Apply(context.Background(), casework.Request{Actor: town.actor(who), Number: number, Action: action, Input: in}); err != nil {
		town.t.Fatalf("%s: %v", action, err)
	}
}

// seekAsAnybody walks all that a stranger reaches and looks for canaries that are not for him, in pages and by searching.
func (town *town) seekAsAnybody(numbers, allowed []string) map[string]bool {
	t := town.t
	t.Helper()
	if err := event.CatchUp(t.Context(), town.h.db, "test", town.h.consumers()...); err != nil {
		t.Fatal(err)
	}
	g, seen := town.guest(), map[string]bool{}
	look := func(at string, r reply) {
		for _, name := range found(unpacked(t, r), raisedWords) {
			if seen[name] = true; !slices.Contains(allowed, name) {
				t.Errorf("anybody finds %s at %s", name, at)
			}
		}
	}
	starts := []string{"/", "/published", "/published/suggestions", "/published/suggestions?agency=zjj", "/figures", "/figures/suggestions_raised", "/figures/suggestions_solved_rate?part=numerator",
		"/api/v1/figures/suggestions_raised/records", "/boards/suggestions", "/suggestions", "/api/v1/cases", "/api/v1/openapi.json"}
	for _, number := range numbers {
		starts = append(starts, "/published/"+number, "/cases/"+number, "/cases/"+number+"/letter", "/api/v1/cases/"+number, "/api/v1/cases/"+number+"/events")
	}
	g.walk(look, starts...)
	for name, word := range raisedWords {
		rows := append(publicRows(t, g, "/published/suggestions?q="+url.QueryEscape(word)), publicRows(t, g, "/published?q="+url.QueryEscape(word))...)
		if len(rows) > 0 && !slices.Contains(allowed, name) {
			t.Errorf("anybody who searches for %s finds %v", name, rows)
		}
		seen["found by "+name] = len(rows) > 0
	}
	return seen
}

func TestSuggestionCanariesStayWhereTheyBelong(t *testing.T) {
	town := furnished(t, false)
	full, title, none, waiting := town.raised("full"), town.raised("title"), town.raised("none"), town.raised("full")
	numbers := []string{full, title, none, waiting}
	ask := casework.Input{"public_title": raisedWords["public title"], "public_body": raisedWords["public body"], "public_reply": raisedWords["public reply"], "redaction": "withheld",
		"redaction_reason": raisedWords["redaction"]}
	only := maps.Clone(ask)
	delete(only, "public_body")
	delete(only, "public_reply")
	town.act("clerk", waiting, "ask_publish", ask)
	town.act("clerk", title, "ask_publish", only)
	town.seekAsAnybody(numbers, nil)

	town.act("clerk2", title, "publish", nil)
	seen := town.seekAsAnybody(numbers, []string{"public title"})
	if !seen["public title"] || !seen["found by public title"] {
		t.Errorf("the title that was published is not there: %v", seen)
	}
	if page := town.guest().get("/published/" + title).body; strings.Contains(page, "基本满意") || strings.Contains(page, "提出代表") || !strings.Contains(page, "A类") {
		t.Error("of the title alone the verdict or the deputy is told, or the class is not")
	}

	town.act("clerk", full, "ask_publish", ask)
	town.act("clerk2", full, "publish", nil)
	allowed := []string{"public title", "public body", "public reply"}
	seen = town.seekAsAnybody(numbers, allowed)
	for _, name := range allowed {
		if !seen[name] || !seen["found by "+name] {
			t.Errorf("%s was published and is not there", name)
		}
	}
}

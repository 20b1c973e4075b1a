package main

import (
	"strings"
	"testing"

	"lianxin/internal/suggestion"
	"lianxin/internal/web/webtest"
)

// suggestionIn finds a suggestion in a state, the newest.
func (town *town) suggestionIn(state string) string {
	town.t.Helper()
	number, err := town.one("select number from case_file where kind = 'suggestion' and state = $1 order by number desc limit 1", state)
	if err != nil {
		town.t.Fatalf("no suggestion is %s: %v", state, err)
	}
	return "/cases/" + number
}

// suggestionAt finds a suggestion one of whose assignments stands in a state, at an agency.
func (town *town) suggestionAt(state, agency string) string {
	town.t.Helper()
	number, err := town.one("select c.number from case_file c join assignment a on a.case_id = c.id where a.kind = 'suggestion' and a.state = $1 and a.agency_id = $2 order by c.number limit 1", state, agency)
	if err != nil {
		town.t.Fatalf("no suggestion is %s at %s: %v", state, agency, err)
	}
	return "/cases/" + number
}

// TestSuggestionPagesAreAccessible looks at the pages of suggestions, by everybody who works with them.
func TestSuggestionPagesAreAccessible(t *testing.T) {
	town := furnished(t, true)
	p := webtest.Browser(t)
	draft, err := town.one("select number from case_file where kind = 'suggestion' and state = 'draft' and deputy_id = 'P-001' limit 1")
	if err != nil {
		t.Fatal(err)
	}
	judge, err := town.one("select number from case_file where kind = 'suggestion' and state = 'answered' and deputy_id = 'P-001' limit 1")
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range town.publicPages() {
		p.AxeEverywhere(town.url+path, "public-"+name)
	}
	for account, paths := range map[string]map[string]string{
		"deputy":  {"suggestions": "/suggestions", "draft": "/cases/" + draft, "edit": "/cases/" + draft + "/do/edit", "judge": "/cases/" + judge},
		"motions": {"desk": "/desk", "list": "/suggestions?state=reviewing", "pile": "/suggestions/pile", "number": town.suggestionIn("reviewing") + "/do/number", "motions": "/motions", "resolved": town.motionIn("done"), "turned": town.motionIn("converted")},
		"clerk": {"suggestions": "/suggestions", "late": "/suggestions?measure=late", "export": "/cases/export?kind=" + suggestion.Kind, "redoing": town.suggestionIn("redoing"), "rechecking": town.suggestionIn("rechecking"), "done": town.suggestionIn("done"), "dispatch": town.suggestionIn("to_dispatch") + "/do/dispatch", "sessions": "/registry/congress_session", "rounds": "/registry/round", "map": "/procedures/suggestion",
			"looking back": "/rounds", "round": "/rounds/round-now", "take": "/rounds/round-now/take?class=a&class=b", "draw": "/rounds/round-now/draw?share=300&seed=1", "calls": "/suggestions/call-back",
			"sittings": "/suggestions/sessions", "sitting": "/suggestions/sessions/wh-10-7", "lock": "/suggestions/sessions/wh-10-7/lock?phase=recess",
			"papers": "/suggestions/papers", "ledger": "/suggestions/papers?paper=ledger&session=wh-10-7", "circular": "/suggestions/papers?paper=circular&session=wh-10-7", "columns": "/suggestions/ledger", "paste": "/suggestions/paste"},
		"supervision": {"desk": "/desk", "split": town.suggestionAt("splitting", "dcs"), "check": town.suggestionAt("checking", "zjj")},
		"agency":      {"desk": "/desk", "handling": town.suggestionAt("handling", "zjj")},
	} {
		p = p.Another()
		town.signIn(p, account)
		for name, path := range paths {
			p.AxeEverywhere(town.url+path, "suggestion-"+account+"-"+name)
		}
	}
	p = p.Another()
	town.signIn(p, "clerk")
	p.Go(town.url+"/suggestions/paste").Fill("rows", "编号,类别\nWH-S-2026-009999,民生").Click(send).Sees("有1行不能写入", "不能办理").Axe()
	p.Go(town.url + "/suggestions/papers?paper=hand_over").Sees("请选择交办单位").Axe()
	p.Go(town.url+"/suggestions/ledger").Fill("columns", "没有的列").Click(send).Sees("没有“没有的列”这一列").Axe()
}

// publicPages are those of published suggestions, one of the title alone and one answered again among them.
func (town *town) publicPages() map[string]string {
	town.t.Helper()
	one := func(what string) string {
		number, err := town.one("select number from case_file where kind = 'suggestion' and publication = 'published' and " + what + " order by number limit 1")
		if err != nil {
			town.t.Fatalf("nothing is published of which %s: %v", what, err)
		}
		return "/published/" + number
	}
	return map[string]string{"list": "/published/suggestions", "found": "/published/suggestions?q=小区&class=a", "nothing": "/published/suggestions?q=没有的", "opinions": "/published",
		"one": one("public_body_text <> ''"), "title": one("public_body_text = ''")}
}

// motionIn finds a motion in a state.
func (town *town) motionIn(state string) string {
	town.t.Helper()
	number, err := town.one("select number from case_file where kind = 'motion' and state = $1 order by number limit 1", state)
	if err != nil {
		town.t.Fatalf("no motion is %s: %v", state, err)
	}
	return "/cases/" + number
}

// TestADeskHoldsWhatItsOwnerWorksOn keeps opinions off the desk of the motions group, which has nothing to do with them.
func TestADeskHoldsWhatItsOwnerWorksOn(t *testing.T) {
	town := furnished(t, true)
	for account, want := range map[string]bool{"motions": false, "clerk": true} {
		desk := town.staff(account).get("/desk").body
		if got := strings.Contains(desk, "-O-"); got != want {
			t.Errorf("opinions on the desk of %s: %v", account, got)
		}
		if !strings.Contains(desk, "-S-") {
			t.Errorf("no suggestions on the desk of %s", account)
		}
	}
}

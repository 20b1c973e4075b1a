package suggestion_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/sealed"
	"lianxin/internal/search"
	"lianxin/internal/store"
	"lianxin/internal/suggestion"
)

const (
	city       = registrytest.City
	officeID   = registrytest.Office
	housing    = registrytest.Housing
	traffic    = registrytest.Traffic
	supervisor = registrytest.Supervisor
	court      = "court"
	session    = "10-2"
	transport  = "transport" // category
)

func account(name string, g policy.Grant) policy.Actor {
	g.Congress = city
	return policy.Actor{Account: name, Grants: []policy.Grant{g}}
}

func deputy(n int) policy.Actor {
	return account(fmt.Sprintf("deputy-%d", n), policy.Grant{Role: policy.Deputy, Person: person(n)})
}

func person(n int) string { return fmt.Sprintf("person-%d", n) }

var (
	clerk    = account("clerk", policy.Grant{Role: policy.Clerk, Office: officeID})
	clerk2   = account("clerk2", policy.Grant{Role: policy.Clerk, Office: officeID})
	motions  = account("motions", policy.Grant{Role: policy.Motions, Office: officeID})
	leader   = account("leader", policy.Grant{Role: policy.Leader})
	handler  = account("agency", policy.Grant{Role: policy.Agency, Agency: housing})
	lead     = account("agency-lead", policy.Grant{Role: policy.AgencyLead, Agency: housing})
	second   = account("agency2", policy.Grant{Role: policy.Agency, Agency: traffic})
	judge    = account("court", policy.Grant{Role: policy.Agency, Agency: court})
	overseer = account("supervision", policy.Grant{Role: policy.Supervision, Agency: supervisor})
)

func schemas() []store.Schema {
	return []store.Schema{event.Schema(), sealed.Schema(), files.Schema(), registry.Schema(), search.Schema(), casework.Schema(), suggestion.Schema()}
}

// house is a small city in which tests act.
type house struct {
	t   testing.TB
	s   *casework.Service
	now time.Time
}

// opening is the first day of the session: a Monday.
var opening = time.Date(2026, 3, 2, 9, 0, 0, 0, deadline.Zone)

func newHouse(t testing.TB, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, now: opening}
	kind, err := suggestion.New()
	if err != nil {
		t.Fatal(err)
	}
	registrytest.Furnish(t, db)
	h.furnish(db)
	vault, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	h.s = casework.New(db.WithClock(func() time.Time { return h.now }), vault, policy.New(kind.Procedure.Rules()...), kind)
	if err := h.s.KeepProcedures(context.Background()); err != nil {
		t.Fatal(err)
	}
	return h
}

// furnish adds what suggestions need: deputies with seats, a session, categories, a court.
func (h *house) furnish(db *store.DB) {
	h.t.Helper()
	put := func(table string, rows ...map[string]string) {
		h.t.Helper()
		var all []registry.Row
		for _, r := range rows {
			all = append(all, registry.Row{Values: r})
		}
		report, err := registry.Put(context.Background(), db, registrytest.System(), table, all, false)
		if err != nil {
			h.t.Fatal(err)
		}
		if err := report.First(); err != nil {
			h.t.Fatal(err)
		}
	}
	put("term", map[string]string{"id": "10", "name": "第十届", "ordinal": "10"})
	put("congress_session", map[string]string{"id": session, "name": "十届人大二次会议", "term_id": "10", "ordinal": "2", "opens_on": "2026-03-02", "closes_on": "2026-03-05",
		"collect_until": "2026-03-04", "adjust_until": "2026-03-31", "batch_due": "2026-05-29"})
	put("round", map[string]string{"id": "round-1", "name": "2026年回头看", "starts_on": "2026-09-01", "due_on": "2026-10-30"})
	put("category", map[string]string{"id": transport, "name": "城建交通", "kind": "suggestion"}, map[string]string{"id": "livelihood", "name": "民生", "kind": "suggestion"},
		map[string]string{"id": "r-build", "name": "城建环保", "kind": "suggestion_region"})
	put("agency", map[string]string{"id": court, "name": "中级人民法院", "system": "court", "level": "city"},
		map[string]string{"id": "committee", "name": "社会建设委员会", "system": "congress", "level": "city"})
	var people, seats []map[string]string
	for n := 3; n <= 14; n++ {
		people = append(people, map[string]string{"id": person(n), "name": fmt.Sprintf("代表%d", n)})
	}
	for n := 2; n <= 14; n++ {
		head := ""
		if n == 9 {
			head = "是"
		}
		seats = append(seats, map[string]string{"id": fmt.Sprintf("m-%d", n), "person_id": person(n), "of_congress_id": city, "delegation": "第一代表团", "head": head})
	}
	put("person", people...)
	put("mandate", seats...)
}

func (h *house) on(date string) { h.now = deadline.Date(date).Start().Add(9 * time.Hour) }

func (h *house) draft(d suggestion.Draft) *casework.Case {
	h.t.Helper()
	if d.Deputy == "" {
		d.Deputy = person(1)
	}
	if d.Title == "" {
		d.Title, d.Body = "关于改善公交出行的建议", "建议优化公交线路，增加班次，改善候车条件。"
	}
	res, err := suggestion.Open(context.Background(), h.s, deputy(1), d)
	if err != nil {
		h.t.Fatal(err)
	}
	return res.Case
}

func (h *house) try(actor policy.Actor, c *casework.Case, n int64, action string, in casework.Input) error {
	_, err := h.s.Apply(context.Background(), casework.Request{Actor: actor, Number: c.Number, Assignment: n, Action: action, Input: in})
	return err
}

func (h *house) do(actor policy.Actor, c *casework.Case, n int64, action string, in casework.Input) {
	h.t.Helper()
	if err := h.try(actor, c, n, action, in); err != nil {
		h.t.Fatalf("%s by %s: %v", action, actor.Account, err)
	}
}

func (h *house) refused(kind errs.Kind, actor policy.Actor, c *casework.Case, n int64, action string, in casework.Input) {
	h.t.Helper()
	if err := h.try(actor, c, n, action, in); !errs.Is(err, kind) {
		h.t.Errorf("%s by %s: got %v, want %s", action, actor.Account, err, kind)
	}
}

func (h *house) read(c *casework.Case) (*casework.Case, []*casework.Assignment) {
	h.t.Helper()
	fresh, as, err := h.s.Read(context.Background(), c.Number)
	if err != nil {
		h.t.Fatal(err)
	}
	return fresh, as
}

func (h *house) state(c *casework.Case, want string) {
	h.t.Helper()
	if fresh, _ := h.read(c); fresh.State != want {
		h.t.Fatalf("the case is %s, want %s", fresh.State, want)
	}
}

func (h *house) part(c *casework.Case, n int64, want string) {
	h.t.Helper()
	_, as := h.read(c)
	if as[n-1].State != want {
		h.t.Fatalf("assignment %d is %s, want %s", n, as[n-1].State, want)
	}
}

// sound fails where rows and record differ.
func (h *house) sound() {
	h.t.Helper()
	report, err := h.s.Check(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, f := range report.Findings {
		h.t.Errorf("%s: %s", f.Stream, f.What)
	}
}

var checked = casework.Input{"one_matter": true, "not_excluded": true, "no_secret": true}

// numbered takes a draft as far as to_dispatch.
func (h *house) numbered(d suggestion.Draft) *casework.Case {
	h.t.Helper()
	c := h.draft(d)
	h.do(deputy(1), c, 0, "submit", checked)
	h.do(motions, c, 0, "number", casework.Input{"category": transport, "category_region": "r-build"})
	return c
}

// handled takes a case as far as its handling by the housing agency, as assignment 2 under the supervision office's.
func (h *house) handled(d suggestion.Draft) *casework.Case {
	h.t.Helper()
	c := h.numbered(d)
	h.do(clerk, c, 0, "dispatch", casework.Input{"lead": supervisor})
	h.do(overseer, c, 1, "receive", nil)
	h.do(overseer, c, 1, "subassign", casework.Input{"lead": housing, "approver": "副市长甲"})
	h.do(handler, c, 2, "sign", nil)
	return c
}

// replied takes a case as far as its evaluation.
func (h *house) replied(c *casework.Case, class string) {
	h.t.Helper()
	in := casework.Input{"class": class, "reply": "已优化三条线路。"}
	if class == "b" {
		in["promise"], in["promise_on"] = "年底前开通两条线路", "2026-12-20"
	}
	h.do(handler, c, 2, "draft", in)
	h.do(overseer, c, 2, "pass", nil)
	h.do(handler, c, 2, "issue", casework.Input{"signer": "局长甲", "signed_on": string(deadline.DateOf(h.now)), "doc_number": "甲建提〔2026〕1号"})
	h.do(handler, c, 2, "deliver", casework.Input{"on": string(deadline.DateOf(h.now)), "mode": "in_person"})
}

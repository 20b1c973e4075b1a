package motion_test

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
	"lianxin/internal/motion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/sealed"
	"lianxin/internal/search"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

const (
	city      = registrytest.City
	committee = "committee"
)

func account(name string, g policy.Grant) policy.Actor {
	g.Congress = city
	return policy.Actor{Account: name, Grants: []policy.Grant{g}}
}

func person(n int) string { return fmt.Sprintf("person-%d", n) }

func deputy(n int) policy.Actor {
	return account(fmt.Sprintf("deputy-%d", n), policy.Grant{Role: policy.Deputy, Person: person(n)})
}

var (
	clerk   = account("clerk", policy.Grant{Role: policy.Clerk, Office: registrytest.Office})
	motions = account("motions", policy.Grant{Role: policy.Motions, Office: registrytest.Office})
	member  = account("committee", policy.Grant{Role: policy.Agency, Agency: committee})
)

func schemas() []store.Schema {
	return []store.Schema{event.Schema(), sealed.Schema(), files.Schema(), registry.Schema(), search.Schema(), casework.Schema(), suggestion.Schema()}
}

type house struct {
	t   *testing.T
	s   *casework.Service
	now time.Time
}

func newHouse(t *testing.T, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, deadline.Zone)}
	registrytest.Furnish(t, db)
	h.furnish(db)
	mine, err := motion.New()
	if err != nil {
		t.Fatal(err)
	}
	other, err := suggestion.New()
	if err != nil {
		t.Fatal(err)
	}
	vault, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	table := policy.New(append(mine.Procedure.Rules(), other.Procedure.Rules()...)...)
	h.s = casework.New(db.WithClock(func() time.Time { return h.now }), vault, table, mine, other)
	if err := h.s.KeepProcedures(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// furnish adds twelve deputies, six of whom sit in the standing committee, a session and a committee.
func (h *house) furnish(db *store.DB) {
	h.t.Helper()
	put := func(table string, rows ...map[string]string) {
		h.t.Helper()
		var all []registry.Row
		for _, r := range rows {
			all = append(all, registry.Row{Values: r})
		}
		report, err := registry.Put(h.t.Context(), db, registrytest.System(), table, all, false)
		if err == nil {
			err = report.First()
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
	put("term", map[string]string{"id": "10", "name": "第十届", "ordinal": "10"})
	put("congress_session", map[string]string{"id": "10-2", "name": "十届人大二次会议", "term_id": "10", "ordinal": "2", "opens_on": "2026-03-02", "closes_on": "2026-03-05", "collect_until": "2026-03-04"})
	put("agency", map[string]string{"id": committee, "name": "社会建设委员会", "system": "congress", "level": "city"})
	for n := 3; n <= 12; n++ {
		put("person", map[string]string{"id": person(n), "name": fmt.Sprintf("代表%d", n)})
	}
	for n := 1; n <= 12; n++ {
		standing := ""
		if n <= 6 {
			standing = "是"
		}
		put("mandate", map[string]string{"id": fmt.Sprintf("seat-%d", n), "person_id": person(n), "of_congress_id": city, "standing": standing, "valid_from": "2026-01-01"})
	}
}

func (h *house) draft(venue string) *casework.Case {
	h.t.Helper()
	res, err := motion.Open(h.t.Context(), h.s, deputy(1), motion.Draft{Venue: venue, Plan: "制定条例，明确职责、标准和罚则。",
		Draft: suggestion.Draft{Deputy: person(1), Title: "关于制定养犬管理条例的议案", Body: "养犬扰民、伤人事件增多，现有规定不足。"}})
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

func (h *house) state(c *casework.Case, want string) *casework.Case {
	h.t.Helper()
	fresh, _, err := h.s.Read(context.Background(), c.Number)
	if err != nil || fresh.State != want {
		h.t.Fatalf("the motion is %s, want %s (%v)", fresh.State, want, err)
	}
	return fresh
}

// signed invites deputies from 2 to n, who all sign.
func (h *house) signed(c *casework.Case, n int) {
	h.t.Helper()
	var invited []string
	for i := 2; i <= n; i++ {
		invited = append(invited, person(i))
	}
	h.do(deputy(1), c, 0, "invite", casework.Input{"deputies": invited})
	for i := 2; i <= n; i++ {
		h.do(deputy(i), c, 0, "cosign", nil)
	}
}

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

var checked = casework.Input{"powers": true, "no_secret": true}

func TestAMotionsRoad(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.draft(motion.Congress)
		h.signed(c, 9)
		h.refused(errs.Conflict, deputy(1), c, 0, "submit", checked) // nine, the lead among them
		h.do(deputy(1), c, 0, "invite", casework.Input{"deputies": []string{person(10)}})
		h.do(deputy(10), c, 0, "cosign", nil)
		h.do(deputy(1), c, 0, "submit", checked)
		h.do(motions, c, 0, "number", nil)
		h.refused(errs.Invalid, clerk, c, 0, "take_up", casework.Input{"lead": registrytest.Housing, "decided_on": "2026-03-04"})
		h.do(clerk, c, 0, "take_up", casework.Input{"lead": committee, "decided_on": "2026-03-04"})
		h.do(member, c, 1, "sign", nil)
		h.do(member, c, 1, "report", casework.Input{"proposal": "law", "reply": "建议列入立法计划。", "passed_on": "2026-03-02"})
		h.state(c, "reported")
		h.do(clerk, c, 0, "return_report", casework.Input{"words": "请补充成本测算。"})
		h.do(member, c, 1, "report", casework.Input{"proposal": "law", "reply": "已补充，建议列入立法计划。", "passed_on": "2026-03-02"})
		h.do(clerk, c, 0, "resolve", casework.Input{"resolution": "law", "resolved_on": "2026-03-02", "words": "同意委员会意见。"})
		if fresh := h.state(c, "done"); fresh.Get(motion.Resolution) != "law" || fresh.Get(casework.Serial) != "1" {
			t.Errorf("resolved %q under number %q", fresh.Get(motion.Resolution), fresh.Get(casework.Serial))
		}
		h.sound()
	})
}

func TestAMotionEndsWhenItsSignersFallBelow(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.draft(motion.Congress)
		h.signed(c, 11)
		h.do(deputy(1), c, 0, "submit", checked)
		h.do(deputy(11), c, 0, "leave", nil)
		h.state(c, "reviewing")
		h.do(deputy(10), c, 0, "leave", nil)
		h.state(c, "ended")
		h.sound()
	})
}

func TestOnlyMembersSignForTheStandingCommittee(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.draft(motion.Standing)
	h.refused(errs.Invalid, deputy(1), c, 0, "invite", casework.Input{"deputies": []string{person(2), person(7)}})
	h.signed(c, 4)
	h.refused(errs.Conflict, deputy(1), c, 0, "submit", checked)
	h.do(deputy(1), c, 0, "invite", casework.Input{"deputies": []string{person(5)}})
	h.do(deputy(5), c, 0, "cosign", nil)
	h.do(deputy(1), c, 0, "submit", checked)
	h.state(c, "reviewing")
}

func TestAMotionNotTakenUpBecomesASuggestion(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.draft(motion.Congress)
		h.signed(c, 10)
		h.do(deputy(1), c, 0, "submit", checked)
		h.do(motions, c, 0, "number", nil)
		h.do(clerk, c, 0, "to_suggestion", casework.Input{"decided_on": "2026-03-04", "words": "作为代表建议办理。"})
		h.state(c, "converted")
		page, err := h.s.List(t.Context(), clerk, casework.Query{Kind: suggestion.Kind})
		if err != nil || len(page.Cases) != 1 {
			t.Fatalf("%d suggestions, %v", len(page.Cases), err)
		}
		if s := page.Cases[0]; s.State != "reviewing" || s.Signed() != 9 || s.Origin != c.ID {
			t.Errorf("the suggestion is %s, signed by %d, from %s", s.State, s.Signed(), s.Origin)
		}
		view, err := h.s.View(t.Context(), clerk, c.Number)
		if err != nil || len(view.Links) != 1 || view.Links[0].How != casework.LinkInto {
			t.Errorf("the motion is tied to %+v, %v", view.Links, err)
		}
		h.sound()
	})
}

func TestTheThresholdsOfTheLaw(t *testing.T) {
	k, err := motion.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		venue, level string
		want         int
	}{{motion.Congress, "city", 10}, {motion.Congress, "district", 10}, {motion.Congress, "town", 5}, {motion.Standing, "city", 5}, {motion.Standing, "district", 3}} {
		if n := motion.Needed(k.Procedure, c.venue, c.level); n != c.want {
			t.Errorf("%s at the %s: %d, want %d", c.venue, c.level, n, c.want)
		}
	}
}

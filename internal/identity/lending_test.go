package identity_test

import (
	"strings"
	"testing"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

func clerkOf(congress string) identity.Grant {
	return identity.Grant{Role: policy.Clerk, Congress: congress, Office: "office"}
}

// grants lists what an account may be now, as "role/behalf".
func (c *clocked) grants(id string) string {
	c.t.Helper()
	actor, _, err := c.Actor(c.t.Context(), id)
	if errs.Is(err, errs.Unauthenticated) {
		return "closed"
	}
	if err != nil {
		c.t.Fatal(err)
	}
	var words []string
	for _, g := range actor.Grants {
		words = append(words, string(g.Role)+"/"+g.Behalf)
	}
	return strings.Join(words, " ")
}

func (c *clocked) first(id string) identity.Grant {
	c.t.Helper()
	grants, err := c.Grants(c.t.Context(), id)
	if err != nil || len(grants) == 0 {
		c.t.Fatalf("%d grants, %v", len(grants), err)
	}
	return grants[0]
}

func TestAGrantIsLentForDaysAndEndsByItself(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		c := atNoon(t, db)
		a, b := create(t, c.Service, "a1", clerkOf("c")), create(t, c.Service, "b1", identity.Grant{Role: policy.Leader, Congress: "c"})
		d, err := c.Lend(t.Context(), a.ID, identity.Lending{Grant: c.first(a.ID).ID, To: b.ID, From: "2026-11-24", On: "2026-11-25"})
		if err != nil {
			t.Fatal(err)
		}
		own, both := "leader/", "leader/ clerk/"+a.ID
		for _, want := range []string{own, both, both, own} {
			if got := c.grants(b.ID); got != want {
				t.Errorf("%s: got %s, want %s", c.Today(), got, want)
			}
			c.now = c.now.Add(24 * time.Hour)
		}
		c.now = c.now.Add(-72 * time.Hour)
		if err := c.EndGrant(t.Context(), admin, a.ID, c.first(a.ID).ID, c.Yesterday()); err != nil {
			t.Fatal(err)
		}
		if got := c.grants(b.ID); got != own {
			t.Errorf("lent on after the lender lost it: %s", got)
		}
		if err := c.EndGrant(t.Context(), admin, a.ID, c.first(a.ID).ID, ""); err != nil {
			t.Fatal(err)
		}
		if got := c.grants(b.ID); got != both {
			t.Errorf("the lender has it again: %s", got)
		}
		if err := c.SetGrants(t.Context(), admin, b.ID, 0, []identity.Grant{{Role: policy.Auditor}}); err != nil {
			t.Fatal(err)
		}
		if got := c.grants(b.ID); got != "auditor/" {
			t.Errorf("powers mix: %s", got)
		}
		state := func(on deadline.Date) string {
			list, err := c.Delegations(t.Context(), b.ID)
			if err != nil || len(list) != 1 {
				t.Fatalf("%+v, %v", list, err)
			}
			return list[0].State(on)
		}
		for on, want := range map[deadline.Date]string{"2026-11-23": "later", "2026-11-24": "active", "2026-11-25": "active", "2026-11-26": "over"} {
			if got := state(on); got != want {
				t.Errorf("%s: %s, want %s", on, got, want)
			}
		}
		for _, closed := range []bool{true, false} {
			if err := c.SetDisabled(t.Context(), admin, a.ID, closed); err != nil {
				t.Fatal(err)
			}
			if got := state("2026-11-24"); (got == "over") != closed {
				t.Errorf("the lender closed %v: %s", closed, got)
			}
		}
		c.refuses("a stranger ends it", errs.NotFound, c.EndDelegation(t.Context(), policy.Actor{Account: "stranger"}, d.ID, false))
		if err := c.EndDelegation(t.Context(), policy.Actor{Account: b.ID}, d.ID, false); err != nil {
			t.Fatal(err)
		}
		c.refuses("ended twice", errs.Conflict, c.EndDelegation(t.Context(), admin, d.ID, true))
		for _, id := range []string{a.ID, b.ID} {
			if list, err := c.Delegations(t.Context(), id); err != nil || len(list) != 1 || list[0].EndedBy != b.ID || list[0].Role != policy.Clerk {
				t.Errorf("shown as %+v, %v", list, err)
			}
		}
		if got := strings.Join(c.actions(a.ID), " "); got != "create lend grant grant disable enable end_lending" {
			t.Errorf("recorded %s", got)
		}
	})
}

func TestWhatMayNotBeLent(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		c := atNoon(t, db)
		a := create(t, c.Service, "a1", clerkOf("c"), identity.Grant{Role: policy.Deputy, Congress: "c", Person: "p"})
		root, ally := create(t, c.Service, "root1", identity.Grant{Role: policy.Admin}), create(t, c.Service, "ally", clerkOf("c"))
		create(t, c.Service, "third", clerkOf("c"))
		others := map[string]identity.Account{"of another congress": create(t, c.Service, "far", clerkOf("d")), "with nothing": create(t, c.Service, "none"),
			"an auditor": create(t, c.Service, "audit", identity.Grant{Role: policy.Auditor}), "an administrator": root, "himself": a,
			"an agency": create(t, c.Service, "agency", identity.Grant{Role: policy.Agency, Congress: "c", Agency: "x"}),
			"a deputy":  create(t, c.Service, "deputy", identity.Grant{Role: policy.Deputy, Congress: "c", Person: "q"})}
		today := c.Today()
		lend := func(from string, l identity.Lending) error { _, err := c.Lend(t.Context(), from, l); return err }
		mine, err := c.Grants(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		for who, to := range others {
			c.refuses("to "+who, errs.Invalid, lend(a.ID, identity.Lending{Grant: mine[0].ID, To: to.ID, From: today, On: today}))
		}
		c.refuses("a mandate", errs.Invalid, lend(a.ID, identity.Lending{Grant: mine[1].ID, To: ally.ID, From: today, On: today}))
		c.refuses("administration", errs.Invalid, lend(root.ID, identity.Lending{Grant: c.first(root.ID).ID, To: ally.ID, From: today, On: today}))
		for what, days := range map[string][2]deadline.Date{"yesterday": {today.AddDays(-1), today}, "backwards": {today.AddDays(1), today}, "91 days": {today, today.AddDays(90)}} {
			c.refuses(what, errs.Invalid, lend(a.ID, identity.Lending{Grant: mine[0].ID, To: ally.ID, From: days[0], On: days[1]}))
		}
		if err := lend(a.ID, identity.Lending{Grant: mine[0].ID, To: ally.ID, From: today, On: today.AddDays(89)}); err != nil {
			t.Errorf("90 days to a colleague: %v", err)
		}
		if got := c.grants(ally.ID); got != "clerk/" {
			t.Errorf("what one holds oneself is not held twice: %s", got)
		}
		third, err := c.Find(t.Context(), "third")
		if err != nil {
			t.Fatal(err)
		}
		c.refuses("lent on", errs.Invalid, lend(ally.ID, identity.Lending{Grant: mine[0].ID, To: third.ID, From: today, On: today}))
		colleagues, err := c.Colleagues(t.Context(), a.ID)
		if err != nil || len(colleagues) != 2 || colleagues[0].Name != "ally" || colleagues[1].Name != "third" {
			t.Errorf("colleagues %+v, %v", colleagues, err)
		}
	})
}

func TestHandingOver(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		c := atNoon(t, db)
		temporary := clerkOf("c")
		temporary.Office, temporary.ValidTo = "other", "2026-12-31"
		a := create(t, c.Service, "a1", clerkOf("c"), temporary, identity.Grant{Role: policy.Deputy, Congress: "c", Person: "p"})
		b, auditor := create(t, c.Service, "b1", clerkOf("c")), create(t, c.Service, "audit", identity.Grant{Role: policy.Auditor})
		over := func(h identity.Handover) error { return c.HandOver(t.Context(), admin, h) }
		h := identity.Handover{From: a.ID, To: auditor.ID, On: "2026-11-25", Reason: "moved", Note: "调往区里"}
		c.refuses("powers mix", errs.Invalid, over(h))
		h.To = a.ID
		c.refuses("to himself", errs.Invalid, over(h))
		h.To, h.Reason = b.ID, "whim"
		c.refuses("no reason", errs.Invalid, over(h))
		h.Reason = "moved"
		c.refuses("one's own", errs.Denied, c.HandOver(t.Context(), policy.Actor{Account: b.ID}, h))
		if err := over(h); err != nil {
			t.Fatal(err)
		}
		if got := c.grants(a.ID); got != "clerk/ clerk/ deputy/" {
			t.Errorf("before the day: %s", got)
		}
		if got := c.grants(b.ID); got != "clerk/" {
			t.Errorf("before the day: %s", got)
		}
		c.now = c.now.Add(48 * time.Hour)
		if got := c.grants(a.ID); got != "closed" {
			t.Errorf("from the day on: %s", got)
		}
		if got := c.grants(b.ID); got != "clerk/ clerk/" {
			t.Errorf("from the day on: %s", got)
		}
		c.now = c.now.Add(40 * 24 * time.Hour)
		if got := c.grants(b.ID); got != "clerk/" {
			t.Errorf("a temporary role outlived its day: %s", got)
		}
		_, err := c.SignIn(t.Context(), "a1", good)
		c.refuses("signing in", errs.Unauthenticated, err)
		events, err := event.Stream(t.Context(), db.Reader(), identity.Stream(b.ID))
		if err != nil || len(events) != 2 || events[1].Action != "account.take_over" || strings.Contains(events[1].Payload, "调") {
			t.Errorf("recorded %+v, %v", events, err)
		}
		for _, id := range []string{a.ID, b.ID} {
			if list, err := c.Handovers(t.Context(), id); err != nil || len(list) != 1 || list[0].Note != "调往区里" {
				t.Errorf("kept as %+v, %v", list, err)
			}
		}
		h.From, h.To = auditor.ID, b.ID
		h.On = c.Today().AddDays(91)
		c.refuses("too far ahead", errs.Invalid, over(h))
		h.On = c.Today().AddDays(-32)
		c.refuses("too long ago", errs.Invalid, over(h))
	})
}

func TestHandingOverTodayClosesAtOnce(t *testing.T) {
	c := atNoon(t, storetest.SQLite(t, schemas()...))
	a, b := create(t, c.Service, "a1", clerkOf("c")), create(t, c.Service, "b1", identity.Grant{Role: policy.Leader, Congress: "c"})
	if err := c.HandOver(t.Context(), admin, identity.Handover{From: a.ID, To: b.ID, On: c.Today(), Reason: "left"}); err != nil {
		t.Fatal(err)
	}
	if got := c.grants(a.ID); got != "closed" {
		t.Errorf("got %s", got)
	}
	if got := c.grants(b.ID); !strings.Contains(got, "clerk/") {
		t.Errorf("got %s", got)
	}
	c.refuses("again", errs.Conflict, c.HandOver(t.Context(), admin, identity.Handover{From: a.ID, To: b.ID, On: c.Today(), Reason: "left"}))
}

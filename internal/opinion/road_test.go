package opinion_test

import (
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// TestMainRoad takes one opinion from a resident's words to a happy verdict by five people.
func TestMainRoad(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.submit(opinion.Intake{Title: "broken lamp", Body: "the street lamp is broken", Category: category, Source: opinion.Web, Phone: "13800000000", MayPublish: true})
		h.do(clerk, c, 0, "accept", nil)
		h.do(clerk, c, 0, "assign", casework.Input{"lead": housing, "co": []string{traffic}, "words": "please"})
		h.do(handler, c, 1, "sign", nil)
		h.do(handler, c, 1, "progress", casework.Input{"words": "looking"})
		h.do(coHandler, c, 2, "sign", nil)
		h.do(coHandler, c, 2, "opine", casework.Input{"words": "no objection"})
		h.do(handler, c, 1, "reply", casework.Input{"class": "solved", "reply": "mended"})
		h.do(lead, c, 1, "approve", nil)
		h.state(c, "replied")
		h.do(clerk, c, 0, "feedback", casework.Input{"how": "telephone"})
		h.do(clerk, c, 0, "tell_deputy", casework.Input{"how": "telephone"})
		h.resident(c, "evaluate", casework.Input{"attitude": "satisfied", "result": "satisfied"})
		h.state(c, "closed")
		h.do(clerk, c, 0, "ask_publish", casework.Input{"public_title": "lamp", "public_body": "a lamp", "public_reply": "mended", "with_verdict": "on", "redaction": "personal", "redaction_reason": "the place"})
		if _, err := h.s.Published(t.Context(), c.Number); !errs.Is(err, errs.NotFound) {
			t.Errorf("public before review: %v", err)
		}
		h.refused(errs.Conflict, clerk, c, 0, "publish", nil)
		h.do(clerk2, c, 0, "publish", nil)
		pub, err := h.s.Published(t.Context(), c.Number)
		if err != nil || pub.Title != "lamp" || pub.Verdict != "满意" {
			t.Errorf("got %+v, %v", pub, err)
		}
		h.check()
	})
}

// TestUnhappyTwice redoes once, keeps the first verdict and leaves the second to the office.
func TestUnhappyTwice(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.answered()
		h.do(clerk, c, 0, "feedback", casework.Input{"how": "telephone"})
		err := h.try(h.submitter(c), c, 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "unsatisfied"})
		if errs.All(err)[0].Field != "comment" {
			t.Errorf("an unhappy verdict without a word: %v", err)
		}
		h.resident(c, "evaluate", casework.Input{"attitude": "satisfied", "result": "unsatisfied", "comment": "still dark"})
		h.state(c, "in_hand")
		h.do(handler, c, 1, "reply", casework.Input{"class": "planned", "reply": "next year", "promise": "new lamp", "promise_on": "2027-06-30"})
		h.do(lead, c, 1, "approve", nil)
		h.do(clerk, c, 0, "feedback", casework.Input{"how": "telephone"})
		h.resident(c, "evaluate", casework.Input{"attitude": "fair", "result": "unsatisfied", "comment": "too late"})
		h.state(c, "disputed")
		got := h.read(c)
		if got.FirstAttitude != "satisfied" || got.Attitude != "fair" || got.PromiseOn != "2027-06-30" {
			t.Errorf("first verdict %s, last %s, promise %s", got.FirstAttitude, got.Attitude, got.PromiseOn)
		}
		h.do(clerk, c, 0, "close", casework.Input{"reason": "explained"})
		h.check()
	})
}

// TestEverybodyOnPaper enters everything for people who have only paper, each entry checked by the other side.
func TestEverybodyOnPaper(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		res, err := opinion.Submit(t.Context(), h.s, station, opinion.Intake{Body: "the road floods", Station: stationID, Source: opinion.Paper,
			ClaimedAt: h.now.Add(-48 * time.Hour), Phone: "13800000000"})
		if err != nil {
			t.Fatal(err)
		}
		c := res.Case
		h.do(clerk, c, 0, "accept", nil)
		h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
		h.do(clerk, c, 1, "sign", nil)
		h.do(clerk, c, 1, "reply", casework.Input{"class": "solved", "reply": "drained"})
		h.do(clerk, c, 1, "register_approval", casework.Input{"signer": "甲某", "signed_on": "2026-11-20"})
		h.do(clerk, c, 0, "feedback", casework.Input{"how": "visit"})
		verdict := casework.Input{"attitude": "satisfied", "result": "fair", "collected": "paper"}
		h.refused(errs.Denied, clerk, c, 0, "evaluate", verdict)
		h.do(street, c, 0, "evaluate", verdict)
		h.state(c, "closed")
		for _, e := range h.read(c).Entries.V {
			if e.Account == street.Account {
				h.refused(errs.Conflict, street, c, 0, "check_entry", casework.Input{"entry": e.Event, "agrees": "agree"})
			}
			by := clerk
			if e.Account == clerk.Account {
				by = street
			}
			h.do(by, c, 0, "check_entry", casework.Input{"entry": e.Event, "agrees": "agree"})
		}
		for _, a := range h.assignments(c) {
			for _, e := range a.Entries.V {
				h.do(street, c, a.N, "check_entry", casework.Input{"entry": e.Event, "agrees": "agree"})
			}
		}
		if n := h.read(c).Unchecked; n != 0 {
			t.Errorf("%d entries unchecked", n)
		}
		h.check()
	})
}

// TestMovesAreSettledTheSecondTime lets an agency be changed twice; the third addressee must take it.
func TestMovesAreSettledTheSecondTime(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.submit(opinion.Intake{Body: "noise", Source: opinion.Web})
		h.do(clerk, c, 0, "accept", nil)
		agencies := []string{housing, traffic}
		actors := map[string]policy.Actor{housing: handler, traffic: coHandler}
		for i := range 2 {
			now, better := agencies[i%2], agencies[(i+1)%2]
			h.do(clerk, c, 0, "assign", casework.Input{"lead": now})
			n := h.read(c).Assignments
			h.do(actors[now], c, n, "return", casework.Input{"better": better, "reason": "not ours"})
			h.do(clerk, c, n, "grant_return", nil)
			h.state(c, "accepted")
		}
		h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
		h.refused(errs.Conflict, handler, c, h.read(c).Assignments, "return", casework.Input{"better": traffic, "reason": "not ours"})
		h.do(handler, c, h.read(c).Assignments, "sign", nil)
		h.check()
	})
}

// TestMoveWindowCloses refuses a move asked after three working days.
func TestMoveWindowCloses(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.submit(opinion.Intake{Body: "noise", Source: opinion.Web})
	h.do(clerk, c, 0, "accept", nil)
	h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
	h.later(10 * 24 * time.Hour)
	h.refused(errs.Conflict, handler, c, 1, "return", casework.Input{"better": traffic, "reason": "not ours"})
}

// TestRescind undoes an assignment before the agency acts, and not after.
func TestRescind(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.submit(opinion.Intake{Body: "noise", Source: opinion.Web})
		h.do(clerk, c, 0, "accept", nil)
		due := h.read(c).DueAt
		h.later(time.Hour)
		h.do(clerk, c, 0, "assign", casework.Input{"lead": traffic})
		h.do(clerk, c, 0, "rescind", casework.Input{"reason": "wrong agency"})
		h.state(c, "accepted")
		if got := h.read(c); got.DueAt != due || got.LeadAgency != "" {
			t.Errorf("due %d, want the old %d; lead %q", got.DueAt, due, got.LeadAgency)
		}
		if a := h.assignments(c)[0]; a.State != "stopped" {
			t.Errorf("the assignment is %s", a.State)
		}
		h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
		h.do(handler, c, 2, "sign", nil)
		h.refused(errs.Conflict, clerk, c, 0, "rescind", casework.Input{"reason": "late"})
		h.do(handler, c, 2, "rescind", casework.Input{"reason": "too fast"})
		if a := h.assignments(c)[1]; a.State != "to_sign" || a.SignedAt != 0 {
			t.Errorf("the assignment is %s, signed %d", a.State, a.SignedAt)
		}
		h.check()
	})
}

// TestCorrection changes a category only when a second person agrees.
func TestCorrection(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.submit(opinion.Intake{Body: "noise", Source: opinion.Web})
		h.refused(errs.Invalid, clerk, c, 0, "correct", casework.Input{"field": "category", "value": "nonsense", "reason": "typo"})
		h.do(clerk, c, 0, "correct", casework.Input{"field": "category", "value": category, "reason": "typo"})
		h.refused(errs.Conflict, clerk, c, 0, "confirm_correction", nil)
		h.do(clerk2, c, 0, "confirm_correction", nil)
		if got := h.read(c).Category; got != category {
			t.Errorf("category %q", got)
		}
		h.check()
	})
}

// TestWithdrawStopsTheAgencies ends the case and what the agencies were asked.
func TestWithdrawStopsTheAgencies(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.submit(opinion.Intake{Body: "noise", Source: opinion.Web})
		h.do(clerk, c, 0, "accept", nil)
		h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
		h.resident(c, "withdraw", nil)
		if a := h.assignments(c)[0]; a.State != "stopped" || a.DueAt != 0 {
			t.Errorf("the assignment is %s, due %d", a.State, a.DueAt)
		}
		h.check()
	})
}

// TestSilenceLapses closes a case nobody judged, as not judged.
func TestSilenceLapses(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.answered()
		h.do(clerk, c, 0, "feedback", casework.Input{"how": "telephone"})
		if n, err := h.s.RunTimed(t.Context(), 10); n != 0 || err != nil {
			t.Fatalf("too early: %d, %v", n, err)
		}
		h.later(60 * 24 * time.Hour)
		if n, err := h.s.RunTimed(t.Context(), 10); n != 1 || err != nil {
			t.Fatalf("ran %d, %v", n, err)
		}
		if got := h.read(c); got.State != "closed" || got.Verdict != "lapsed" || got.Result != "" {
			t.Errorf("state %s, verdict %s, result %s", got.State, got.Verdict, got.Result)
		}
		h.check()
	})
}

// TestRefusals lists what must not happen, and the kind of answer.
func TestRefusals(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.submit(opinion.Intake{Body: "noise", Deputy: registrytest.Deputy, Source: opinion.Web})
	h.refused(errs.Conflict, clerk, c, 0, "assign", casework.Input{"lead": housing})
	h.refused(errs.Invalid, clerk, c, 0, "accept", casework.Input{"nonsense": "x"})
	h.refused(errs.NotFound, handler, c, 0, "accept", nil)
	h.refused(errs.NotFound, clerk, c, 0, "no_such_action", nil)
	h.refused(errs.Denied, deputy(t, h, c), c, 0, "accept", nil)
	if err := h.try(clerk, c, 0, "accept", casework.Input{"note": 7}); !errs.Is(err, errs.Invalid) {
		t.Errorf("wrong type: %v", err)
	}
	_, err := h.s.Apply(t.Context(), casework.Request{Actor: clerk, Number: c.Number, Action: "accept", Version: 9})
	if !errs.Is(err, errs.Stale) {
		t.Errorf("stale version: %v", err)
	}
	if _, err := h.s.Submitter(t.Context(), c.Number, "wrong"); !errs.Is(err, errs.NotFound) {
		t.Errorf("wrong code: %v", err)
	}
	h.check()
}

// TestARepeatedKeyReturnsTheFirstAnswer does nothing twice, and refuses the key for another request.
func TestARepeatedKeyReturnsTheFirstAnswer(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		in := opinion.Intake{Body: "noise", Source: opinion.Web, Key: "k1"}
		first, err := opinion.Submit(t.Context(), h.s, casework.Resident(), in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := opinion.Submit(t.Context(), h.s, casework.Resident(), in)
		if err != nil || again.Case.Number != first.Case.Number || again.Code != first.Code || !again.Repeated {
			t.Errorf("got %+v, %v", again, err)
		}
		in.Body = "something else"
		if _, err := opinion.Submit(t.Context(), h.s, casework.Resident(), in); !errs.Is(err, errs.Invalid) {
			t.Errorf("another body under the same key: %v", err)
		}
		r := casework.Request{Actor: clerk, Number: first.Case.Number, Action: "accept", Version: 1, Key: "k2"}
		for range 2 {
			if _, err := h.s.Apply(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		if v := h.read(first.Case).Version; v != 2 {
			t.Errorf("version %d after one act done twice", v)
		}
	})
}

package opinion_test

import (
	"strings"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

const day = 24 * time.Hour

// accepted is a case ready to be assigned.
func (h *house) accepted(in opinion.Intake) *casework.Case {
	h.t.Helper()
	if in.Body == "" {
		in.Body = "the street lamp is broken"
	}
	in.Source = opinion.Web
	c := h.submit(in)
	h.do(clerk, c, 0, "accept", nil)
	return c
}

// answer takes an assignment from its signature to its answer.
func (h *house) answer(c *casework.Case, n int64, by, approver policy.Actor, in casework.Input) {
	h.t.Helper()
	h.do(by, c, n, "reply", in)
	h.do(approver, c, n, "approve", nil)
}

// TestAskingStopsTheClock asks the resident for more words: the office's days stand still until they come, or the matter ends without them.
func TestAskingStopsTheClock(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.submit(opinion.Intake{Body: "somewhere a lamp is broken", Source: opinion.Web})
		due := h.read(c).Clocks[0].Clock.Due
		h.later(day)
		h.do(clerk, c, 0, "ask", casework.Input{"words": "which street?", "how": "online"})
		if got := h.read(c); got.Clocks[0].Name != "words" || !got.Case.Clocks.V["accept"].Paused() {
			t.Errorf("the governing clock is %s", got.Clocks[0].Name)
		}
		h.later(2 * day)
		h.resident(c, "resume", casework.Input{"words": "first street"})
		h.state(c, "received")
		if got := h.read(c).Case.Clocks.V["accept"].Due; got != due.AddDays(2) {
			t.Errorf("due %s, want two working days after %s", got, due)
		}
		h.do(clerk, c, 0, "ask", casework.Input{"words": "which number?", "how": "online"})
		h.refused(errs.Conflict, clerk, c, 0, "accept", nil)
		h.later(30 * day)
		if n, err := h.s.RunTimed(t.Context(), 10); n != 1 || err != nil {
			t.Fatalf("ran %d, %v", n, err)
		}
		h.state(c, "closed")
		h.check()
	})
}

// TestMergedCasesAreEachAnswered merges two duplicates, one before and one after the answer; each person judges for himself.
func TestMergedCasesAreEachAnswered(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		main, second, third := h.accepted(opinion.Intake{}), h.accepted(opinion.Intake{}), h.submit(opinion.Intake{Body: "dark", Source: opinion.Web})
		h.refused(errs.Invalid, clerk, second, 0, "merge", casework.Input{"into": second.Number})
		h.refused(errs.Invalid, clerk, second, 0, "merge", casework.Input{"into": "WH-O-2026-000999"})
		h.do(clerk, second, 0, "merge", casework.Input{"into": strings.ToLower(main.Number)})
		h.state(second, "merged")
		h.refused(errs.Conflict, clerk, main, 0, "merge", casework.Input{"into": third.Number})
		h.do(clerk, main, 0, "assign", casework.Input{"lead": housing})
		h.do(handler, main, 1, "sign", nil)
		h.answer(main, 1, handler, lead, casework.Input{"class": "solved", "reply": "mended"})
		h.state(second, "replied")
		h.refused(errs.Conflict, lead, main, 1, "rescind", casework.Input{"reason": "others have it"})
		if got := h.read(second); got.Reply != "mended" || got.Class != "solved" {
			t.Errorf("the follower's answer is %q, %s", got.Reply, got.Class)
		}
		h.do(clerk, third, 0, "merge", casework.Input{"into": main.Number})
		h.state(third, "replied")
		h.do(clerk, second, 0, "feedback", casework.Input{"how": "online"})
		h.resident(second, "evaluate", casework.Input{"attitude": "fair", "result": "unsatisfied", "comment": "not mine"})
		h.state(second, "accepted")
		h.state(main, "replied")
		if links := h.read(main).Links; len(links) != 2 || links[0].How != casework.LinkFollower || !links[0].Open {
			t.Errorf("links %+v", links)
		}
		h.check()
	})
}

// TestFollowersOfAnUnansweredCaseComeBack gives merged cases back to the office when the main one ends without an answer.
func TestFollowersOfAnUnansweredCaseComeBack(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	main, second := h.accepted(opinion.Intake{}), h.accepted(opinion.Intake{})
	h.do(clerk, second, 0, "merge", casework.Input{"into": main.Number})
	h.resident(main, "withdraw", nil)
	h.state(second, "received")
	if got := h.read(second); got.Main != "" || got.DueAt == 0 {
		t.Errorf("main %q, due %d", got.Main, got.DueAt)
	}
	h.check()
}

// TestSplitAndRefer opens linked cases, at the same office and at one of another congress, whose submitter keeps his contact and can follow them.
func TestSplitAndRefer(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.submit(opinion.Intake{Body: "lamp and bus", Source: opinion.Web, Phone: "0473-0000123"})
		h.later(day)
		h.do(clerk, c, 0, "split", casework.Input{"body": "the bus is late"})
		h.do(clerk, c, 0, "refer_down", casework.Input{"office": registrytest.District, "words": "yours"})
		h.refused(errs.Conflict, clerk, c, 0, "accept", nil)
		h.state(c, "referred")
		mine, err := h.s.View(t.Context(), h.submitter(c), c.Number)
		if err != nil || len(mine.Links) != 2 {
			t.Fatalf("the submitter sees %d linked cases, %v", len(mine.Links), err)
		}
		for _, l := range mine.Links {
			actor, err := h.s.Submitter(t.Context(), l.Number, l.Code)
			if err != nil {
				t.Fatal(err)
			}
			v, err := h.s.View(t.Context(), actor, l.Number)
			if err != nil {
				t.Fatal(err)
			}
			if v.ReceivedAt != c.ReceivedAt || v.Stage == "" || !v.HasContact {
				t.Errorf("%s: received %d, want %d; contact %v", l.Number, v.ReceivedAt, c.ReceivedAt, v.HasContact)
			}
			if l.How == casework.LinkDown && (l.Number != "WHQ-O-2026-000001" || v.CongressID != "district") {
				t.Errorf("handed to %s of %s", l.Number, v.CongressID)
			}
		}
		below := policy.Actor{Account: "district", Grants: []policy.Grant{{Role: policy.Clerk, Congress: "district", Office: registrytest.District}}}
		v, err := h.s.View(t.Context(), below, "WHQ-O-2026-000001")
		if err != nil || v.Contact == nil || v.Contact.Phone != "0473-0000123" || v.Links[0].Open {
			t.Errorf("the district sees %+v, %v", v, err)
		}
		if _, err := h.s.View(t.Context(), clerk, "WHQ-O-2026-000001"); !errs.Is(err, errs.NotFound) {
			t.Errorf("the city reads the district's acts: %v", err)
		}
		h.check()
	})
}

// TestHotline mirrors a work order and feeds its result back.
func TestHotline(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.accepted(opinion.Intake{})
	h.do(clerk, c, 0, "hotline", casework.Input{"work_order": "12345-0001"})
	h.do(clerk, c, 0, "mirror_progress", casework.Input{"words": "with the electricians"})
	h.refused(errs.Invalid, clerk, c, 0, "mirror", casework.Input{"class": "planned", "reply": "later"})
	h.do(clerk, c, 0, "mirror", casework.Input{"class": "solved", "reply": "mended"})
	h.do(clerk, c, 0, "feedback", casework.Input{"how": "telephone"})
	if got := h.read(c); got.WorkOrder != "12345-0001" || got.Reply != "mended" || got.State != "to_evaluate" {
		t.Errorf("%s, %q, %s", got.WorkOrder, got.Reply, got.State)
	}
	h.check()
}

// TestSeparateParts waits for every part's own answer and shows the resident all of them.
func TestSeparateParts(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.accepted(opinion.Intake{})
		h.refused(errs.Invalid, clerk, c, 0, "assign", casework.Input{"lead": housing, "split": []string{housing}})
		h.do(clerk, c, 0, "assign", casework.Input{"lead": housing, "split": []string{traffic}, "batch_due": "2026-12-01"})
		h.do(handler, c, 1, "sign", nil)
		h.do(coHandler, c, 2, "sign", nil)
		h.answer(c, 1, handler, lead, casework.Input{"class": "solved", "reply": "mended"})
		h.state(c, "in_hand")
		h.answer(c, 2, coHandler, coLead, casework.Input{"class": "planned", "reply": "next year", "promise": "a stop", "promise_on": "2027-06-30"})
		h.state(c, "replied")
		got := h.read(c)
		if got.Class != "planned" || !strings.Contains(got.Reply, "mended") || !strings.Contains(got.Reply, "next year") || got.PromiseOn != "2027-06-30" {
			t.Errorf("%s %q %s", got.Class, got.Reply, got.PromiseOn)
		}
		if a := h.assignments(c)[1]; a.Part != casework.PartSplit || a.BatchDue != "2026-12-01" {
			t.Errorf("part %s, batch %s", a.Part, a.BatchDue)
		}
		h.do(clerk, c, 0, "feedback", casework.Input{"how": "online"})
		h.resident(c, "evaluate", casework.Input{"attitude": "fair", "result": "unsatisfied", "comment": "no"})
		for _, a := range h.assignments(c) {
			if a.State != "handling" {
				t.Errorf("part %d is %s, want it redone", a.N, a.State)
			}
		}
		h.check()
	})
}

// TestDistributor splits an assignment among those below, whose answers become its own; moves go back to it, and nothing gains time.
func TestDistributor(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.accepted(opinion.Intake{})
		h.do(clerk, c, 0, "assign", casework.Input{"lead": registrytest.Supervisor})
		h.do(overseer, c, 1, "sign", nil)
		h.later(2 * day)
		h.do(overseer, c, 1, "subassign", casework.Input{"lead": housing, "co": []string{traffic}})
		parent, sub := h.assignments(c)[0], h.assignments(c)[1]
		if sub.Parent != parent.ID || sub.Assignment.Clocks.V["handle"].Due != parent.Assignment.Clocks.V["handle"].Due {
			t.Errorf("under %q, due %s; the distributor's %s", sub.Parent, sub.Assignment.Clocks.V["handle"].Due, parent.Assignment.Clocks.V["handle"].Due)
		}
		h.refused(errs.Denied, clerk, c, 2, "grant_return", nil)
		h.do(handler, c, 2, "return", casework.Input{"better": traffic, "reason": "not ours"})
		h.do(overseer, c, 2, "grant_return", nil)
		if got := h.assignments(c)[0]; got.State != "handling" {
			t.Fatalf("the distributor's is %s, want it to split again", got.State)
		}
		h.do(overseer, c, 1, "subassign", casework.Input{"lead": housing})
		h.do(handler, c, 4, "sign", nil)
		h.answer(c, 4, handler, lead, casework.Input{"class": "solved", "reply": "mended"})
		h.state(c, "replied")
		if got := h.read(c); got.Reply != "mended" || got.LeadAgency != registrytest.Supervisor {
			t.Errorf("answer %q of %s", got.Reply, got.LeadAgency)
		}
		h.do(clerk, c, 0, "feedback", casework.Input{"how": "online"})
		h.resident(c, "evaluate", casework.Input{"attitude": "fair", "result": "unsatisfied", "comment": "no"})
		if a := h.assignments(c); a[0].State != "overseeing" || a[3].State != "handling" {
			t.Errorf("redone as %s and %s", a[0].State, a[3].State)
		}
		h.answer(c, 4, handler, lead, casework.Input{"class": "solved", "reply": "mended well"})
		h.state(c, "replied")
		h.check()
	})
}

// TestExtension lengthens a clock once, by leave of whoever assigned.
func TestExtension(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.accepted(opinion.Intake{})
		h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
		h.do(handler, c, 1, "sign", nil)
		h.refused(errs.Invalid, handler, c, 1, "extend", casework.Input{"length": "16", "reason": "hard"})
		h.refused(errs.Invalid, handler, c, 1, "extend", casework.Input{"length": "-1", "reason": "hard"})
		h.do(handler, c, 1, "extend", casework.Input{"length": "5", "reason": "hard"})
		h.refused(errs.Conflict, handler, c, 1, "extend", casework.Input{"length": "5", "reason": "hard"})
		before := h.assignments(c)[0].Clocks[0].Clock.Due
		h.do(clerk, c, 1, "grant_extension", casework.Input{"words": "granted"})
		after := h.assignments(c)[0]
		if got := after.Clocks[0].Clock.Due; got != before.AddDays(7) || after.ExtensionAsked != 0 {
			t.Errorf("due %s, want five working days after %s", got, before)
		}
		h.refused(errs.Conflict, handler, c, 1, "extend", casework.Input{"length": "5", "reason": "harder"})
		h.check()
	})
}

// TestEscalationAndReopening takes an unhappy person's matter to a leader, then ends it with a reason, then opens it again on new facts.
func TestEscalationAndReopening(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.answered()
		unhappy := casework.Input{"attitude": "fair", "result": "unsatisfied", "comment": "dark"}
		reply := casework.Input{"class": "explained", "reply": "no money"}
		for range 2 {
			h.do(clerk, c, 0, "feedback", casework.Input{"how": "online"})
			h.resident(c, "evaluate", unhappy)
			if h.read(c).State == "in_hand" {
				h.answer(c, 1, handler, lead, reply)
			}
		}
		h.state(c, "disputed")
		h.do(leader, c, 0, "escalate", casework.Input{"leader": "主任甲某", "words": "mend it"})
		h.answer(c, 1, handler, lead, reply)
		h.do(clerk, c, 0, "feedback", casework.Input{"how": "online"})
		h.resident(c, "evaluate", unhappy)
		h.refused(errs.Conflict, leader, c, 0, "escalate", casework.Input{"leader": "主任甲某", "words": "again"})
		h.do(clerk, c, 0, "close", casework.Input{"reason": "no money this year"})
		h.resident(c, "reopen", casework.Input{"facts": "there is money now"})
		got := h.read(c)
		if got.State != "received" || got.Verdict != "" || got.FirstResult != "unsatisfied" || got.ClosedAt != 0 {
			t.Errorf("%s, verdict %q, first %q, closed %d", got.State, got.Verdict, got.FirstResult, got.ClosedAt)
		}
		h.do(clerk, c, 0, "accept", nil)
		h.do(clerk, c, 0, "assign", casework.Input{"lead": traffic})
		h.do(coHandler, c, 2, "sign", nil)
		h.answer(c, 2, coHandler, coLead, casework.Input{"class": "solved", "reply": "mended"})
		if got := h.read(c); got.Class != "solved" || got.State != "replied" {
			t.Errorf("%s, %s", got.Class, got.State)
		}
		h.check()
	})
}

// TestUrging lets the timetable urge once at amber, once at red and once when long overdue; a clerk's call is recorded beside; the agency acknowledges.
func TestUrging(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.accepted(opinion.Intake{})
		h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
		h.do(handler, c, 1, "sign", nil)
		run := func(want int, grade string) {
			t.Helper()
			n, err := h.s.RunUrges(t.Context(), 10)
			if a := h.assignments(c)[0]; n != want || err != nil || a.UrgeGrade != grade {
				t.Fatalf("urged %d times as %q, want %d as %q; %v", n, a.UrgeGrade, want, grade, err)
			}
		}
		run(0, "")
		h.now = store.Time(h.assignments(c)[0].AmberAt)
		run(1, casework.GradeRemind)
		run(0, casework.GradeRemind)
		h.refused(errs.Invalid, clerk, c, 1, "urge", casework.Input{"grade": "urge", "way": "timetable"})
		h.do(clerk, c, 1, "urge", casework.Input{"grade": "urge", "way": "telephone", "words": "they will come"})
		h.do(handler, c, 1, "acknowledge", casework.Input{"words": "tomorrow"})
		h.refused(errs.Conflict, handler, c, 1, "acknowledge", nil)
		h.now = store.Time(h.assignments(c)[0].DueAt)
		run(1, casework.GradeUrge)
		h.later(8 * day)
		run(1, casework.GradeSupervise)
		run(0, casework.GradeSupervise)
		if a := h.assignments(c)[0]; a.Urges != 4 || !a.UrgeOpen {
			t.Errorf("urged %d times, open %v", a.Urges, a.UrgeOpen)
		}
		h.check()
	})
}

// TestPromises keeps the ledger: a promise missed, promised anew, and kept.
func TestPromises(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.accepted(opinion.Intake{})
		h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
		h.do(handler, c, 1, "sign", nil)
		h.answer(c, 1, handler, lead, casework.Input{"class": "planned", "reply": "in spring", "promise": "a new lamp", "promise_on": "2027-03-31"})
		ledger := func(state string) []casework.Promise {
			t.Helper()
			list, err := h.s.Promises(t.Context(), clerk, state, "", 10)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if got := ledger(casework.PromiseOpen); len(got) != 1 || got[0].On != "2027-03-31" || got[0].Words != "a new lamp" {
			t.Fatalf("the ledger says %+v", got)
		}
		h.now = deadline.Date("2027-03-31").Start()
		if n, err := h.s.RunPromises(t.Context(), 10); n != 0 || err != nil {
			t.Fatalf("missed %d before the day is over, %v", n, err)
		}
		h.later(day)
		if n, err := h.s.RunPromises(t.Context(), 10); n != 1 || err != nil {
			t.Fatalf("missed %d, %v", n, err)
		}
		h.refused(errs.Invalid, handler, c, 1, "fulfil", casework.Input{"kept": "missed", "words": "rain", "next_on": "2027-03-01"})
		h.do(handler, c, 1, "fulfil", casework.Input{"kept": "missed", "words": "rain", "next_on": "2027-05-31"})
		if got := ledger(""); len(got) != 1 || got[0].State != casework.PromiseOpen || got[0].Moves != 1 || got[0].On != "2027-05-31" {
			t.Errorf("the ledger says %+v", got)
		}
		h.do(handler, c, 1, "fulfil", casework.Input{"kept": "kept", "words": "shines"})
		h.refused(errs.Conflict, handler, c, 1, "fulfil", casework.Input{"kept": "kept", "words": "again"})
		h.check()
	})
}

// TestPublicTextsHoldNothingSealed refuses what the submitter left sealed, and an unexplained change.
func TestPublicTextsHoldNothingSealed(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.submit(opinion.Intake{Title: "lamp", Body: "I am 甲子某, ring 13800000000", Source: opinion.Web, Name: "甲子某", Phone: "0473-0000123", MayPublish: true})
	h.do(clerk, c, 0, "answer", casework.Input{"class": "solved", "reply": "mended", "how": "online"})
	ask := func(title, body, how, why string) casework.Input {
		return casework.Input{"public_title": title, "public_body": body, "public_reply": "mended", "redaction": how, "redaction_reason": why}
	}
	for _, in := range []casework.Input{ask("lamp", "I am 甲子某", "personal", "name"), ask("lamp", "ring 0473-0000123", "personal", "x"), ask("lamp 13800000000", "a lamp", "personal", "x"),
		ask("lamp", "no 15030019800101001X", "personal", "x"), ask("lamp", "a lamp", "none", ""), ask("lamp", "a lamp", "personal", "")} {
		h.refused(errs.Invalid, clerk, c, 0, "ask_publish", in)
	}
	h.do(clerk, c, 0, "ask_publish", ask("lamp", "a lamp", "personal", "name and telephone"))
	if got := h.read(c); got.Body != "I am 甲子某, ring 13800000000" || got.PublicBody != "a lamp" {
		t.Errorf("original %q, public %q", got.Body, got.PublicBody)
	}
	h.check()
}

package suggestion_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

func TestAMoveGainsNoTime(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.numbered(suggestion.Draft{})
		h.do(clerk, c, 0, "dispatch", casework.Input{"lead": supervisor})
		h.do(overseer, c, 1, "receive", nil)
		h.on("2026-03-06")
		h.do(overseer, c, 1, "subassign", casework.Input{"lead": housing, "approver": "副市长甲"})
		_, before := h.read(c)
		h.do(handler, c, 2, "return", casework.Input{"better": traffic, "reason": "不属本局职责"})
		h.refused(errs.NotFound, second, c, 2, "reassign", nil)
		h.do(overseer, c, 2, "reassign", nil)
		_, after := h.read(c)
		if after[1].State != "reassigned" || after[2].Agency != traffic || after[2].State != "to_sign" {
			t.Fatalf("after the move: %s, then %s at %s", after[1].State, after[2].State, after[2].Agency)
		}
		was, is := before[1].Clocks.V["handle"], after[2].Clocks.V["handle"]
		if is.DueAt != was.DueAt || is.DueAt != after[0].Clocks.V["handle"].DueAt {
			t.Errorf("the legal date moved from %s to %s", was.Due, is.Due)
		}
		h.on("2026-04-01") // after the window of the session's batch
		h.refused(errs.Conflict, second, c, 3, "return", casework.Input{"better": housing, "reason": "还是不属"})
		h.sound()
	})
}

func TestALeadersInstructionIsFinal(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.numbered(suggestion.Draft{})
		h.do(clerk, c, 0, "dispatch", casework.Input{"lead": court})
		h.do(judge, c, 1, "return", casework.Input{"better": supervisor, "reason": "属行政事务"})
		h.do(clerk, c, 1, "instruct", casework.Input{"leader": "主任甲", "decision": "move", "words": "交政府办理"})
		fresh, as := h.read(c)
		if fresh.LeadAgency != supervisor || fresh.Get(suggestion.System) != "government" || as[1].State != "to_receive" {
			t.Errorf("led by %s of the %s, whose part is %s", fresh.LeadAgency, fresh.Get(suggestion.System), as[1].State)
		}
		h.do(overseer, c, 2, "return", casework.Input{"better": court, "reason": "属司法事务"})
		h.do(clerk, c, 2, "refuse_return", casework.Input{"words": "请政府办理"})
		h.part(c, 2, "splitting")
		h.sound()
	})
}

func TestAnExtensionLengthensWhatWaitsAbove(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.handled(suggestion.Draft{})
		h.do(handler, c, 2, "extend", casework.Input{"length": "3", "reason": "涉及面广"})
		h.refused(errs.NotFound, judge, c, 2, "grant_extension", casework.Input{"words": "同意"})
		h.do(overseer, c, 2, "grant_extension", casework.Input{"words": "同意延期至六个月"})
		fresh, as := h.read(c)
		for name, clock := range map[string]deadline.Clock{"the case": fresh.Clocks.V["handle"], "the office": as[0].Clocks.V["handle"], "the agency": as[1].Clocks.V["handle"]} {
			if clock.Due != "2026-09-02" || len(clock.Extensions) != 1 {
				t.Errorf("%s is due on %s", name, clock.Due)
			}
		}
		wide := h.numbered(suggestion.Draft{})
		h.do(clerk, wide, 0, "dispatch", casework.Input{"lead": court, "wide": true})
		h.do(judge, wide, 1, "sign", nil)
		h.refused(errs.Conflict, judge, wide, 1, "extend", casework.Input{"length": "1", "reason": "难"})
		if w, _ := h.read(wide); w.Clocks.V["handle"].Due != "2026-09-02" {
			t.Errorf("six months end on %s", w.Clocks.V["handle"].Due)
		}
		h.sound()
	})
}

func TestTheFirstContactOnlyWarns(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.handled(suggestion.Draft{})
	_, as := h.read(c)
	legal, contact := as[1].Clocks.V["handle"], as[1].Clocks.V["contact"]
	if as[1].DueAt != legal.DueAt || as[1].AmberAt != contact.DueAt || contact.DueAt >= legal.AmberAt {
		t.Errorf("due %d, amber %d; the law's %d, the contact's %d", as[1].DueAt, as[1].AmberAt, legal.DueAt, contact.DueAt)
	}
	h.refused(errs.Invalid, handler, c, 2, "contact", casework.Input{"phase": "before", "on": "2026-03-20", "mode": "visit", "people": "代表", "words": "明天才去"})
	h.do(handler, c, 2, "contact", casework.Input{"phase": "before", "on": "2026-03-02", "mode": "visit", "people": "代表", "words": "听取意见"})
	_, as = h.read(c)
	if as[1].AmberAt != legal.AmberAt {
		t.Errorf("amber at %d, the law's %d", as[1].AmberAt, legal.AmberAt)
	}
}

func TestACoHandlerHasAMonth(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.numbered(suggestion.Draft{})
	h.do(clerk, c, 0, "dispatch", casework.Input{"lead": court, "co": []string{housing}})
	_, as := h.read(c)
	if as[0].Clocks.V["handle"].Due != "2026-06-02" || as[1].Clocks.V["handle"].Due != "2026-04-02" {
		t.Errorf("lead by %s, co-handler by %s", as[0].Clocks.V["handle"].Due, as[1].Clocks.V["handle"].Due)
	}
}

func TestMergedSuggestionsAreEachAnswered(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		main := h.handled(suggestion.Draft{})
		other := h.draft(suggestion.Draft{})
		h.do(deputy(1), other, 0, "submit", checked)
		h.do(motions, other, 0, "merge", casework.Input{"into": main.Number})
		h.state(other, "merged")
		h.replied(main, "a")
		h.state(other, "answered")
		h.do(deputy(1), other, 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "satisfied"})
		lines, total, err := suggestion.Board(t.Context(), h.s, city, "category", suggestion.Filter{Session: session})
		if err != nil || total.Counts["raised"] != 1 || len(lines) == 0 {
			t.Errorf("the board counts %d, %v", total.Counts["raised"], err)
		}
		h.sound()
	})
}

func TestOutcomesOfTheReview(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		for action, want := range map[string]string{"revise": "draft", "letter": "ended", "reference": "ended"} {
			c := h.draft(suggestion.Draft{})
			h.do(deputy(1), c, 0, "submit", checked)
			in := casework.Input{"words": "属于具体司法案件。"}
			if action != "reference" {
				in["reason"] = "judicial"
			}
			h.do(motions, c, 0, action, in)
			h.state(c, want)
		}
		h.sound()
	})
}

func TestTheMeetingsWindow(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.draft(suggestion.Draft{})
	h.on("2026-03-05")
	h.refused(errs.Conflict, deputy(1), c, 0, "submit", checked)
	h.do(deputy(1), c, 0, "to_recess", nil)
	h.do(deputy(1), c, 0, "submit", checked)
	h.do(motions, c, 0, "number", casework.Input{"category": transport})
	fresh, _ := h.read(c)
	if fresh.Get(suggestion.Phase) != suggestion.Recess || fresh.Get(casework.Series) != "suggestion/10-2/recess" {
		t.Errorf("numbered in %s", fresh.Get(casework.Series))
	}
	h.do(clerk, c, 0, "dispatch", casework.Input{"lead": housing, "express": true})
	if _, as := h.read(c); as[0].State != "to_sign" {
		t.Errorf("the direct road starts at %s", as[0].State)
	}
}

func TestADelegationsSuggestionIsItsHeads(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	d := suggestion.Draft{Deputy: person(1), ByDelegation: true, Title: "代表团建议", Body: "建议。"}
	if _, err := suggestion.Open(t.Context(), h.s, deputy(1), d); !errs.Is(err, errs.Invalid) {
		t.Errorf("somebody else: %v", err)
	}
	d.Deputy = person(9)
	res, err := suggestion.Open(t.Context(), h.s, deputy(9), d)
	if err != nil {
		t.Fatal(err)
	}
	h.do(deputy(9), res.Case, 0, "submit", checked)
}

func TestWithdrawalNeedsEverySigner(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.draft(suggestion.Draft{})
		h.do(deputy(1), c, 0, "invite", casework.Input{"deputies": []string{person(2)}})
		h.do(deputy(2), c, 0, "cosign", nil)
		h.do(deputy(1), c, 0, "submit", checked)
		h.refused(errs.Conflict, deputy(1), c, 0, "withdraw", casework.Input{"words": "情况有变"})
		h.do(deputy(2), c, 0, "consent_withdraw", nil)
		h.do(deputy(1), c, 0, "withdraw", casework.Input{"words": "情况有变"})
		h.state(c, "withdrawn")
		h.sound()
	})
}

func TestAnEditedDraftIsSignedAnew(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.draft(suggestion.Draft{})
	h.do(deputy(1), c, 0, "invite", casework.Input{"deputies": []string{person(2)}})
	h.do(deputy(2), c, 0, "cosign", nil)
	h.do(deputy(1), c, 0, "edit", casework.Input{"title": "另一个标题", "body": "另一件事", "disclosure": "title"})
	if fresh, _ := h.read(c); fresh.Signed() != 0 || fresh.Get(suggestion.Disclosure) != "title" {
		t.Errorf("%d sign what they never read", fresh.Signed())
	}
}

// TestNumbersAreFinalOnceLocked closes the gaps of what was withdrawn, in order, and goes on from the last.
func TestNumbersAreFinalOnceLocked(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		var all []*casework.Case
		for range 5 {
			all = append(all, h.numbered(suggestion.Draft{}))
		}
		h.do(deputy(1), all[1], 0, "withdraw", casework.Input{"words": "重复"})
		h.refused(errs.Invalid, clerk, all[0], 0, "renumber", casework.Input{"serial": "3"})
		if _, err := suggestion.Lock(t.Context(), h.s, motions, city, session, suggestion.Meeting); !errs.Is(err, errs.Denied) {
			t.Errorf("the motions group locks: %v", err)
		}
		n, err := suggestion.Lock(t.Context(), h.s, clerk, city, session, suggestion.Meeting)
		if err != nil || n != 4 {
			t.Fatalf("locked %d, %v", n, err)
		}
		all = append(all, h.numbered(suggestion.Draft{}))
		for i, want := range []string{"1", "", "2", "3", "4", "5"} {
			if c, _ := h.read(all[i]); c.Get(casework.Serial) != want {
				t.Errorf("the %dth has number %q, want %q", i+1, c.Get(casework.Serial), want)
			}
		}
		if _, err := suggestion.Lock(t.Context(), h.s, clerk, city, session, suggestion.Meeting); !errs.Is(err, errs.Conflict) {
			t.Errorf("locked again: %v", err)
		}
		h.sound()
	})
}

// TestSeparatePartsAnswerAtTheSameTime lets two agencies that answer separately deliver at once: the suggestion is answered once both have.
func TestSeparatePartsAnswerAtTheSameTime(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		for range 3 {
			c := h.numbered(suggestion.Draft{})
			h.do(clerk, c, 0, "dispatch", casework.Input{"lead": housing, "split": []string{court}})
			var wg sync.WaitGroup
			failed := make([]error, 2)
			for i, actor := range []struct {
				a casework.Request
			}{{casework.Request{Actor: handler, Assignment: 1}}, {casework.Request{Actor: judge, Assignment: 2}}} {
				for _, step := range []struct {
					name string
					in   casework.Input
				}{{"sign", nil}, {"draft", casework.Input{"class": "a", "reply": "已办。"}}, {"issue", casework.Input{"signer": "甲", "signed_on": "2026-03-02", "doc_number": "1号"}}} {
					h.do(actor.a.Actor, c, actor.a.Assignment, step.name, step.in)
				}
				r := actor.a
				r.Number, r.Action, r.Input = c.Number, "deliver", casework.Input{"on": "2026-03-02", "mode": "post"}
				wg.Go(func() { _, failed[i] = h.s.Apply(context.Background(), r) })
			}
			wg.Wait()
			for _, err := range failed {
				if err != nil {
					t.Fatal(err)
				}
			}
			h.state(c, "answered")
		}
		h.sound()
	})
}

func TestASecondUnhappyVerdictIsCoordinated(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.handled(suggestion.Draft{})
		unhappy := casework.Input{"attitude": "unsatisfied", "result": "unsatisfied", "comment": "没有改善"}
		for i, want := range []string{"redoing", "coordinating"} {
			h.replied(c, "a")
			h.do(deputy(1), c, 0, "evaluate", unhappy)
			h.state(c, want)
			h.now = h.now.Add(time.Duration(i+1) * 24 * time.Hour)
		}
		h.do(clerk, c, 0, "redo", casework.Input{"words": "再办一次"})
		h.replied(c, "a")
		h.do(deputy(1), c, 0, "evaluate", unhappy)
		h.state(c, "coordinating")
		h.refused(errs.Conflict, clerk, c, 0, "redo", casework.Input{"words": "又一次"})
		h.do(clerk, c, 0, "conclude", casework.Input{"words": "已向代表说明。"})
		h.state(c, "done")
		h.sound()
	})
}

// TestEveryBoardNumberOpensItsList compares all numbers of all boards with the lists behind them.
func TestEveryBoardNumberOpensItsList(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		for i := range 4 {
			c := h.handled(suggestion.Draft{})
			if i > 0 {
				h.replied(c, string("abc"[i-1]))
				h.do(clerk, c, 0, "settle", casework.Input{"class": string("abc"[i-1])})
			}
			if i == 1 {
				h.do(deputy(1), c, 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "fair"})
			}
		}
		h.numbered(suggestion.Draft{})
		kind, err := h.s.Kind(suggestion.Kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range suggestion.Dimensions() {
			lines, _, err := suggestion.Board(t.Context(), h.s, city, by, suggestion.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				for _, m := range suggestion.Measures(kind.Procedure) {
					f := suggestion.Group(by, l.Group)
					f.Measure = m.Name
					query := casework.Query{Kind: suggestion.Kind}
					if err := f.Narrow(t.Context(), h.s, &query); err != nil {
						t.Fatal(err)
					}
					page, err := h.s.List(t.Context(), clerk, query)
					if err != nil || int64(len(page.Cases)) != l.Counts[m.Name] {
						t.Errorf("by %s, %q, %s: the board says %d, the list %d (%v)", by, l.Group, m.Name, l.Counts[m.Name], len(page.Cases), err)
					}
				}
			}
		}
	})
}

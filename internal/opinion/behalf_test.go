package opinion_test

import (
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// onBehalf is somebody with a clerk's grant that another lent.
func onBehalf(name, lender string) policy.Actor {
	return account(name, policy.Grant{Role: policy.Clerk, Office: officeID, Behalf: lender})
}

// TestALentGrantMakesNoSecondPerson holds invariant 5 and the second pair of eyes against lending: who acts for somebody stands where he stands.
func TestALentGrantMakesNoSecondPerson(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		verdict := casework.Input{"attitude": "satisfied", "result": "satisfied", "collected": "telephone"}
		answer := casework.Input{"class": "solved", "reply": "mended", "how": "telephone"}
		own := h.submit(opinion.Intake{Body: "the street lamp is broken", Source: opinion.Web, MayPublish: true})
		h.do(clerk, own, 0, "answer", answer)
		h.refused(errs.Denied, clerk, own, 0, "evaluate", verdict)
		h.refused(errs.Denied, onBehalf("stand-in", "clerk"), own, 0, "evaluate", verdict)
		lent := h.submit(opinion.Intake{Body: "the road has a hole", Source: opinion.Web})
		h.do(onBehalf("stand-in", "clerk"), lent, 0, "answer", answer)
		for _, who := range []policy.Actor{clerk, onBehalf("stand-in", "clerk2"), onBehalf("other", "clerk")} {
			h.refused(errs.Denied, who, lent, 0, "evaluate", verdict)
		}
		h.do(clerk2, lent, 0, "evaluate", verdict)
		story := h.read(lent).Story
		if e := story[1]; e.Event.Account != "stand-in" || e.Record.Behalf != "clerk" || e.Event.Role != string(policy.Clerk) {
			t.Errorf("recorded %s for %q", e.Event.Account, e.Record.Behalf)
		}
		h.check()
	})
}

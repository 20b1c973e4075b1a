package demo_test

import (
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/demo"
	"lianxin/internal/errs"
	"lianxin/internal/motion"
	"lianxin/internal/policy"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

// TestTheMotionsStandWhereTheyShould plays the motions and looks at where each has come to.
func TestTheMotionsStandWhereTheyShould(t *testing.T) {
	w := newTown(t, storetest.SQLite(t, schemas()...))
	if err := demo.Motions(t.Context(), w.s, now, nil); err != nil {
		t.Fatal(err)
	}
	clerk := policy.Actor{Account: "clerk", Grants: []policy.Grant{{Role: policy.Clerk, Congress: demo.City, Office: demo.Office}}}
	deputy := policy.Actor{Account: "deputy", Grants: []policy.Grant{{Role: policy.Deputy, Congress: demo.City, Person: "P-001"}}}
	page, err := w.s.List(t.Context(), clerk, casework.Query{Kind: motion.Kind})
	if err != nil {
		t.Fatal(err)
	}
	type place struct{ session, state, resolution string }
	got := map[place]int{}
	for _, c := range page.Cases {
		got[place{c.Get(suggestion.Session), c.State, c.Get(motion.Resolution)}]++
		switch c.State {
		case "done":
			view, err := w.s.View(t.Context(), clerk, c.Number)
			if err != nil || view.Reply == "" || len(view.Assigned) != 1 || view.Assigned[0].State != "reported" || view.Assigned[0].Agency != map[string]string{"law": "fgzw", "oversee": "ajw"}[c.Get(motion.Resolution)] || c.Signed() < 9 {
				t.Errorf("%s was decided on %q by %d, %v", c.Number, view.Reply, c.Signed(), err)
			}
		case "converted":
			w.turned(clerk, c.ID)
		}
	}
	want := map[place]int{{"wh-10-1", "done", "law"}: 1, {"wh-10-2", "done", "oversee"}: 1, {"wh-10-2", "withdrawn", ""}: 1, {"wh-10-7", "converted", ""}: 1}
	for p, n := range want {
		if got[p] != n {
			t.Errorf("%+v: %d, want %d", p, got[p], n)
		}
	}
	if len(page.Cases) != 4 {
		t.Errorf("the office reads %d motions", len(page.Cases))
	}
	mine, err := w.s.List(t.Context(), deputy, casework.Query{Kind: motion.Kind, States: []string{"cosigning"}})
	if err != nil || len(mine.Cases) != 1 {
		t.Fatalf("the deputy gathers signatures for %d, %v", len(mine.Cases), err)
	}
	open := mine.Cases[0]
	in := casework.Input{"powers": true, "no_secret": true}
	if _, err := w.s.Apply(t.Context(), casework.Request{Actor: deputy, Number: open.Number, Action: "submit", Input: in}); !errs.Is(err, errs.Conflict) || open.Signed() != 2 || open.Get(suggestion.Session) != "wh-10-7" {
		t.Errorf("signed by %d in %s, submitted: %v", open.Signed(), open.Get(suggestion.Session), err)
	}
	w.sound()
}

// turned finds the suggestion that a motion was turned into: of the present session, answered and judged.
func (w *town) turned(clerk policy.Actor, id string) {
	w.t.Helper()
	page, err := w.s.List(w.t.Context(), clerk, casework.Query{Kind: suggestion.Kind})
	if err != nil || len(page.Cases) != 1 {
		w.t.Fatalf("%d suggestions, %v", len(page.Cases), err)
	}
	if c := page.Cases[0]; c.Origin != id || c.State != "done" || c.Get(suggestion.Session) != "wh-10-7" || c.Get(casework.Serial) != "1" || c.Class != "a" || c.Signed() != 10 {
		w.t.Errorf("the motion became %s, %s in %s, of class %s, signed by %d", c.Number, c.State, c.Get(suggestion.Session), c.Class, c.Signed())
	}
}

package suggestion_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

// anyInput fills an action's form with values that might do.
func anyInput(t *rapid.T, p *procedure.Procedure, a *procedure.Action) casework.Input {
	in := casework.Input{}
	for _, f := range a.Input {
		if f.ProxyOnly && rapid.Bool().Draw(t, f.Name+" not said") || f.Type == "file" && !f.Required || !f.Required && rapid.Bool().Draw(t, f.Name+" left out") {
			continue
		}
		switch f.Type {
		case "text", "line":
			in[f.Name] = "words"
		case "choice":
			in[f.Name] = rapid.SampledFrom(p.Choices[f.Choices]).Draw(t, f.Name).Value
		case "number":
			in[f.Name] = fmt.Sprint(rapid.IntRange(0, min(f.Max, 5)).Draw(t, f.Name))
		case "case":
			in[f.Name] = "WH-S-2026-000001"
		case "agency":
			in[f.Name] = rapid.SampledFrom([]string{housing, traffic, court, supervisor}).Draw(t, f.Name)
		case "agencies":
			in[f.Name] = []string{rapid.SampledFrom([]string{housing, traffic}).Draw(t, f.Name)}
		case "deputy":
			in[f.Name] = person(rapid.IntRange(1, 4).Draw(t, f.Name))
		case "deputies":
			in[f.Name] = []string{person(rapid.IntRange(1, 4).Draw(t, f.Name))}
		case "category":
			in[f.Name] = transport
		case "round":
			in[f.Name] = "round-1"
		case "date":
			in[f.Name] = rapid.SampledFrom([]string{"2026-03-02", "2026-12-31"}).Draw(t, f.Name)
		case "bool":
			in[f.Name] = rapid.IntRange(0, 3).Draw(t, f.Name) > 0
		}
	}
	return in
}

// walker lets anybody try anything with one suggestion.
type walker struct {
	t      *rapid.T
	h      *house
	c      *casework.Case
	actors []policy.Actor
}

// step tries an action that the procedure knows, mostly one that starts from the present state.
func (w *walker) step() {
	c, as := w.h.read(w.c)
	kind, err := w.h.s.Kind(suggestion.Kind)
	if err != nil {
		w.t.Fatal(err)
	}
	p := kind.Procedure
	machine, state, n := &p.Case, c.State, int64(0)
	if len(as) > 0 && rapid.Bool().Draw(w.t, "assignment") {
		n = int64(rapid.IntRange(1, len(as)).Draw(w.t, "n"))
		machine, state = &p.Assignment, as[n-1].State
	}
	action := &machine.Actions[rapid.IntRange(0, len(machine.Actions)-1).Draw(w.t, "action")]
	if from := machine.From(state); len(from) > 0 && rapid.IntRange(0, 4).Draw(w.t, "fitting") > 0 {
		action = rapid.SampledFrom(from).Draw(w.t, "fitting action")
	}
	actor := rapid.SampledFrom(w.actors).Draw(w.t, "actor")
	if err := w.h.try(actor, w.c, n, action.Name, anyInput(w.t, p, action)); errs.Is(err, errs.Internal) {
		w.t.Fatalf("%s by %s: %v", action.Name, actor.Account, err)
	}
	w.sound(p)
}

// sound refuses an open state without owner, exit or deadline.
func (w *walker) sound(p *procedure.Procedure) {
	c, as := w.h.read(w.c)
	state, ok := p.Case.State(c.State)
	if !ok {
		w.t.Fatalf("no state %s", c.State)
	}
	if !state.Final && (state.Owner == "" || c.DueAt == 0 || c.AmberAt == 0) {
		w.t.Fatalf("the case is %s with owner %q, due %d", c.State, state.Owner, c.DueAt)
	}
	if state.Final != (c.ClosedAt != 0) {
		w.t.Fatalf("the case is %s, closed at %d", c.State, c.ClosedAt)
	}
	waited := false
	for _, a := range as {
		st, ok := p.Assignment.State(a.State)
		if !ok || !st.Final && a.DueAt == 0 {
			w.t.Fatalf("assignment %d is %s, due %d", a.N, a.State, a.DueAt)
		}
		waited = waited || !st.Final && a.Leads()
	}
	if (c.State == "in_hand" || c.State == "redoing") && !waited {
		w.t.Fatalf("the case is %s, and nobody leads it", c.State)
	}
}

// TestRandomWalks lets anybody try anything: every refusal is one a user can be told, every open state keeps owner, exit and deadline,
// and at the end everything derived is what its rows and events say.
func TestRandomWalks(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		actors := []policy.Actor{clerk, clerk2, motions, leader, handler, lead, second, judge, overseer, deputy(1), deputy(2), deputy(3), casework.Importer()}
		rapid.Check(t, func(rt *rapid.T) {
			w := &walker{t: rt, h: h, actors: actors}
			if rapid.Bool().Draw(rt, "on its way") {
				w.c = h.handled(suggestion.Draft{})
			} else {
				w.c = h.draft(suggestion.Draft{})
			}
			for range rapid.IntRange(5, 30).Draw(rt, "steps") {
				w.step()
			}
		})
		h.sound()
	})
}

// TestListsShowExactlyWhatCanBeRead compares every actor's list with reading case by case, drafts among them.
func TestListsShowExactlyWhatCanBeRead(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		all := []*casework.Case{h.draft(suggestion.Draft{}), h.numbered(suggestion.Draft{}), h.handled(suggestion.Draft{}), h.draft(suggestion.Draft{})}
		h.do(deputy(1), all[3], 0, "invite", casework.Input{"deputies": []string{person(2), person(3)}})
		h.do(deputy(3), all[3], 0, "decline", nil)
		res, err := suggestion.Open(t.Context(), h.s, clerk, suggestion.Draft{Deputy: person(4), Title: "纸质建议", Body: "代录。", Source: suggestion.Paper})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, res.Case)
		for _, actor := range []policy.Actor{clerk, motions, leader, handler, second, overseer, deputy(1), deputy(2), deputy(3), deputy(4), casework.Resident(),
			account("auditor", policy.Grant{Role: policy.Auditor}), {Account: "elsewhere", Grants: []policy.Grant{{Role: policy.Clerk, Congress: "elsewhere", Office: "elsewhere"}}}} {
			page, err := h.s.List(t.Context(), actor, casework.Query{})
			if err != nil {
				t.Fatal(err)
			}
			listed := map[string]bool{}
			for _, c := range page.Cases {
				listed[c.Number] = true
			}
			for i, c := range all {
				_, err := h.s.View(t.Context(), actor, c.Number)
				if err != nil && !errs.Is(err, errs.NotFound) {
					t.Fatal(err)
				}
				if readable := err == nil; readable != listed[c.Number] {
					t.Errorf("%s: case %d can be read %v, is listed %v", actor.Account, i, readable, listed[c.Number])
				}
			}
		}
	})
}

// TestCheckFindsTampering changes what is derived behind the verbs' back.
func TestCheckFindsTampering(t *testing.T) {
	for name, sql := range map[string]string{
		"the own row": "update suggestion set class = 'a'",
		"a lost row":  "delete from suggestion",
		"a span":      "update case_span set value = 'c' where name = 'class'",
		"signers":     "delete from case_signer",
		"a number":    `update case_file set extra = replace(extra, '"serial":"1"', '"serial":"9"')`,
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.SQLite(t, schemas()...)
			h := newHouse(t, db)
			c := h.draft(suggestion.Draft{})
			h.do(deputy(1), c, 0, "invite", casework.Input{"deputies": []string{person(2)}})
			h.do(deputy(2), c, 0, "cosign", nil)
			d := h.handled(suggestion.Draft{})
			h.replied(d, "b")
			h.do(clerk, d, 0, "settle", casework.Input{"class": "b"})
			h.sound()
			err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Exec(ctx, tx, sql)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			report, err := h.s.Check(t.Context())
			if err != nil || len(report.Findings) == 0 {
				t.Errorf("nothing was found, %v", err)
			}
		})
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// TestPermissionsGolden holds the whole role × relation × action matrix against a file that a person has read.
func TestPermissionsGolden(t *testing.T) {
	kind, err := suggestion.New()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range policy.New(kind.Procedure.Rules()...).Rules() {
		fmt.Fprintf(&b, "%-32s %-12s %-10s %s\n", r.Action, r.Role, r.Relation, map[bool]string{true: "entry"}[r.Proxy])
	}
	const path = "testdata/permissions.golden"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the permissions differ from %s; read the difference, and run with -update if it is meant:\n%s", path, b.String())
	}
}

// TestEvaluationAndAnswerAreApart holds that nobody evaluates, or enters an evaluation for, a suggestion he answered (design invariant 5).
func TestEvaluationAndAnswerAreApart(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.handled(suggestion.Draft{})
	h.do(handler, c, 2, "draft", casework.Input{"class": "a", "reply": "已解决。"})
	h.do(overseer, c, 2, "pass", nil)
	for _, step := range []struct {
		action string
		in     casework.Input
	}{{"issue", casework.Input{"signer": "局长", "signed_on": "2026-03-02", "doc_number": "1号"}}, {"deliver", casework.Input{"on": "2026-03-02", "mode": "post"}}} {
		h.do(overseer, c, 2, step.action, step.in)
	}
	verdict := casework.Input{"attitude": "satisfied", "result": "satisfied", "collected": "telephone"}
	both := policy.Actor{Account: overseer.Account, Grants: append([]policy.Grant{{Role: policy.Clerk, Congress: city, Office: officeID}}, overseer.Grants...)}
	h.refused(errs.Denied, both, c, 0, "evaluate", verdict)
	h.do(clerk, c, 0, "evaluate", verdict)
	if fresh, _ := h.read(c); fresh.Unchecked != 1 || fresh.State != "done" {
		t.Errorf("the entry: %d unchecked, state %s", fresh.Unchecked, fresh.State)
	}
	h.now = h.now.Add(time.Hour)
	h.refused(errs.Denied, handler, c, 0, "settle", casework.Input{"class": "a"})
}

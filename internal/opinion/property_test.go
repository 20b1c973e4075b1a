package opinion_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// anyInput fills an action's form with values that might do.
func anyInput(t *rapid.T, h *house, v *casework.View, action string, n int64) casework.Input {
	machine := &v.Procedure.Case
	if n > 0 {
		machine = &v.Procedure.Assignment
	}
	a, _ := machine.Action(action)
	in := casework.Input{}
	for _, f := range a.Input {
		if f.ProxyOnly || f.Type == "file" && !f.Required || !f.Required && rapid.Bool().Draw(t, f.Name+" left out") {
			continue
		}
		switch f.Type {
		case "text", "line":
			in[f.Name] = "words"
		case "choice":
			in[f.Name] = rapid.SampledFrom(v.Procedure.Choices[f.Choices]).Draw(t, f.Name).Value
		case "number":
			in[f.Name] = fmt.Sprint(rapid.IntRange(0, f.Max).Draw(t, f.Name))
		case "office":
			in[f.Name] = rapid.SampledFrom([]string{officeID, registrytest.Town, registrytest.District}).Draw(t, f.Name)
		case "case":
			in[f.Name] = "WH-O-2026-000001"
		case "agency":
			in[f.Name] = rapid.SampledFrom([]string{housing, traffic, registrytest.StreetGov, registrytest.Supervisor}).Draw(t, f.Name)
		case "agencies":
			in[f.Name] = []string{rapid.SampledFrom([]string{housing, traffic}).Draw(t, f.Name)}
		case "category":
			in[f.Name] = category
		case "date":
			in[f.Name] = "2027-01-31"
		case "bool":
			in[f.Name] = rapid.Bool().Draw(t, f.Name)
		}
	}
	return in
}

// TestRandomWalks lets anybody try anything: every refusal is one a user can be told, and every open state keeps owner, exit and deadline.
func TestRandomWalks(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		everybody := []policy.Actor{clerk, clerk2, street, handler, lead, coHandler, coLead, overseer, leader, account("deputy", policy.Grant{Role: policy.Deputy, Person: registrytest.Deputy})}
		rapid.Check(t, func(rt *rapid.T) {
			c := h.submit(opinion.Intake{Body: "a lamp", Grid: registrytest.Grid, Source: opinion.Web, MayPublish: true})
			actors := append(slices.Clone(everybody), h.submitter(c))
			for range rapid.IntRange(5, 25).Draw(rt, "steps") {
				v := h.read(c)
				var n int64
				if len(v.Assigned) > 0 {
					n = int64(rapid.IntRange(0, len(v.Assigned)).Draw(rt, "assignment"))
				}
				machine := v.Procedure.Case
				if n > 0 {
					machine = v.Procedure.Assignment
				}
				action := rapid.SampledFrom(machine.Actions).Draw(rt, "action").Name
				err := h.try(rapid.SampledFrom(actors).Draw(rt, "actor"), c, n, action, anyInput(rt, h, v, action, n))
				if errs.Is(err, errs.Internal) {
					rt.Fatalf("%s: %v", action, err)
				}
				if rapid.IntRange(0, 9).Draw(rt, "time passes") == 0 {
					h.later(24 * time.Hour)
				}
				sound(rt, h.read(c))
			}
		})
		h.check()
	})
}

// sound refuses an open state without owner, exit or deadline.
func sound(t *rapid.T, v *casework.View) {
	state, ok := v.Procedure.Case.State(v.State)
	if !ok {
		t.Fatalf("no state %s", v.State)
	}
	if !state.Final && (state.Owner == "" || v.DueAt == 0 || v.AmberAt == 0) {
		t.Fatalf("the case is %s with owner %q, due %d", v.State, state.Owner, v.DueAt)
	}
	if state.Final != (v.ClosedAt != 0) {
		t.Fatalf("the case is %s, closed at %d", v.State, v.ClosedAt)
	}
	waited := false
	for _, a := range v.Assigned {
		st, ok := v.Procedure.Assignment.State(a.State)
		if !ok || !st.Final && a.DueAt == 0 {
			t.Fatalf("assignment %d is %s, due %d", a.N, a.State, a.DueAt)
		}
		waited = waited || !st.Final && a.Leads()
	}
	if v.State == "in_hand" && !waited {
		t.Fatal("the case is in hand, and nobody leads it")
	}
}

// TestNumbersHaveNoGaps opens cases at once, some of which are refused.
func TestNumbersHaveNoGaps(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		const workers, each = 4, 8
		var wg sync.WaitGroup
		var mu sync.Mutex
		var numbers []string
		for range workers {
			wg.Go(func() {
				for i := range each {
					in := opinion.Intake{Body: "noise", Source: opinion.Web}
					if i%3 == 1 {
						in.Grid = "nowhere"
					}
					res, err := opinion.Submit(context.Background(), h.s, casework.Resident(), in)
					if err != nil && !errs.Is(err, errs.Invalid) {
						t.Error(err)
					}
					if err == nil {
						mu.Lock()
						numbers = append(numbers, res.Case.Number)
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		slices.Sort(numbers)
		for i, n := range numbers {
			if want := fmt.Sprintf("WH-O-2026-%06d", i+1); n != want {
				t.Fatalf("got %s, want %s", n, want)
			}
		}
		h.check()
	})
}

// TestCoHandlersNeverCollide lets lead and co-handler act at the same time, each on the version of its own.
func TestCoHandlersNeverCollide(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		for range 5 {
			c := h.submit(opinion.Intake{Body: "noise", Source: opinion.Web})
			h.do(clerk, c, 0, "accept", nil)
			h.do(clerk, c, 0, "assign", casework.Input{"lead": housing, "co": []string{traffic}})
			h.do(handler, c, 1, "sign", nil)
			h.do(coHandler, c, 2, "sign", nil)
			h.do(handler, c, 1, "reply", casework.Input{"class": "solved", "reply": "mended"})
			before := h.assignments(c)
			failures := make([]error, 2)
			var wg sync.WaitGroup
			for i, r := range []casework.Request{{Actor: lead, Assignment: 1, Action: "approve", Version: before[0].Version},
				{Actor: coHandler, Assignment: 2, Action: "opine", Version: before[1].Version, Input: casework.Input{"words": "agreed"}}} {
				r.Number = c.Number
				wg.Go(func() { _, failures[i] = h.s.Apply(context.Background(), r) })
			}
			wg.Wait()
			if err := errors.Join(failures...); err != nil {
				t.Fatal(err)
			}
			h.state(c, "replied")
		}
		h.check()
	})
}

// TestListsShowExactlyWhatCanBeRead compares every actor's list with reading case by case.
func TestListsShowExactlyWhatCanBeRead(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		var all []*casework.Case
		for _, in := range []opinion.Intake{{}, {Grid: registrytest.Grid}, {Station: stationID}, {Deputy: registrytest.Deputy}, {Deputy: "person-2"}} {
			in.Body, in.Source = "noise", opinion.Web
			all = append(all, h.submit(in))
		}
		h.do(clerk, all[0], 0, "accept", nil)
		h.do(clerk, all[0], 0, "assign", casework.Input{"lead": housing})
		actors := []policy.Actor{clerk, street, station, handler, coHandler, account("leader", policy.Grant{Role: policy.Leader}),
			account("deputy", policy.Grant{Role: policy.Deputy, Person: registrytest.Deputy}), account("auditor", policy.Grant{Role: policy.Auditor}), account("admin", policy.Grant{Role: policy.Admin}),
			{Account: "elsewhere", Grants: []policy.Grant{{Role: policy.Clerk, Congress: "elsewhere", Office: "elsewhere"}}}, casework.Resident()}
		for _, actor := range actors {
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

// TestCheckFindsTampering changes rows, texts and events behind the verbs' back.
func TestCheckFindsTampering(t *testing.T) {
	for name, sql := range map[string]string{
		"a row":         "update case_file set category = 'lamps'",
		"a version":     "update assignment set version = version + 1",
		"a text":        "update case_text set body = 'something else' where name = 'body'",
		"a lost text":   "delete from case_text where name = 'reply'",
		"a lost row":    "delete from assignment",
		"an event":      "delete from event where stream like 'case:%' and seq = 2",
		"a false step":  `update event set payload = replace(payload, '"to":"accepted"', '"to":"closed"') where seq = 2`,
		"a number":      "update number_series set last = last + 1",
		"the procedure": "delete from procedure_version",
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.SQLite(t, schemas()...)
			h := newHouse(t, db)
			h.answered()
			h.check()
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

// TestContactIsForThoseItIsMeantFor shows the sealed contact to offices, to agencies unless the submitter said no, and to nobody else.
func TestContactIsForThoseItIsMeantFor(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h := newHouse(t, db)
	for _, hide := range []bool{false, true} {
		c := h.submit(opinion.Intake{Body: "noise", Source: opinion.Web, Name: "甲某某", Phone: "13800000000", HideName: hide, Deputy: registrytest.Deputy})
		h.do(clerk, c, 0, "accept", nil)
		h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
		for _, a := range []struct {
			actor policy.Actor
			sees  bool
		}{{clerk, true}, {handler, !hide}, {account("deputy", policy.Grant{Role: policy.Deputy, Person: registrytest.Deputy}), false}, {account("leader", policy.Grant{Role: policy.Leader}), false}, {h.submitter(c), false}} {
			v, err := h.s.View(t.Context(), a.actor, c.Number)
			if err != nil {
				t.Fatal(err)
			}
			if (v.Contact != nil) != a.sees {
				t.Errorf("hide %v: %s sees the contact: %v", hide, a.actor.Account, v.Contact != nil)
			}
		}
	}
	events, err := store.All[string](t.Context(), db.Reader(), "select payload from event")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range append(events, h.dump("case_file")...) {
		if strings.Contains(text, "甲某某") || strings.Contains(text, "13800000000") || strings.Contains(text, "noise") {
			t.Errorf("personal data or free text stands in %q", text)
		}
	}
}

// dump is every row of a table as text.
func (h *house) dump(table string) []string {
	h.t.Helper()
	rows, err := store.All[casework.Case](h.t.Context(), h.s.DB().Reader(), "select "+store.Columns[casework.Case]("")+" from "+table)
	if err != nil {
		h.t.Fatal(err)
	}
	var texts []string
	for _, r := range rows {
		texts = append(texts, fmt.Sprintf("%+v", r))
	}
	return texts
}

var update = flag.Bool("update", false, "write the golden files anew")

// TestPermissionsGolden holds the whole role × relation × action matrix against a file that a person has read.
func TestPermissionsGolden(t *testing.T) {
	kind, err := opinion.New()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range policy.New(append(policy.House(), kind.Procedure.Rules()...)...).Rules() {
		fmt.Fprintf(&b, "%-10s %-32s %-12s %-10s %s\n", r.Kind, r.Action, r.Role, r.Relation, map[bool]string{true: "entry"}[r.Proxy])
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

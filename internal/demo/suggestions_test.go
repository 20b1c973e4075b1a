package demo_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/demo"
	"lianxin/internal/event"
	"lianxin/internal/figure"
	"lianxin/internal/files"
	"lianxin/internal/motion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/search"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, deadline.Zone)

// town is the demonstration city with no case in it.
type town struct {
	t       *testing.T
	s       *casework.Service
	figures *figure.Service
}

func newTown(t *testing.T, db *store.DB) *town {
	t.Helper()
	if err := demo.Build(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	kind, err := suggestion.New()
	if err != nil {
		t.Fatal(err)
	}
	motions, err := motion.New()
	if err != nil {
		t.Fatal(err)
	}
	vault, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	s := casework.New(db.WithClock(func() time.Time { return now }), vault, policy.New(append(kind.Procedure.Rules(), motions.Procedure.Rules()...)...), kind, motions)
	if err := s.KeepProcedures(t.Context()); err != nil {
		t.Fatal(err)
	}
	figures, err := figure.New(s.DB(), suggestion.Figures(s, kind.Procedure))
	if err != nil {
		t.Fatal(err)
	}
	return &town{t: t, s: s, figures: figures}
}

func schemas() []store.Schema {
	return []store.Schema{event.Schema(), sealed.Schema(), files.Schema(), search.Schema(), registry.Schema(), casework.Schema(), suggestion.Schema()}
}

func (w *town) play(y demo.Year) {
	w.t.Helper()
	if err := y.Play(w.t.Context(), w.s, demo.Cast{}, now); err != nil {
		w.t.Fatal(err)
	}
}

// figure compares a figure's value, and its list with what it counts.
func (w *town) figure(id string, scope figure.Scope, value string) {
	w.t.Helper()
	v, err := w.figures.Value(w.t.Context(), id, scope)
	if err != nil {
		w.t.Fatal(err)
	}
	if v.Value != value {
		w.t.Errorf("%s as of %s is %s, want %s", id, scope.AsOf, v.Value, value)
	}
	if v.Numerator != nil {
		if n := w.list(id, scope, figure.Numerator); n != *v.Numerator {
			w.t.Errorf("%s counts %d and lists %d", id, *v.Numerator, n)
		}
	}
}

func (w *town) list(id string, scope figure.Scope, part figure.Part) int64 {
	w.t.Helper()
	clerk := policy.Actor{Account: "clerk", Grants: []policy.Grant{{Role: policy.Clerk, Congress: demo.City, Office: demo.Office}}}
	n, cursor := int64(0), ""
	for {
		page, err := w.figures.Records(w.t.Context(), clerk, figure.Query{ID: id, Scope: scope, Part: part, Cursor: cursor})
		if err != nil {
			w.t.Fatal(err)
		}
		n += int64(len(page.Records))
		if cursor = page.Next; cursor == "" {
			return n + page.Hidden
		}
	}
}

func (w *town) sound() {
	w.t.Helper()
	report, err := w.s.Check(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range report.Findings {
		w.t.Errorf("%s: %s", f.Stream, f.What)
	}
}

// TestTheSeedsYears plays 2022 and 2023 through the real verbs: 62.33 %, and 131 of 150. Motions change nothing of it.
func TestTheSeedsYears(t *testing.T) {
	w := newTown(t, storetest.SQLite(t, schemas()...))
	w.play(demo.Year2022())
	w.play(demo.Year2023())
	if err := demo.Motions(t.Context(), w.s, now, nil); err != nil {
		t.Fatal(err)
	}
	last, before := figure.YearScope(demo.City, 2023, deadline.DateOf(now)), figure.YearScope(demo.City, 2022, deadline.DateOf(now))
	for _, c := range []struct {
		id    string
		scope figure.Scope
		value string
	}{{"suggestions_raised", last, "158"}, {"suggestions_answered_rate", last, "100.00"}, {"suggestions_solved_rate", last, "87.33"},
		{"suggestions_solved_rate_change", last, "25.00"}, {"suggestions_solved_rate", before, "62.33"}, {"suggestions_raised", before, "151"},
		{"suggestions_first_solved_rate", last, "69.33"}} {
		w.figure(c.id, c.scope, c.value)
	}
	summer := figure.Scope{Congress: demo.City, Year: 2023, AsOf: "2023-08-31"} // before anybody looked back
	w.figure("suggestions_solved_rate", summer, "69.33")
	w.sound()
}

// TestTheFixtureOf2019 plays 154 suggestions that come to the shares published in 2019, and then changes one.
func TestTheFixtureOf2019(t *testing.T) {
	w := newTown(t, storetest.Postgres(t, schemas()...))
	w.ninth()
	w.play(demo.Year{Session: "wh-9-2", OpensOn: "2019-01-15", Dispatched: "2019-02-12", Meeting: 151, Recess: 3, Base: demo.Classes{A: 93, B: 49, C: 12}, First: 93,
		Categories: map[string]int{"s-1": 63, "s-2": 56, "s-3": 4, "s-4": 18, "s-5": 13}})
	scope := figure.Scope{Congress: demo.City, Year: 2019, AsOf: "2019-10-29"}
	for id, value := range map[string]string{"suggestions_raised": "154", "suggestions_at_session": "151", "suggestions_between_sessions": "3",
		"suggestions_class_a": "93", "suggestions_class_b": "49", "suggestions_class_c": "12",
		"suggestions_class_a_rate": "60.39", "suggestions_class_b_rate": "31.82", "suggestions_class_c_rate": "7.79"} {
		w.figure(id, scope, value)
	}
	lines, total, err := suggestion.Board(t.Context(), w.s, demo.City, "category", suggestion.Filter{Session: "wh-9-2"})
	if err != nil || total.Counts["raised"] != 154 {
		t.Fatalf("the board counts %d, %v", total.Counts["raised"], err)
	}
	want := map[string]int64{"s-1": 63, "s-2": 56, "s-3": 4, "s-4": 18, "s-5": 13}
	for _, l := range lines {
		if l.Counts["raised"] != want[l.Group] {
			t.Errorf("category %s has %d, want %d", l.Group, l.Counts["raised"], want[l.Group])
		}
	}
	w.reclassed(scope)
	w.sound()
}

// ninth keeps the ninth congress, its second session and its deputies.
func (w *town) ninth() {
	w.t.Helper()
	put := func(table string, rows ...registry.Row) {
		w.t.Helper()
		report, err := registry.Put(w.t.Context(), w.s.DB(), policy.Actor{Account: "system", Grants: []policy.Grant{{Role: policy.System, Congress: demo.City}}}, table, rows, false)
		if err == nil {
			err = report.First()
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	put("term", registry.Row{Values: map[string]string{"id": "wh-9", "name": "乌海市第九届", "ordinal": "9"}})
	put("congress_session", registry.Row{Values: map[string]string{"id": "wh-9-2", "name": "九届人大二次会议", "term_id": "wh-9", "ordinal": "2", "opens_on": "2019-01-15", "closes_on": "2019-01-18",
		"adjust_until": "2019-03-01"}})
	seats, err := registry.Seats(w.t.Context(), w.s.DB().Reader(), demo.City, "2023-01-01")
	if err != nil {
		w.t.Fatal(err)
	}
	var rows []registry.Row
	for _, s := range seats {
		rows = append(rows, registry.Row{Values: map[string]string{"person_id": s.Person, "of_congress_id": demo.City, "term_id": "wh-9", "delegation": s.Delegation, "valid_from": "2017-01-01", "valid_to": "2021-12-31"}})
	}
	put("mandate", rows...)
}

// reclassed settles one suggestion of class C anew, and sees the figure and its list follow.
func (w *town) reclassed(scope figure.Scope) {
	w.t.Helper()
	clerk := policy.Actor{Account: "clerk", Grants: []policy.Grant{{Role: policy.Clerk, Congress: demo.City, Office: demo.Office}}}
	page, err := w.figures.Records(w.t.Context(), clerk, figure.Query{ID: "suggestions_class_c", Scope: scope})
	if err != nil || len(page.Records) == 0 {
		w.t.Fatalf("%d of class C, %v", len(page.Records), err)
	}
	number := page.Records[0].Key
	request := casework.Request{Actor: clerk, Number: number, Action: "settle", Input: casework.Input{"class": "a", "words": "复核后调整"}, OccurredAt: deadline.Date("2019-10-20").Start()}
	if _, err := w.s.Apply(w.t.Context(), request); err != nil {
		w.t.Fatal(err)
	}
	w.figure("suggestions_class_a", scope, "94")
	w.figure("suggestions_class_a_rate", scope, "61.04")
	w.figure("suggestions_class_c", scope, "11")
	page, err = w.figures.Records(w.t.Context(), clerk, figure.Query{ID: "suggestions_class_a", Scope: scope, Limit: figure.MaxLimit})
	if err != nil || !slices.ContainsFunc(page.Records, func(r figure.Record) bool { return r.Key == number }) {
		w.t.Errorf("the list of class A lacks %s, %v", number, err)
	}
}

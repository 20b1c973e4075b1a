package figure_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/figure"
	"lianxin/internal/lang"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// matters is an invented owner's table: a matter may have no class, and none of it tells whether it is solved.
var matters = store.Schema{Room: "matters", FS: fstest.MapFS{"migrations/00001_matter.sql": {Data: []byte(`-- +goose Up
create table matter (
  congress_id text not null,
  number text not null,
  title text,
  received_at bigint not null,
  received_on text not null,
  class text,
  shown bigint not null,
  primary key (congress_id, number)
);
create table part_of_matter (
  congress_id text not null,
  number text not null,
  n bigint not null,
  primary key (congress_id, number, n)
);
`)}}}

type matter struct {
	CongressID string  `db:"congress_id"`
	Number     string  `db:"number"`
	Title      *string `db:"title"`
	ReceivedAt int64   `db:"received_at"`
	ReceivedOn string  `db:"received_on"`
	Class      *string `db:"class"`
	Shown      int64   `db:"shown"`
}

func text(s string) *string { return &s }

// on is a matter received at noon of a day.
func on(congress string, n int, day deadline.Date, class string) matter {
	m := matter{CongressID: congress, Number: fmt.Sprintf("M-%04d", n), Title: text("matter"), ReceivedAt: store.Micros(day.Start()) + 12*3600*1e6, ReceivedOn: string(day), Shown: 1}
	if class != "" {
		m.Class = &class
	}
	return m
}

func put(t interface {
	Fatal(...any)
	Helper()
}, db *store.DB, all ...matter) {
	t.Helper()
	err := db.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		for _, m := range all {
			if err := store.Insert(ctx, tx, "matter", m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func shown(_ context.Context, _ store.Querier, w *store.Where, actor policy.Actor) error {
	if actor.Account == "" {
		w.And("m.shown = ?", 1)
	}
	return nil
}

func ofYear(w *store.Where, s figure.Scope) {
	w.And("m.received_at >= ?", s.From()).And("m.received_at < ?", s.Until())
}

func solved(w *store.Where, _ figure.Scope) { w.And("m.class = ?", "A") }

func definitions() []figure.Definition {
	all := figure.Selection{From: "matter m", Congress: "m.congress_id", Key: "m.number", Title: "m.title", At: "m.received_at", Base: ofYear, Visible: shown}
	days := all
	days.At, days.Day = "", "m.received_on"
	return []figure.Definition{
		{ID: "raised", Version: 1, Kind: figure.Count, Unit: figure.Cases, Selection: days},
		{ID: "solved_rate", Version: 2, Kind: figure.Ratio, Unit: figure.Percent, Selection: all, Counted: solved},
		{ID: "solved_rate_change", Version: 1, Kind: figure.Change, Unit: figure.Points, Of: "solved_rate"},
	}
}

func service(t testing.TB, db *store.DB) *figure.Service {
	t.Helper()
	s, err := figure.New(db, definitions())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// seedYears are the shares of the seed: 91 of 146, then 131 of 150.
func seedYears(t *testing.T, db *store.DB) {
	var all []matter
	for year, share := range map[int][2]int{2022: {91, 146}, 2023: {131, 150}} {
		for i := range share[1] {
			class := "A"
			if i >= share[0] {
				class = "B"
			}
			all = append(all, on("wh", year*1000+i, deadline.Date(fmt.Sprintf("%d-03-%02d", year, 1+i%28)), class))
		}
	}
	put(t, db, append(all, on("other", 1, "2023-03-01", "A"), on("wh", 1, "2023-12-31", ""), on("wh", 2, "2024-01-01", "A"))...)
}

var year2023 = figure.YearScope("wh", 2023, "2026-11-23")

func TestTheSeedsFigures(t *testing.T) {
	storetest.Each(t, []store.Schema{matters}, func(t *testing.T, db *store.DB) {
		seedYears(t, db)
		scope := year2023
		scope.AsOf = "2023-12-30" // the matter of the last day is not in yet
		values, err := service(t, db).Values(t.Context(), scope)
		if err != nil {
			t.Fatal(err)
		}
		catalogue, err := lang.New(figure.Messages())
		if err != nil {
			t.Fatal(err)
		}
		words := catalogue.Printer(lang.Chinese)
		var b bytes.Buffer
		if err := figure.WriteCSV(&b, values, func(key string) string { return words.T(key) }); err != nil {
			t.Fatal(err)
		}
		want := "id,value,numerator,denominator,unit,as_of\nraised,150,,,件,2023-12-30\nsolved_rate,87.33,131,150,%,2023-12-30\nsolved_rate_change,25.00,,,百分点,2023-12-30\n"
		if b.String() != want {
			t.Errorf("got\n%swant\n%s", b.String(), want)
		}
		if p := values[2].Parts; len(p) != 2 || p[0].Value != "87.33" || p[1].Value != "62.33" || p[1].AsOf != "2022-12-30" || *p[1].Denominator != 146 {
			t.Errorf("the parts of the change: %+v", p)
		}
	})
}

func TestTheYearsCourse(t *testing.T) {
	storetest.Each(t, []store.Schema{matters}, func(t *testing.T, db *store.DB) {
		seedYears(t, db)
		var scopes []figure.Scope
		for year := 2021; year <= 2024; year++ {
			scopes = append(scopes, figure.YearScope("wh", year, "2026-11-23"))
		}
		for id, want := range map[string][]string{"raised": {"0", "146", "151", "1"}, "solved_rate": {"", "62.33", "86.75", "100.00"}, "solved_rate_change": {"", "", "24.42", "13.25"}} {
			values, err := service(t, db).Trend(t.Context(), id, scopes...)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range values {
				got = append(got, v.Value)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", id, got, want)
			}
		}
		v, err := service(t, db).Value(t.Context(), "solved_rate", scopes[0])
		if err != nil || v.Value != "" || *v.Numerator != 0 || *v.Denominator != 0 || v.Version != 2 {
			t.Errorf("a share of nothing: %+v, %v", v, err)
		}
	})
}

func TestFellBack(t *testing.T) {
	storetest.Each(t, []store.Schema{matters}, func(t *testing.T, db *store.DB) {
		put(t, db, on("wh", 1, "2022-01-01", "A"), on("wh", 2, "2023-01-01", "A"), on("wh", 3, "2023-01-02", "B"), on("wh", 4, "2023-01-03", "B"))
		v, err := service(t, db).Value(t.Context(), "solved_rate_change", year2023)
		if err != nil || v.Value != "-66.67" {
			t.Errorf("got %+v, %v", v, err)
		}
	})
}

// walk follows the pages of a part to their end.
func walk(t interface{ Fatal(...any) }, s *figure.Service, actor policy.Actor, query figure.Query) (all []figure.Record, page figure.Page) {
	for query.Cursor = ""; ; query.Cursor = page.Next {
		var err error
		if page, err = s.Records(context.Background(), actor, query); err != nil {
			t.Fatal(err)
		}
		if all = append(all, page.Records...); page.Next == "" {
			return all, page
		}
	}
}

// TestTheListCountsToTheFigure makes matters at random and walks every part by pages of every length, as the public and as staff.
func TestTheListCountsToTheFigure(t *testing.T) {
	storetest.Each(t, []store.Schema{matters}, func(t *testing.T, db *store.DB) {
		s, run := service(t, db), 0
		rapid.Check(t, func(t *rapid.T) {
			run++
			congress := fmt.Sprintf("c%d", run)
			var all []matter
			for i := range rapid.IntRange(0, 24).Draw(t, "matters") {
				day := deadline.Date("2022-12-30").AddDays(rapid.IntRange(0, 4).Draw(t, "day"))
				m := on(congress, i, day, rapid.SampledFrom([]string{"", "A", "A", "B"}).Draw(t, "class"))
				m.Shown = rapid.Int64Range(0, 1).Draw(t, "shown")
				m.Title = rapid.SampledFrom([]*string{nil, text("路灯"), text("a")}).Draw(t, "title")
				all = append(all, m)
			}
			put(t, db, all...)
			scope := figure.Scope{Congress: congress, Year: 2023, AsOf: rapid.SampledFrom([]deadline.Date{"2022-12-31", "2023-01-01", "2023-12-31"}).Draw(t, "as of")}
			limit := rapid.IntRange(1, 9).Draw(t, "limit")
			for _, id := range []string{"raised", "solved_rate", "solved_rate_change"} {
				agree(t, s, figure.Query{ID: id, Scope: scope, Limit: limit}, all)
			}
		})
	})
}

// agree compares the parts of a figure with its value, with each other, and with a plain look through the matters.
func agree(t *rapid.T, s *figure.Service, query figure.Query, all []matter) {
	want := map[figure.Part]int{}
	for _, m := range all {
		if m.ReceivedOn >= "2023-01-01" && m.ReceivedOn <= string(query.Scope.AsOf) {
			want[figure.Denominator]++
			if query.ID == "raised" || m.Class != nil && *m.Class == "A" {
				want[figure.Numerator]++
			} else {
				want[figure.Rest]++
			}
		}
	}
	lists := map[figure.Part][]figure.Record{}
	for _, part := range []figure.Part{figure.Numerator, figure.Denominator, figure.Rest} {
		query.Part = part
		list, page := walk(t, s, policy.Actor{Account: "clerk"}, query)
		if lists[part] = list; len(list) != want[part] || page.Total != int64(want[part]) || page.Hidden != 0 {
			t.Fatalf("%s of %s: %d listed, %+v, want %d", part, query.ID, len(list), page, want[part])
		}
		seen, public := walk(t, s, policy.Actor{}, query)
		if int64(len(seen))+public.Hidden != public.Total || public.Total != page.Total {
			t.Fatalf("%s of %s: the public sees %d, and %d of %d are hidden", part, query.ID, len(seen), public.Hidden, public.Total)
		}
		if !reflect.DeepEqual(public.Value, page.Value) {
			t.Fatalf("the value depends on who asks: %+v, %+v", public.Value, page.Value)
		}
		if n := page.Value.Numerator; n != nil && (*n != int64(want[figure.Numerator]) || *page.Value.Denominator != int64(want[figure.Denominator])) {
			t.Fatalf("%s: %+v, want %v", query.ID, page.Value, want)
		}
	}
	keys := map[string]bool{}
	for _, r := range append(lists[figure.Numerator], lists[figure.Rest]...) {
		keys[r.Key] = true
	}
	if len(keys) != len(lists[figure.Denominator]) {
		t.Fatalf("%s: counted and rest are %d records, all are %d", query.ID, len(keys), len(lists[figure.Denominator]))
	}
	for i, r := range lists[figure.Denominator] {
		if before := lists[figure.Denominator][max(i-1, 0)]; before.Day > r.Day || before.Day == r.Day && before.Key > r.Key || r.Day < "2023-01-01" || !keys[r.Key] {
			t.Fatalf("%+v after %+v", r, before)
		}
	}
}

func TestAskedAmiss(t *testing.T) {
	storetest.Each(t, []store.Schema{matters}, func(t *testing.T, db *store.DB) {
		s := service(t, db)
		good := figure.Query{ID: "raised", Scope: year2023}
		for name, c := range map[string]struct {
			change func(*figure.Query)
			kind   errs.Kind
		}{
			"figure":      {func(q *figure.Query) { q.ID = "none" }, errs.NotFound},
			"congress":    {func(q *figure.Query) { q.Scope.Congress = "" }, errs.Invalid},
			"year":        {func(q *figure.Query) { q.Scope.Year = 0 }, errs.Invalid},
			"day":         {func(q *figure.Query) { q.Scope.AsOf = "2023-02-30" }, errs.Invalid},
			"part":        {func(q *figure.Query) { q.Part = "half" }, errs.Invalid},
			"cursor":      {func(q *figure.Query) { q.Cursor = "x" }, errs.Invalid},
			"nul":         {func(q *figure.Query) { q.Cursor = "eyJrIjoiXHUwMDAwIn0" }, errs.Invalid},
			"nothing":     {func(q *figure.Query) { q.Cursor = "e30" }, errs.Invalid},
			"far instant": {func(q *figure.Query) { q.Cursor = "eyJhIjo5MjIzMzcyMDM2ODU0Nzc1ODA3LCJrIjoieCJ9" }, -1},
		} {
			query := good
			c.change(&query)
			if _, err := s.Records(t.Context(), policy.Actor{}, query); c.kind < 0 && err != nil || c.kind >= 0 && !errs.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestARecordNamedTwiceIsNotCounted: a list that pages by keys could not count to such a figure.
func TestARecordNamedTwiceIsNotCounted(t *testing.T) {
	storetest.Each(t, []store.Schema{matters}, func(t *testing.T, db *store.DB) {
		d := definitions()[0]
		d.From = "matter m join part_of_matter p on p.congress_id = m.congress_id and p.number = m.number"
		s, err := figure.New(db, []figure.Definition{d})
		if err != nil {
			t.Fatal(err)
		}
		m := on("wh", 1, "2023-03-01", "A")
		put(t, db, m)
		for n, twice := range []bool{false, true} {
			err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Exec(ctx, tx, "insert into part_of_matter (congress_id, number, n) values ($1, $2, $3)", m.CongressID, m.Number, n)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Value(t.Context(), "raised", year2023); (err != nil) != twice {
				t.Errorf("with %d parts: %v", n+1, err)
			}
		}
	})
}

func TestDefinitionsThatCannotBeCountedAreRefused(t *testing.T) {
	for name, change := range map[string]func(d []figure.Definition){
		"id twice":          func(d []figure.Definition) { d[1].ID = "raised" },
		"id":                func(d []figure.Definition) { d[0].ID = "Raised!" },
		"version":           func(d []figure.Definition) { d[0].Version = 0 },
		"unit":              func(d []figure.Definition) { d[0].Unit = "bushels" },
		"count in percent":  func(d []figure.Definition) { d[0].Unit = figure.Percent },
		"ratio in cases":    func(d []figure.Definition) { d[1].Unit = figure.Cases },
		"ratio of what":     func(d []figure.Definition) { d[1].Counted = nil },
		"count of a part":   func(d []figure.Definition) { d[0].Counted = solved },
		"kind":              func(d []figure.Definition) { d[0].Kind = "sum" },
		"change of a count": func(d []figure.Definition) { d[2].Of = "raised" },
		"change of nothing": func(d []figure.Definition) { d[2].Of = "none" },
		"no congress":       func(d []figure.Definition) { d[0].Congress = "" },
		"nobody asked":      func(d []figure.Definition) { d[0].Visible = nil },
		"no day":            func(d []figure.Definition) { d[0].Day = "" },
	} {
		d := definitions()
		change(d)
		if _, err := figure.New(nil, d); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	s, err := figure.New(nil, definitions()[:1], definitions()[1:])
	if err != nil || len(s.Definitions()) != 3 || !slices.Contains(s.Keys(), "figure.solved_rate.formula") {
		t.Errorf("got %v, %v", s.Keys(), err)
	}
}

func TestScopes(t *testing.T) {
	s := figure.YearScope("wh", 2024, "2024-02-29")
	if s.AsOf != "2024-02-29" || s.Earlier() != (figure.Scope{Congress: "wh", Year: 2023, AsOf: "2023-02-28"}) {
		t.Errorf("got %+v, %+v", s, s.Earlier())
	}
	late := figure.Scope{Congress: "wh", Year: 2023, AsOf: "2024-06-30"}
	if late.Until() != store.Micros(deadline.Date("2024-01-01").Start()) || late.From() != store.Micros(deadline.Date("2023-01-01").Start()) ||
		late.Ended() != store.Micros(deadline.Date("2024-07-01").Start()) {
		t.Errorf("got %d, %d, %d", late.From(), late.Until(), late.Ended())
	}
}

func TestEveryUnitHasAWord(t *testing.T) {
	catalogue, err := lang.New(figure.Messages())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []figure.Unit{figure.Cases, figure.Pieces, figure.Items, figure.Laws, figure.Times, figure.Rounds, figure.People, figure.PersonTimes, figure.Percent, figure.Points} {
		if !catalogue.Has(u.Key()) {
			t.Errorf("no word for %s", u)
		}
	}
}

func TestCSVQuotes(t *testing.T) {
	var b bytes.Buffer
	if err := figure.WriteCSV(&b, []figure.Value{{ID: "a", Value: "-1.20"}}, func(string) string { return `a "unit", two` }); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][1] != "-1.20" || rows[1][4] != `a "unit", two` {
		t.Errorf("got %q, %v", rows, err)
	}
}

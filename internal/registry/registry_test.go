package registry_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/lang"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

func schemas() []store.Schema { return []store.Schema{event.Schema(), registry.Schema()} }

func label(t testing.TB) registry.Labels {
	t.Helper()
	c, err := lang.New(registry.Messages())
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer(lang.Chinese).T
}

func TestEveryFieldOptionAndTableHasALabel(t *testing.T) {
	l := label(t)
	for _, table := range registry.Tables() {
		keys := []string{"registry.table." + table.Name}
		for _, f := range table.Fields {
			keys = append(keys, "registry.field."+f.Name)
			for _, o := range f.Options {
				keys = append(keys, "registry.option."+o)
			}
		}
		for _, k := range keys {
			if strings.Contains(l(k), "⟦") {
				t.Errorf("no label %s", k)
			}
		}
	}
}

func TestResolveIntake(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		registrytest.Furnish(t, db)
		today := deadline.DateOf(db.Now())
		for name, c := range map[string]struct{ station, grid, deputy, office, intake, field string }{
			"nobody in particular":          {office: registrytest.Office, intake: registrytest.Office},
			"a grid, by way of its station": {grid: registrytest.Grid, office: registrytest.Office, intake: registrytest.Street},
			"a station":                     {station: registrytest.Station, office: registrytest.Office, intake: registrytest.Street},
			"a deputy":                      {deputy: registrytest.Deputy, office: registrytest.Office, intake: registrytest.Office},
			"no such grid":                  {grid: "nowhere", field: "grid"},
			"no such deputy":                {deputy: "nobody", field: "deputy"},
		} {
			in, err := registry.ResolveIntake(t.Context(), db.Reader(), registry.Place{Station: c.station, Grid: c.grid, Deputy: c.deputy}, today)
			if c.field != "" {
				if errs.All(err)[0].Field != c.field {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if err != nil || in.Office != c.office || in.IntakeOffice != c.intake || in.Congress.ID != registrytest.City {
				t.Errorf("%s: got %+v, %v", name, in, err)
			}
		}
	})
}

func TestPutTellsEveryCellAndWritesNothing(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		registrytest.Furnish(t, db)
		before, err := registry.Agencies(t.Context(), db.Reader(), "")
		if err != nil {
			t.Fatal(err)
		}
		report, err := registry.Put(t.Context(), db, registrytest.System(), "agency", []registry.Row{
			{Line: 2, Values: map[string]string{"id": "new", "name": "丙局", "system": "government", "level": "city"}},
			{Line: 3, Values: map[string]string{"id": "bad id", "name": "", "system": "nonsense", "level": "city", "valid_from": "2026-13-01", "extra": "x"}},
			{Line: 4, Values: map[string]string{"id": "new", "name": "丁局", "system": "party", "level": "city", "parent_id": "nobody"}},
		}, false)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range report.Wrong {
			got = append(got, w.Field)
		}
		slices.Sort(got)
		if want := []string{"extra", "id", "id", "name", "parent_id", "system", "valid_from"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		after, err := registry.Agencies(t.Context(), db.Reader(), "")
		if err != nil || len(after) != len(before) {
			t.Errorf("%d agencies, %d before; %v", len(after), len(before), err)
		}
	})
}

func TestARowOfAnotherCongressIsNotOnesOwn(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	registrytest.Furnish(t, db)
	stranger := policy.Actor{Account: "x", Grants: []policy.Grant{{Role: policy.Clerk, Congress: "elsewhere"}}}
	report, err := registry.Put(t.Context(), db, stranger, "station", []registry.Row{{Values: map[string]string{"id": registrytest.Station, "name": "我的", "type": "home", "office_id": registrytest.Street}}}, false)
	if err != nil || !errs.Is(report.First(), errs.Denied) {
		t.Errorf("got %+v, %v", report, err)
	}
}

func TestStaleRowsAreRefused(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	registrytest.Furnish(t, db)
	row := registry.Row{Version: 1, Values: map[string]string{"id": registrytest.Housing, "name": "甲局（新）", "system": "government", "level": "city"}}
	for i, want := range []bool{true, false} {
		report, err := registry.Put(t.Context(), db, registrytest.System(), "agency", []registry.Row{row}, false)
		if err != nil || (report.First() == nil) != want {
			t.Errorf("time %d: %v, %v", i, report.First(), err)
		}
	}
}

func TestExportIsReadBackInEveryEncoding(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		registrytest.Furnish(t, db)
		for _, table := range registry.Tables() {
			var out strings.Builder
			if err := registry.Export(t.Context(), db.Reader(), &out, table, label(t)); err != nil {
				t.Fatal(err)
			}
			gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.TrimPrefix(out.String(), "\uFEFF"))
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{out.String(), gbk} {
				report, err := registry.Import(t.Context(), db, registrytest.System(), table, strings.NewReader(text), label(t), true)
				if err != nil {
					t.Fatalf("%s: %v", table.Name, err)
				}
				if len(report.Wrong) > 0 || report.New > 0 {
					t.Errorf("%s: %+v", table.Name, report)
				}
			}
		}
	})
}

func TestTheCalendarCanBeEdited(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		days := []deadline.Day{{Date: "2027-01-01", Name: "元旦", Off: true}}
		if err := registry.SetYear(t.Context(), db, registrytest.System(), 2027, days); err != nil {
			t.Fatal(err)
		}
		cal, err := registry.Calendar(t.Context(), db.Reader())
		if err != nil || cal.IsWorking("2027-01-01") || !cal.Announced(2027) || cal.Announced(2028) || cal.IsWorking("2026-10-01") {
			t.Errorf("got %v, %v", cal.Year(2027), err)
		}
		if err := registry.SetYear(t.Context(), db, registrytest.System(), 2027, append(days, days...)); !errs.Is(err, errs.Invalid) {
			t.Errorf("a day twice: %v", err)
		}
		if err := registry.SetYear(t.Context(), db, registrytest.System(), 2026, nil); err != nil {
			t.Fatal(err)
		}
		cal, err = registry.Calendar(t.Context(), db.Reader())
		if err != nil || !cal.IsWorking("2026-10-01") || cal.IsWorking("2026-10-10") || cal.Version() == deadline.Embedded().Version() {
			t.Errorf("the embedded days of 2026 were taken back: %v, %v", cal.Year(2026), err)
		}
	})
}

func TestEveryWriteLeavesAnEventWithoutNames(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	registrytest.Furnish(t, db)
	events, err := event.Stream(t.Context(), db.Reader(), "registry:person:"+registrytest.Deputy)
	if err != nil || len(events) != 1 || strings.Contains(events[0].Payload, "代表甲") {
		t.Errorf("got %+v, %v", events, err)
	}
	err = db.View(t.Context(), func(ctx context.Context, q store.Querier) error {
		names, err := registry.LoadNames(ctx, q)
		if err == nil && (names.Of("agency", registrytest.Housing) != "甲局" || names.Of("agency", "none") != "none") {
			t.Errorf("got %v", names["agency"])
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

package registry

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Settings of a deployment.
const (
	HomeCongress = "home_congress" // its own congress
	HomeOffice   = "home_office"   // its 代表工委, which receives what is addressed to nobody in particular
	SiteName     = "site_name"     // on top of every page
	Demo         = "demo"          // "yes" where people and matters are made up
)

// Setting reads one; "" where it was never set.
func Setting(ctx context.Context, q store.Querier, name string) (string, error) {
	v, err := store.One[string](ctx, q, "select value from setting where name = $1", name)
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return v, err
}

// Settings reads several by name; those never set are left out.
func Settings(ctx context.Context, q store.Querier, names ...string) (map[string]string, error) {
	type row struct{ Name, Value string }
	w := new(store.Where).In("name", names...)
	rows, err := store.All[row](ctx, q, "select name, value from setting"+w.String(), w.Args()...)
	values := make(map[string]string, len(rows))
	for _, r := range rows {
		values[r.Name] = r.Value
	}
	return values, err
}

// SetSetting writes one, with an event.
func SetSetting(ctx context.Context, db *store.DB, actor policy.Actor, name, value string) error {
	return db.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return setSetting(ctx, tx, actor, name, value) })
}

// SetSettings writes those of several whose value changes, all or none, an event each.
func SetSettings(ctx context.Context, db *store.DB, actor policy.Actor, values map[string]string) error {
	names := slices.Sorted(maps.Keys(values))
	return db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		old, err := Settings(ctx, tx, names...)
		if err != nil {
			return err
		}
		for _, name := range names {
			if was, ok := old[name]; ok && was == values[name] {
				continue
			}
			if err := setSetting(ctx, tx, actor, name, values[name]); err != nil {
				return err
			}
		}
		return nil
	})
}

func setSetting(ctx context.Context, tx *store.Tx, actor policy.Actor, name, value string) error {
	version, err := store.One[int64](ctx, tx, `insert into setting (name, value, version) values ($1, $2, 1)
		on conflict (name) do update set value = excluded.value, version = setting.version + 1 returning version`, name, value)
	if err != nil {
		return err
	}
	return record(ctx, tx, actor, "setting", name, "", version, map[string]string{"value": value})
}

// Calendar is the working days in force: the embedded years with the deployment's own days over them.
func Calendar(ctx context.Context, q store.Querier) (*deadline.Calendar, error) {
	type line struct {
		Year int // of a year marked as announced; 0 for a day
		Date string
		Name string
		Off  bool
	}
	lines, err := store.All[line](ctx, q, `select 0 as year, date, name, off from calendar_day
		union all select year, '', '', false from calendar_year order by year, date`)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return embedded, nil
	}
	var days []deadline.Day
	var years []int
	sum := fnv.New32a()
	for _, l := range lines {
		if l.Year != 0 {
			years = append(years, l.Year)
			continue
		}
		days = append(days, deadline.Day{Date: deadline.Date(l.Date), Name: l.Name, Off: l.Off})
		fmt.Fprint(sum, l.Date, l.Name, l.Off, "\n")
	}
	return embedded.With(days, years, fmt.Sprintf("%s，本地修订%08x", embedded.Version(), sum.Sum32())), nil
}

// embedded is the calendar every deployment starts from; it never changes.
var embedded = deadline.Embedded()

// SetYear writes the days of one year that depart from their weekdays, in place of all set before for it, and marks it announced.
// Days outside the year, or named twice, are errs.Invalid.
func SetYear(ctx context.Context, db *store.DB, actor policy.Actor, year int, days []deadline.Day) error {
	kept := map[deadline.Date]deadline.Day{}
	for _, d := range days {
		if _, err := deadline.ParseDate(string(d.Date)); err != nil || d.Date.Year() != year {
			return errs.New(errs.Invalid, "registry.day_of_other_year").With(errs.Args{"Date": string(d.Date), "Year": year}).At("days")
		}
		if _, twice := kept[d.Date]; twice {
			return errs.New(errs.Invalid, "registry.day_twice").With(errs.Args{"Date": string(d.Date)}).At("days")
		}
		kept[d.Date] = d
	}
	for _, d := range embedded.Year(year) {
		if _, ok := kept[d.Date]; !ok {
			wd := d.Date.Weekday()
			kept[d.Date] = deadline.Day{Date: d.Date, Off: wd == 0 || wd == 6} // a special day of the embedded year taken back
		}
	}
	return db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		first, last := fmt.Sprintf("%d-01-01", year), fmt.Sprintf("%d-12-31", year)
		if _, err := store.Exec(ctx, tx, "delete from calendar_day where date between $1 and $2", first, last); err != nil {
			return err
		}
		values := map[string]string{}
		for _, date := range slices.Sorted(maps.Keys(kept)) {
			d := kept[date]
			if _, err := store.Exec(ctx, tx, "insert into calendar_day (date, name, off) values ($1, $2, $3)", string(d.Date), d.Name, d.Off); err != nil {
				return err
			}
			values[string(d.Date)] = fmt.Sprintf("%s %v", d.Name, d.Off)
		}
		if _, err := store.Exec(ctx, tx, "insert into calendar_year (year) values ($1) on conflict (year) do nothing", year); err != nil {
			return err
		}
		events, err := event.Stream(ctx, tx, fmt.Sprintf("registry:calendar:%d", year))
		if err != nil {
			return err
		}
		return record(ctx, tx, actor, "calendar", fmt.Sprint(year), "", int64(len(events))+1, values)
	})
}

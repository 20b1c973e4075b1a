package deadline

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func noon(d Date) time.Time { return d.Start().Add(12 * time.Hour) }

func TestKnownDates(t *testing.T) {
	cal := Embedded()
	for _, c := range []struct {
		name string
		from Date
		n    int
		unit Unit
		want Date
	}{
		{"spring festival with a make-up Sunday", "2024-02-05", 15, WorkingDays, "2024-03-01"},
		{"from a Friday", "2026-11-20", 1, WorkingDays, "2026-11-23"},
		{"over National Day 2023 to the make-up Saturday", "2023-09-28", 1, WorkingDays, "2023-10-07"},
		{"the spring festival prolonged in 2020", "2020-01-22", 2, WorkingDays, "2020-02-03"},
		{"over New Year", "2023-12-29", 1, WorkingDays, "2024-01-02"},
		{"make-up Saturday counts", "2024-02-02", 1, WorkingDays, "2024-02-04"},
		{"15 natural days", "2026-11-02", 15, Days, "2026-11-17"},
		{"natural days ending on Saturday move to Monday", "2026-11-06", 15, Days, "2026-11-23"},
		{"month end", "2023-01-31", 1, Months, "2023-02-28"},
		{"leap month end", "2024-01-31", 1, Months, "2024-02-29"},
		{"three months over the year", "2025-11-30", 3, Months, "2026-02-28"},
		{"month ending in a holiday moves past it", "2023-09-01", 1, Months, "2023-10-07"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Start(cal, Rule{Name: "x", N: c.n, Unit: c.unit}, noon(c.from))
			if got.Due != c.want {
				t.Errorf("got %s, want %s", got.Due, c.want)
			}
			if got.DueAt != c.want.AddDays(1).Start().UnixMicro() {
				t.Errorf("due at %v", time.UnixMicro(got.DueAt))
			}
		})
	}
}

func TestMakeUpSaturdayInFebruary2026(t *testing.T) {
	cal := Embedded()
	for d, want := range map[Date]bool{"2026-02-14": true, "2026-02-15": false, "2026-02-28": true, "2023-04-23": true, "2024-02-04": true, "2020-02-01": false, "2026-11-23": true, "2026-11-22": false} {
		if got := cal.IsWorking(d); got != want {
			t.Errorf("%s: working %v", d, got)
		}
	}
}

func TestWarningForAYearNotAnnounced(t *testing.T) {
	cal := Embedded()
	c := Start(cal, Rule{N: 30, Unit: WorkingDays}, noon("2026-12-10"))
	if !c.Warning {
		t.Error("no warning")
	}
	next := cal.With([]Day{{"2027-01-01", "元旦", true}}, []int{2027}, "v2").Version()
	if next != "v2" {
		t.Errorf("version %q", next)
	}
	fresh := c.Recompute(cal.With([]Day{{"2027-01-01", "元旦", true}}, []int{2027}, "v2"))
	if fresh.Warning || fresh.Due != c.Due.AddDays(1) {
		t.Errorf("got %s after %s, warning %v", fresh.Due, c.Due, fresh.Warning)
	}
}

func TestLamp(t *testing.T) {
	c := Start(Embedded(), Rule{N: 15, Unit: WorkingDays}, noon("2026-11-02")) // due 11-23; a third of 15 is 5
	for at, want := range map[Date]Lamp{"2026-11-03": LampGreen, "2026-11-16": LampGreen, "2026-11-17": LampAmber, "2026-11-23": LampAmber, "2026-11-24": LampRed} {
		if got := c.Lamp(noon(at)); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
	if got := c.Stop(noon("2026-11-20")).Lamp(noon("2026-12-24")); got != LampNone {
		t.Errorf("stopped: %s", got)
	}
	if !c.Stop(noon("2026-11-24")).Late(noon("2026-12-24")) || c.Stop(noon("2026-11-23")).Late(noon("2026-12-24")) {
		t.Error("late is judged by the day it stopped")
	}
}

func TestExplanationNamesWhatItCrossed(t *testing.T) {
	cal := Embedded()
	c := Start(cal, Rule{Name: "办理", N: 15, Unit: WorkingDays, Basis: "本系统默认"}, noon("2024-02-05"))
	got := map[string]Sentence{}
	for _, s := range c.Explain(cal) {
		got[s.Key] = s
	}
	if s := got["deadline.holiday.many"]; s.Args["From"] != "2024年2月10日" || s.Args["To"] != "2024年2月17日" {
		t.Errorf("holiday: %v", s)
	}
	if s := got["deadline.makeup"]; s.Args["Date"] != "2024年2月18日" || s.Args["Weekday"] != "星期日" {
		t.Errorf("make-up day: %v", s)
	}
	if s := got["deadline.due"]; s.Args["Due"] != "2024年3月1日" {
		t.Errorf("due: %v", s)
	}
}

// anyClock draws a clock within the announced years.
func anyClock(t *rapid.T) (Clock, *Calendar) {
	cal := Embedded()
	from := Date("2008-01-01").AddDays(rapid.IntRange(0, 6000).Draw(t, "from"))
	rule := Rule{N: rapid.IntRange(1, 60).Draw(t, "n"), Unit: rapid.SampledFrom([]Unit{WorkingDays, Days, Months}).Draw(t, "unit")}
	if rule.Unit == Months {
		rule.N = rule.N%12 + 1
	}
	return Start(cal, rule, noon(from)), cal
}

func TestPropertiesOfClocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, cal := anyClock(t)
		if c.Due <= c.Start {
			t.Fatalf("due %s from %s", c.Due, c.Start)
		}
		if !cal.IsWorking(c.Due) {
			t.Fatalf("due on a day off: %s", c.Due)
		}
		if c.AmberAt >= c.DueAt || c.AmberAt < c.StartedAt {
			t.Fatalf("amber %v, due %v", time.UnixMicro(c.AmberAt), time.UnixMicro(c.DueAt))
		}
		if again := c.Recompute(cal); again.DueAt != c.DueAt || again.AmberAt != c.AmberAt {
			t.Fatal("computing again with the same calendar changed the date")
		}
		more := Start(cal, Rule{N: c.Rule.N + 1, Unit: c.Rule.Unit}, time.UnixMicro(c.StartedAt))
		if more.Due < c.Due {
			t.Fatalf("one more ends sooner: %s, %s", more.Due, c.Due)
		}
		at := noon(c.Start.AddDays(rapid.IntRange(0, 20).Draw(t, "pause")))
		if same := c.Pause(at).Resume(cal, at.Add(time.Hour)); same.Due != c.Due {
			t.Fatalf("a pause of an hour moved %s to %s", c.Due, same.Due)
		}
		long := c.Pause(at).Resume(cal, at.AddDate(0, 0, rapid.IntRange(1, 40).Draw(t, "long")))
		if long.Due < c.Due {
			t.Fatalf("a pause shortened %s to %s", c.Due, long.Due)
		}
		if ext := c.Extend(cal, Rule{N: 15, Unit: WorkingDays}, at); ext.Due <= c.Due {
			t.Fatalf("an extension did not lengthen %s: %s", c.Due, ext.Due)
		}
		if len(c.Explain(cal)) < 4 {
			t.Fatal("no explanation")
		}
	})
}

// FuzzParseDate holds that a date is a day as it is written, and that counting days and months goes there and back.
func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2024-02-29", "2023-02-29", "0000-00-00", "1900-01-01", "2999-12-31", "1899-12-31", "3000-01-01", "2026-1-1", "2026-01-01 ", "+2026-01-01", "２０２６-01-01", "2026-01-01\x00", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		if string(d) != s || DateOf(d.Start()) != d || DateOf(d.End()) <= d {
			t.Errorf("%q became %q", s, DateOf(d.Start()))
		}
		if d.AddDays(400).AddDays(-400) != d || d.Until(d.AddDays(400)) != 400 || d.AddMonths(1) <= d || d.AddMonths(12).Year() != d.Year()+1 {
			t.Errorf("%q cannot be counted from", s)
		}
	})
}

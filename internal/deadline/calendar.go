package deadline

import (
	_ "embed"
	"encoding/csv"
	"maps"
	"slices"
	"strings"
	"time"
)

// Day is a date that departs from its weekday: a day off, or a make-up working day 调休上班.
type Day struct {
	Date Date   `json:"date"`
	Name string `json:"name"` // of the holiday, in Chinese
	Off  bool   `json:"off"`
}

// Calendar tells working days from days off. It never changes; With makes another.
type Calendar struct {
	days      map[Date]Day
	announced map[int]bool
	version   string
}

// The facts come from holiday-cn (MIT; see NOTICE-holiday-cn.txt), which cites the State Council's yearly notices.
//
//go:embed days.csv
var embedded string

const embeddedVersion = "国务院办公厅放假通知2007—2026"

// Embedded is the calendar of the years 2007 to 2026.
func Embedded() *Calendar {
	rows, err := csv.NewReader(strings.NewReader(embedded)).ReadAll()
	if err != nil {
		panic(err) // the file is embedded, and a test reads it
	}
	c := &Calendar{days: map[Date]Day{}, announced: map[int]bool{}, version: embeddedVersion}
	for _, r := range rows {
		c.days[Date(r[0])] = Day{Date: Date(r[0]), Name: r[1], Off: r[2] == "1"}
	}
	for year := 2007; year <= 2026; year++ {
		c.announced[year] = true
	}
	return c
}

// With overlays days on the calendar, marks years as announced, and names the outcome's version.
func (c *Calendar) With(days []Day, announced []int, version string) *Calendar {
	next := &Calendar{days: maps.Clone(c.days), announced: maps.Clone(c.announced), version: version}
	for _, d := range days {
		next.days[d.Date] = d
	}
	for _, y := range announced {
		next.announced[y] = true
	}
	return next
}

// Version names the calendar, for explanations.
func (c *Calendar) Version() string { return c.version }

// Announced reports whether the State Council's notice for the year is in the calendar. For other years only weekends are off.
func (c *Calendar) Announced(year int) bool { return c.announced[year] }

// Day tells what is special about a date; false where it follows its weekday.
func (c *Calendar) Day(d Date) (Day, bool) {
	day, ok := c.days[d]
	return day, ok
}

// Year lists the special days of a year in order.
func (c *Calendar) Year(year int) []Day {
	var days []Day
	for _, d := range c.days {
		if d.Date.Year() == year {
			days = append(days, d)
		}
	}
	slices.SortFunc(days, func(a, b Day) int { return strings.Compare(string(a.Date), string(b.Date)) })
	return days
}

// IsWorking reports whether the date is a working day, make-up working days included.
func (c *Calendar) IsWorking(d Date) bool {
	if day, ok := c.days[d]; ok {
		return !day.Off
	}
	wd := d.Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// AddWorking counts n working days on from d, d itself not counted; with n of 0 it is d.
func (c *Calendar) AddWorking(d Date, n int) Date {
	for n > 0 {
		d = d.AddDays(1)
		if c.IsWorking(d) {
			n--
		}
	}
	return d
}

// backWorking counts n working days back from d.
func (c *Calendar) backWorking(d Date, n int) Date {
	for n > 0 {
		d = d.AddDays(-1)
		if c.IsWorking(d) {
			n--
		}
	}
	return d
}

// nextWorking is d, or the first working day after it.
func (c *Calendar) nextWorking(d Date) Date {
	for !c.IsWorking(d) {
		d = d.AddDays(1)
	}
	return d
}

// workingBetween counts the working days after from, up to and with to.
func (c *Calendar) workingBetween(from, to Date) int {
	n := 0
	for d := from.AddDays(1); d <= to; d = d.AddDays(1) {
		if c.IsWorking(d) {
			n++
		}
	}
	return n
}

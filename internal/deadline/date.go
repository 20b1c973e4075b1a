// Package deadline is the statutory clock: working days, natural days and months, with pauses, extensions and an explanation in words for every date.
// It never reads a database or the time: calendars and instants are handed in.
package deadline

import (
	"time"

	"lianxin/internal/errs"
)

// Zone is Beijing time, in which every civil date is meant. China has kept no summer time since 1991.
var Zone = time.FixedZone("Asia/Shanghai", 8*3600)

// Date is a civil date in Beijing time, written 2006-01-02; dates compare as their texts. Empty is no date.
type Date string

const layout = "2006-01-02"

// ParseDate reads 2006-01-02, between the years 1900 and 2999; anything else is errs.Invalid.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2999 {
		return "", errs.New(errs.Invalid, "deadline.bad_date")
	}
	return Date(s), nil
}

// DateOf is the date it is in Beijing at the instant.
func DateOf(t time.Time) Date { return Date(t.In(Zone).Format(layout)) }

// Start is the instant the day begins; the zero time for no date.
func (d Date) Start() time.Time {
	t, err := time.ParseInLocation(layout, string(d), Zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// End is the instant the day ends, which is the next day's beginning.
func (d Date) End() time.Time { return d.AddDays(1).Start() }

// AddDays counts natural days on, or back.
func (d Date) AddDays(n int) Date { return DateOf(d.Start().AddDate(0, 0, n)) }

// AddMonths goes to the corresponding day n months on, or to the month's end where it has no such day (民法典 art. 202).
func (d Date) AddMonths(n int) Date {
	t := d.Start()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, Zone)
	last := first.AddDate(0, 1, -1).Day()
	return DateOf(first.AddDate(0, 0, min(t.Day(), last)-1))
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.Start().Weekday() }

// Year is the calendar year.
func (d Date) Year() int { return d.Start().Year() }

// Until counts the days from d to other; negative where other lies before.
func (d Date) Until(other Date) int { return int(other.Start().Sub(d.Start()).Hours()) / 24 }

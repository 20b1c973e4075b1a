package deadline

import (
	"slices"
	"time"
)

// Unit is what a limit is counted in.
type Unit string

// The units.
const (
	WorkingDays Unit = "working_days" // 工作日
	Days        Unit = "days"         // 自然日
	Months      Unit = "months"       // 月
)

// Rule is a limit's value, frozen onto a clock when it starts, so that later rules change no running case.
type Rule struct {
	Name  string `json:"name"` // what must be done, in Chinese
	N     int    `json:"n"`
	Unit  Unit   `json:"unit"`
	Basis string `json:"basis"` // legal basis, or 本系统默认
}

// Pause is a span in which the clock stood still; To is 0 while it lasts. Microseconds UTC.
type Pause struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Extension is time granted on top, counted on from the date due before it.
type Extension struct {
	Rule Rule  `json:"rule"`
	At   int64 `json:"at"` // when it was granted, microseconds UTC
}

// Clock is one running or stopped limit. It is a value: every method returns another. Instants are microseconds UTC, 0 for never.
type Clock struct {
	Rule       Rule        `json:"rule"`
	StartedAt  int64       `json:"started_at"`
	Start      Date        `json:"start"`    // the day not counted (民法典 art. 201, by analogy)
	Calendar   string      `json:"calendar"` // version it was computed with
	Due        Date        `json:"due"`      // last day
	DueAt      int64       `json:"due_at"`   // the instant that day ends; from then on the clock is overdue
	AmberAt    int64       `json:"amber_at"` // the instant from which its lamp is amber
	MovedFrom  Date        `json:"moved_from,omitempty"`
	Warning    bool        `json:"warning,omitempty"` // runs into a year whose holidays are not announced
	Pauses     []Pause     `json:"pauses,omitempty"`
	Extensions []Extension `json:"extensions,omitempty"`
	StoppedAt  int64       `json:"stopped_at,omitempty"`
}

// Start begins a clock at an instant. The first day is not counted; periods in days or months whose last day is a day off end
// on the next working day (民法典 arts. 201–203, applied by analogy: our default).
func Start(cal *Calendar, rule Rule, at time.Time) Clock {
	c := Clock{Rule: rule, StartedAt: at.UnixMicro(), Start: DateOf(at)}
	return c.Recompute(cal)
}

// Recompute works the dates out anew from the frozen rule, with another calendar. A stopped clock stays as it was.
func (c Clock) Recompute(cal *Calendar) Clock {
	if c.StoppedAt != 0 {
		return c
	}
	c.Calendar, c.MovedFrom = cal.Version(), ""
	due := c.add(cal, c.Start, c.Rule)
	for _, p := range c.Pauses {
		due = c.pass(cal, due, p)
	}
	for _, e := range c.Extensions {
		due = c.add(cal, due, e.Rule)
	}
	c.Due, c.DueAt = due, due.End().UnixMicro()
	c.AmberAt = c.amber(cal).Start().UnixMicro()
	c.AmberAt = max(c.AmberAt, c.StartedAt)
	c.Warning = !cal.Announced(due.Year()) || !cal.Announced(c.Start.Year())
	return c
}

// add counts a rule on from a day that is not counted.
func (c *Clock) add(cal *Calendar, from Date, r Rule) Date {
	var last Date
	switch r.Unit {
	case WorkingDays:
		return cal.AddWorking(from, r.N)
	case Months:
		last = from.AddMonths(r.N)
	default:
		last = from.AddDays(r.N)
	}
	due := cal.nextWorking(last)
	if due != last {
		c.MovedFrom = last
	}
	return due
}

// pass moves a date on by a finished pause: by its working days for a clock in working days, else by its natural days.
// The day the pause began is not counted and the day it ended is, so that a pause within one day moves nothing.
func (c *Clock) pass(cal *Calendar, due Date, p Pause) Date {
	if p.To == 0 {
		return due
	}
	from, to := DateOf(time.UnixMicro(p.From)), DateOf(time.UnixMicro(p.To))
	if c.Rule.Unit == WorkingDays {
		return cal.AddWorking(due, cal.workingBetween(from, to))
	}
	return c.add(cal, due, Rule{N: from.Until(to), Unit: Days})
}

// amber is the day on whose morning a third of the time is left, and at least one working day before the last (our default):
// counted in working days for a clock in working days, else in natural days.
func (c Clock) amber(cal *Calendar) Date {
	if c.Rule.Unit == WorkingDays {
		total := cal.workingBetween(c.Start, c.Due)
		return cal.backWorking(c.Due, max(1, total/3)-1)
	}
	third := c.Due.AddDays(1 - max(1, c.Start.Until(c.Due)/3))
	return min(third, cal.nextWorking(cal.backWorking(c.Due, 1)))
}

// Pause lets the clock stand still from an instant on; a clock that stands still or has stopped stays as it is.
func (c Clock) Pause(at time.Time) Clock {
	if c.Paused() || c.StoppedAt != 0 {
		return c
	}
	c.Pauses = append(slices.Clone(c.Pauses), Pause{From: at.UnixMicro()})
	return c
}

// Resume lets it run on.
func (c Clock) Resume(cal *Calendar, at time.Time) Clock {
	if !c.Paused() || c.StoppedAt != 0 {
		return c
	}
	c.Pauses = slices.Clone(c.Pauses)
	c.Pauses[len(c.Pauses)-1].To = at.UnixMicro()
	return c.Recompute(cal)
}

// Extend grants more time, counted on from the present last day.
func (c Clock) Extend(cal *Calendar, r Rule, at time.Time) Clock {
	c.Extensions = append(slices.Clone(c.Extensions), Extension{Rule: r, At: at.UnixMicro()})
	return c.Recompute(cal)
}

// Stop ends the clock; its dates stay for the record.
func (c Clock) Stop(at time.Time) Clock {
	if c.StoppedAt == 0 {
		c.StoppedAt = at.UnixMicro()
	}
	return c
}

// Running reports whether the clock was started and not stopped; it may be paused.
func (c Clock) Running() bool { return c.StartedAt != 0 && c.StoppedAt == 0 }

// Paused reports whether the clock stands still.
func (c Clock) Paused() bool { return len(c.Pauses) > 0 && c.Pauses[len(c.Pauses)-1].To == 0 }

// Late reports whether the clock was stopped after its last day, or runs past it at now.
func (c Clock) Late(now time.Time) bool {
	at := now.UnixMicro()
	if c.StoppedAt != 0 {
		at = c.StoppedAt
	}
	return c.DueAt != 0 && !c.Paused() && at >= c.DueAt
}

// Lamp is the state of a clock at a glance.
type Lamp string

// The lamps. LampNone is for what has no running clock.
const (
	LampNone  Lamp = "none"
	LampGreen Lamp = "green"
	LampAmber Lamp = "amber"
	LampRed   Lamp = "red"
)

// Lamp tells the clock's at an instant.
func (c Clock) Lamp(now time.Time) Lamp {
	if !c.Running() || c.Paused() {
		return LampNone
	}
	return LampOf(c.AmberAt, c.DueAt, now)
}

// LampOf tells it from stored instants, microseconds UTC; without a due one there is none.
func LampOf(amberAt, dueAt int64, now time.Time) Lamp {
	at := now.UnixMicro()
	switch {
	case dueAt == 0:
		return LampNone
	case at >= dueAt:
		return LampRed
	case at >= amberAt:
		return LampAmber
	}
	return LampGreen
}

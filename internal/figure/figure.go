// Package figure is the engine of figures 指标: named, versioned definitions, their values as of a day, the records behind them, and their course over the years.
// It never knows what a record is, and never counts by another selection than the one it lists: the owners of the records hand in the definitions.
package figure

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

//go:embed messages
var messages embed.FS

// Messages is the sentences of this room, the words of the units among them. Titles and formulae stand with the owners.
func Messages() fs.FS { return messages }

// Kind is how a value is made.
type Kind string

// The kinds.
const (
	Count  Kind = "count"  // how many records there are
	Ratio  Kind = "ratio"  // how many of them are counted, in percent of all
	Change Kind = "change" // a ratio against the same a year earlier, in percentage points
)

// Unit is what a value is counted in; its word stands in the catalogues under Key.
type Unit string

// The units. A ratio is in percent, a change in percentage points, a count in any other.
const (
	Cases       Unit = "cases"             // 件
	Pieces      Unit = "pieces"            // 个
	Items       Unit = "items"             // 项
	Laws        Unit = "laws"              // 部
	Times       Unit = "times"             // 次
	Rounds      Unit = "rounds"            // 轮次
	People      Unit = "people"            // 人
	PersonTimes Unit = "person_times"      // 人次
	Percent     Unit = "percent"           // %, of two decimals
	Points      Unit = "percentage_points" // 百分点, of two decimals
)

var units = []Unit{Cases, Pieces, Items, Laws, Times, Rounds, People, PersonTimes, Percent, Points}

// Key is the catalogue key of the unit's word.
func (u Unit) Key() string { return "figure.unit." + string(u) }

// Scope is whose figure of which year, as it stood at the end of a day.
type Scope struct {
	Congress string
	Year     int
	AsOf     deadline.Date // the last day that counts
}

// YearScope is a congress's year as of its last day, or as of today where that is earlier.
func YearScope(congress string, year int, today deadline.Date) Scope {
	s := Scope{Congress: congress, Year: year}
	s.AsOf = min(s.lastDay(), today)
	return s
}

// From is the instant the year begins, in microseconds UTC.
func (s Scope) From() int64 { return store.Micros(s.firstDay().Start()) }

// Until is the instant at which the year or the day as of which is asked has ended, whichever is first, in microseconds UTC; what happened in the year lies before it.
func (s Scope) Until() int64 { return store.Micros(min(s.lastDay(), s.AsOf).End()) }

// Ended is the instant at which the day as of which is asked has ended, in microseconds UTC; what was known on that day was recorded before it.
func (s Scope) Ended() int64 { return store.Micros(s.AsOf.End()) }

// Earlier is the same scope a year before: the corresponding day, or the month's end where there is none.
func (s Scope) Earlier() Scope {
	return Scope{Congress: s.Congress, Year: s.Year - 1, AsOf: s.AsOf.AddMonths(-12)}
}

func (s Scope) firstDay() deadline.Date { return deadline.Date(fmt.Sprintf("%04d-01-01", s.Year)) }

func (s Scope) lastDay() deadline.Date { return deadline.Date(fmt.Sprintf("%04d-12-31", s.Year)) }

// check is errs.Invalid for a scope that leaves open whose, when, or as of when.
func (s Scope) check() error {
	if _, err := deadline.ParseDate(string(s.AsOf)); err != nil || s.Congress == "" || s.Year < 1900 || s.Year > 2999 {
		return errs.New(errs.Invalid, "figure.bad_scope")
	}
	return nil
}

// Selection is where a figure's records come from. The texts are SQL of the program's, never of a user's; values are bound in the conditions.
// A record stands in the selection once: what joins to several rows belongs into an "exists".
type Selection struct {
	From     string // tables, with the aliases the expressions use
	Congress string // expression of the congress whose record it is; the engine holds it to the scope's
	Key      string // expression of what names a record to a reader, such as its number; one to a record
	Title    string // expression of its title, shown to whom Visible lets see the record
	Day      string // expression of its civil date, or
	At       string // of its instant in microseconds UTC; one of both, for the order of the list
	Base     func(w *store.Where, s Scope)
	Visible  Visible
}

// Visible narrows records to those an actor may see, the zero Actor being the public.
type Visible func(ctx context.Context, q store.Querier, w *store.Where, actor policy.Actor) error

// Definition says what a figure counts. Version grows whenever that changes, so that a published value names what it was counted by.
type Definition struct {
	ID        string // lower case letters, digits and _
	Version   int    // from 1
	Kind      Kind
	Unit      Unit
	Selection                               // of a count or ratio: its records, of a ratio the denominator
	Counted   func(w *store.Where, s Scope) // of a ratio: those of its records that are the numerator
	Of        string                        // of a change: the id of the ratio
}

// TitleKey is the catalogue key of the figure's title.
func (d Definition) TitleKey() string { return "figure." + d.ID }

// FormulaKey is the catalogue key of its formula in words.
func (d Definition) FormulaKey() string { return d.TitleKey() + ".formula" }

// ScopeKey is the catalogue key of what it covers, in words.
func (d Definition) ScopeKey() string { return d.TitleKey() + ".scope" }

// Value is what a figure came to.
type Value struct {
	ID          string
	Version     int
	Value       string // decimal, such as "158", "87.33" or "-1.20"; empty where nothing can be computed, such as a share of no records
	Numerator   *int64 // of a ratio
	Denominator *int64 // of a ratio
	Unit        Unit
	Year        int
	AsOf        deadline.Date
	Parts       []Value // of a change: the ratio, and the ratio a year earlier
}

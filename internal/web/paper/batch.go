package paper

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/store"
	"lianxin/internal/suggestion"
)

// Item is a suggestion as lists tell of it.
type Item struct {
	casework.Listed
	Row   suggestion.Row
	Parts []*casework.Assignment
}

// Batch is suggestions in their order, with what their papers need beside them.
type Batch struct {
	Items     []Item
	Procedure *procedure.Procedure
	Session   registry.Session // zero: of several
	Phase     string           // "": both
	Office    registry.Office  // that receives suggestions
	Addressee registry.Agency  // zero: any
	Texts     map[string]string
	Signed    map[string]string // who signed an assignment, by its id
}

// TextsOf lists the ids of the texts that lists show of an item.
func TextsOf(i Item) []string {
	ids := []string{i.Get(suggestion.PlanWords), i.Get(suggestion.LetterNumber), i.Get(suggestion.KeyLeader)}
	for _, a := range i.Parts {
		ids = append(ids, a.Get(suggestion.Leader), a.Get(suggestion.DocNumber), a.PromiseText)
	}
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}

// Sort puts a batch into the order of sessions and numbers; what has no number yet stands last.
func (b Batch) Sort(names registry.Names) {
	last := func(n int64) int64 {
		if n == 0 {
			return math.MaxInt64
		}
		return n
	}
	slices.SortStableFunc(b.Items, func(x, y Item) int {
		return cmp.Or(strings.Compare(names.Of("congress_session", x.Row.Session), names.Of("congress_session", y.Row.Session)), strings.Compare(x.Row.Phase, y.Row.Phase),
			cmp.Compare(last(x.Row.Serial), last(y.Row.Serial)))
	})
}

// Laid is a paper laid out: the document, and its list's rows for a spreadsheet.
type Laid struct {
	render.Document
	Rows [][]string // nil: no spreadsheet
}

// list lays one table out as a paper.
func (d Desk) list(sheet render.Paper, title string, above []string, t render.Table, below ...string) Laid {
	doc := render.List{Fonts: d.fonts(), Paper: sheet, Title: title, Above: above, Table: t, Below: below, Pages: d.pages()}.Document()
	return Laid{Document: doc, Rows: t.Sheet()}
}

// of says of which session and phase a batch is, for titles.
func (d Desk) raised(b Batch) string {
	switch {
	case b.Session.ID == "":
		return ""
	case b.Phase == "":
		return b.Session.Name
	}
	return d.T("paper.raised_"+b.Phase, "Session", b.Session.Name)
}

// about are the lines between a list's title and its table: who made it, of when, how many.
func (d Desk) about(b Batch) []string {
	return []string{d.T("paper.about", "Office", b.Office.Name, "Date", d.Date(d.Today), "N", len(b.Items))}
}

// day writes an instant as its day; "" for never.
func day(micros int64) string {
	if micros == 0 {
		return ""
	}
	return string(deadline.DateOf(store.Time(micros)))
}

// lastDay writes the last day of a limit that ends at an instant.
func lastDay(micros int64) string {
	if micros == 0 {
		return ""
	}
	return day(micros - 1)
}

func count(n int64) string { return strconv.FormatInt(n, 10) }

func dateOf(micros int64) deadline.Date { return deadline.DateOf(store.Time(micros)) }

package paper

import (
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/render"
	"lianxin/internal/store"
	"lianxin/internal/suggestion"
)

// Column is a column that lists of suggestions can have; its heading stands under "paper.column.<key>".
type Column struct {
	Key   string
	Width float64
	Align render.Align
	value func(d Desk, b Batch, i Item) string
}

// Chosen is a column of a list under the heading it has there.
type Chosen struct {
	Column
	Heading string
}

func agencies(list func(answer, opine []*casework.Assignment) []*casework.Assignment) func(Desk, Batch, Item) string {
	return func(d Desk, b Batch, i Item) string {
		var ids []string
		for _, a := range list(suggestion.Handlers(b.Procedure, i.Parts)) {
			ids = append(ids, a.Agency)
		}
		return d.several("agency", ids)
	}
}

func extra(name string) func(Desk, Batch, Item) string {
	return func(_ Desk, _ Batch, i Item) string { return i.Get(name) }
}

func plan(name string) func(Desk, Batch, Item) string {
	return func(d Desk, _ Batch, i Item) string { return d.several("agency", split(i.Get(name))) }
}

func split(ids string) []string {
	return strings.FieldsFunc(ids, func(r rune) bool { return r == ',' })
}

func choice(dictionary string, value func(i Item) string) func(Desk, Batch, Item) string {
	return func(_ Desk, b Batch, i Item) string {
		c, _ := b.Procedure.Choice(dictionary, value(i))
		return c.Label
	}
}

// letter is a class as lists and letters write it.
func letter(class func(i Item) string) func(Desk, Batch, Item) string {
	return func(_ Desk, _ Batch, i Item) string { return strings.ToUpper(class(i)) }
}

func instant(at func(i Item) int64) func(Desk, Batch, Item) string {
	return func(_ Desk, _ Batch, i Item) string { return day(at(i)) }
}

// parts joins what each of those who answer has, without repeating it.
func parts(value func(b Batch, a *casework.Assignment) string) func(Desk, Batch, Item) string {
	return func(d Desk, b Batch, i Item) string {
		var words []string
		answer, _ := suggestion.Handlers(b.Procedure, i.Parts)
		for _, a := range answer {
			if v := value(b, a); v != "" && !slices.Contains(words, v) {
				words = append(words, v)
			}
		}
		return strings.Join(words, d.T("paper.and"))
	}
}

// Columns are all that a ledger can have, in the order its page offers them.
func Columns() []Column {
	named := func(table string, id func(i Item) string) func(Desk, Batch, Item) string {
		return func(d Desk, _ Batch, i Item) string {
			if id(i) == "" {
				return ""
			}
			return d.Names.Of(table, id(i))
		}
	}
	none := func(Desk, Batch, Item) string { return "" }
	return []Column{
		{"n", 1.4, render.Middle, none}, // filled in by the table
		{"number", 4.9, render.Middle, func(_ Desk, _ Batch, i Item) string { return i.Number }},
		{"serial", 3.5, render.Start, func(d Desk, _ Batch, i Item) string { return d.serialOf(i) }},
		{"short", 2, render.Middle, func(d Desk, _ Batch, i Item) string { return d.short(i) }},
		{"title", 5.6, render.Start, func(_ Desk, _ Batch, i Item) string { return i.Title }},
		{"state", 1.8, render.Middle, func(_ Desk, b Batch, i Item) string {
			if st, ok := b.Procedure.Case.State(i.State); ok {
				return st.Label
			}
			return i.State
		}},
		{"deputy", 2, render.Middle, named("person", func(i Item) string { return i.Deputy })},
		{"delegation", 2.2, render.Middle, extra(suggestion.Delegation)},
		{"signers", 1.2, render.Middle, func(_ Desk, _ Batch, i Item) string { return count(int64(i.Signed())) }},
		{"raised_on", 3.1, render.Middle, instant(func(i Item) int64 { return i.AcceptedAt })},
		{"category", 2.5, render.Middle, named("category", func(i Item) string { return i.Category })},
		{"category_region", 2.4, render.Middle, named("category", func(i Item) string { return i.Get(suggestion.CategoryRegion) })},
		{"plan_lead", 2.8, render.Start, plan(suggestion.PlanLead)},
		{"plan_co", 2.8, render.Start, plan(suggestion.PlanCo)},
		{"plan_split", 2.8, render.Start, plan(suggestion.PlanSplit)},
		{"plan_words", 3.6, render.Start, func(_ Desk, b Batch, i Item) string { return b.Texts[i.Get(suggestion.PlanWords)] }},
		{"addressee", 2.8, render.Start, named("agency", func(i Item) string { return i.Row.Addressee })},
		{"letter_number", 2.4, render.Start, func(_ Desk, b Batch, i Item) string { return b.Texts[i.Get(suggestion.LetterNumber)] }},
		{"dispatched_on", 3.1, render.Middle, instant(func(i Item) int64 { return i.Row.DispatchedAt })},
		{"lead", 2.8, render.Start, agencies(func(answer, _ []*casework.Assignment) []*casework.Assignment { return answer })},
		{"co", 2.8, render.Start, agencies(func(_, opine []*casework.Assignment) []*casework.Assignment { return opine })},
		{"signed_on", 3.1, render.Middle, instant(func(i Item) int64 { return i.Row.SignedAt })},
		{"due_on", 3.1, render.Middle, func(_ Desk, _ Batch, i Item) string { return lastDay(i.Row.DueAt) }},
		{"batch_due", 3.1, render.Middle, func(_ Desk, _ Batch, i Item) string { return i.Row.BatchDue }},
		{"leader", 2, render.Middle, parts(func(b Batch, a *casework.Assignment) string { return b.Texts[a.Get(suggestion.Leader)] })},
		{"met", 1.2, render.Middle, func(d Desk, _ Batch, i Item) string {
			if i.Row.Met {
				return d.T("paper.yes")
			}
			return ""
		}},
		{"answered_on", 3.1, render.Middle, instant(func(i Item) int64 { return i.Row.AnsweredAt })},
		{"doc_number", 2.6, render.Start, parts(func(b Batch, a *casework.Assignment) string { return b.Texts[a.Get(suggestion.DocNumber)] })},
		{"days_late", 1.4, render.Middle, func(d Desk, _ Batch, i Item) string {
			if n := daysLate(i, d.Today); n > 0 {
				return count(int64(n))
			}
			return ""
		}},
		{"proposed", 1.6, render.Middle, letter(func(i Item) string { return i.Get(suggestion.Proposed) })},
		{"class", 1.6, render.Middle, letter(func(i Item) string { return i.Class })},
		{"first_class", 1.6, render.Middle, letter(func(i Item) string { return i.Get(suggestion.FirstClass) })},
		{"promise", 4, render.Start, parts(func(b Batch, a *casework.Assignment) string { return b.Texts[a.PromiseText] })},
		{"promise_on", 3.1, render.Middle, func(_ Desk, _ Batch, i Item) string { return i.Row.PromiseOn }},
		{"attitude", 1.6, render.Middle, choice("satisfaction", func(i Item) string { return i.Attitude })},
		{"result", 1.6, render.Middle, choice("satisfaction", func(i Item) string { return i.Result })},
		{"collected", 2.2, render.Middle, none},
		{"asked", 1.6, render.Middle, none},
		{"comment", 3.6, render.Start, none},
		{"key", 1.2, render.Middle, func(d Desk, _ Batch, i Item) string {
			if i.Row.Key {
				return d.T("paper.yes")
			}
			return ""
		}},
		{"key_leader", 2.2, render.Middle, func(_ Desk, b Batch, i Item) string { return b.Texts[i.Get(suggestion.KeyLeader)] }},
		{"key_committee", 2.8, render.Start, named("agency", func(i Item) string { return i.Row.KeyCommittee })},
		{"remark", 2.6, render.Start, none},
	}
}

// daysLate is how many days an answer that is still owed is late.
func daysLate(i Item, today deadline.Date) int {
	if i.Row.DueAt == 0 || i.Row.AnsweredAt != 0 || i.Row.EndedAt != 0 {
		return 0
	}
	return max(0, deadline.DateOf(store.Time(i.Row.DueAt-1)).Until(today))
}

// serialOf names a suggestion by session and number; "" before it has one.
func (d Desk) serialOf(i Item) string {
	if i.Row.Serial == 0 {
		return ""
	}
	return SerialWords(d, d.Names.Of("congress_session", i.Row.Session), i.Row.Phase, i.Row.Serial)
}

// SerialWords is a number in its session's series, as papers and pages write it.
func SerialWords(w Words, session, phase string, n any) string {
	if phase == suggestion.Recess {
		return w.T("paper.serial_recess", "Session", session, "N", n)
	}
	return w.T("paper.serial", "Session", session, "N", n)
}

// short is a number without its session.
func (d Desk) short(i Item) string {
	if i.Row.Serial == 0 {
		return ""
	}
	return d.T("paper.short", "N", i.Row.Serial)
}

// numbered is the column that tells a batch's suggestions apart: their bare numbers within one series, else with the session.
func (b Batch) numbered() string {
	if b.Session.ID != "" && b.Phase != "" {
		return "short"
	}
	return "serial"
}

func (d Desk) numberOf(b Batch, i Item) string {
	if b.numbered() == "short" {
		return d.short(i)
	}
	return d.serialOf(i)
}

// pick finds columns by key, under their own headings.
func (d Desk) pick(keys ...string) []Chosen {
	all := Columns()
	var chosen []Chosen
	for _, key := range keys {
		i := slices.IndexFunc(all, func(c Column) bool { return c.Key == key })
		chosen = append(chosen, Chosen{Column: all[i], Heading: d.T("paper.column." + key)})
	}
	return chosen
}

// table lays items out in columns.
func (d Desk) table(b Batch, columns []Chosen, points float64) render.Table {
	t := render.Table{Points: points}
	for _, c := range columns {
		t.Columns = append(t.Columns, render.Column{Title: c.Heading, Width: c.Width, Align: c.Align})
	}
	for n, i := range b.Items {
		t.Rows = append(t.Rows, d.line(b, columns, i, n+1))
	}
	return t
}

func (d Desk) line(b Batch, columns []Chosen, i Item, n int) []render.Cell {
	row := make([]render.Cell, len(columns))
	for j, c := range columns {
		row[j].Text = c.value(d, b, i)
		if c.Key == "n" {
			row[j].Text = count(int64(n))
		}
	}
	return row
}

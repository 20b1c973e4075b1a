package pages

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/table"
	"lianxin/internal/web"
)

// maxSheet is how many rows an export holds (our default).
const maxSheet = 10_000

// column is one that a spreadsheet of cases may have. None shows who submitted a case.
type column struct {
	key   string // of its label
	value func(t *sheet, c *casework.Listed) string
}

// sheet words cases for a spreadsheet.
type sheet struct {
	p      *web.Page
	proc   *procedure.Procedure
	names  registry.Names
	bodies map[string]string
}

func columns() []column {
	day := dayOf
	named := func(table string, id func(c *casework.Listed) string) func(*sheet, *casework.Listed) string {
		return func(t *sheet, c *casework.Listed) string {
			if id(c) == "" {
				return ""
			}
			return t.names.Of(table, id(c))
		}
	}
	choice := func(dictionary string, value func(c *casework.Listed) string) func(*sheet, *casework.Listed) string {
		return func(t *sheet, c *casework.Listed) string {
			found, _ := t.proc.Choice(dictionary, value(c))
			return found.Label
		}
	}
	return []column{
		{"case.number", func(_ *sheet, c *casework.Listed) string { return c.Number }},
		{"case.title", func(_ *sheet, c *casework.Listed) string { return c.Title }},
		{"case.state", func(t *sheet, c *casework.Listed) string {
			st, _ := t.proc.Case.State(c.State)
			if st == nil {
				return c.State
			}
			return st.Label
		}},
		{"case.received", func(_ *sheet, c *casework.Listed) string { return day(c.ReceivedAt) }},
		{"case.due", func(_ *sheet, c *casework.Listed) string { return day(max(c.DueAt-1, 0)) }},
		{"case.category", named("category", func(c *casework.Listed) string { return c.Category })},
		{"case.office", named("office", func(c *casework.Listed) string { return c.Office })},
		{"case.station", named("station", func(c *casework.Listed) string { return c.Station })},
		{"case.grid", named("grid", func(c *casework.Listed) string { return c.Grid })},
		{"case.deputy", named("person", func(c *casework.Listed) string { return c.Deputy })},
		{"case.agency", named("agency", func(c *casework.Listed) string { return c.LeadAgency })},
		{"sheet.assigned", func(_ *sheet, c *casework.Listed) string { return day(c.AssignedAt) }},
		{"sheet.answered", func(_ *sheet, c *casework.Listed) string { return day(c.AnsweredAt) }},
		{"case.class", choice("class", func(c *casework.Listed) string { return c.Class })},
		{"case.promise_on", func(_ *sheet, c *casework.Listed) string { return c.PromiseOn }},
		{"sheet.attitude", choice("satisfaction", func(c *casework.Listed) string { return c.Attitude })},
		{"sheet.result", choice("satisfaction", func(c *casework.Listed) string { return c.Result })},
		{"case.first_verdict", choice("satisfaction", func(c *casework.Listed) string { return c.FirstResult })},
		{"sheet.closed", func(_ *sheet, c *casework.Listed) string { return day(c.ClosedAt) }},
		{"case.source", func(t *sheet, c *casework.Listed) string { return t.p.T("source." + c.Source) }},
		{"case.body", func(t *sheet, c *casework.Listed) string { return t.bodies[c.BodyText] }},
		{"case.reply", func(t *sheet, c *casework.Listed) string { return t.bodies[c.ReplyText] }},
		{"suggestion.serial_column", func(t *sheet, c *casework.Listed) string { return serial(t.p, t.names, &c.Case) }},
		{"suggestion.delegation", func(_ *sheet, c *casework.Listed) string { return c.Get(suggestion.Delegation) }},
		{"suggestion.signers", func(_ *sheet, c *casework.Listed) string { return strconv.Itoa(c.Signed()) }},
		{"suggestion.category_region", named("category", func(c *casework.Listed) string { return c.Get(suggestion.CategoryRegion) })},
		{"suggestion.proposed_class", choice("class", func(c *casework.Listed) string { return c.Get(suggestion.Proposed) })},
		{"suggestion.first_class", choice("class", func(c *casework.Listed) string { return c.Get(suggestion.FirstClass) })},
		{"suggestion.disclosure", choice("disclosure", func(c *casework.Listed) string { return c.Get(suggestion.Disclosure) })},
		{"suggestion.plan", func(t *sheet, c *casework.Listed) string {
			return several(t.names, "agency", c.Get(suggestion.PlanLead)+","+c.Get(suggestion.PlanCo)+","+c.Get(suggestion.PlanSplit))
		}},
	}
}

// usual are the columns ticked to begin with.
var usual = []string{"case.number", "case.title", "case.state", "case.received", "case.due", "case.category", "case.agency", "case.class", "sheet.result"}

func (s *Site) sheetRoutes() {
	s.Handle("GET /cases/export", signedIn(s.exportPage))
	s.Handle("GET /cases/export.xlsx", signedIn(s.export))
}

// exportPage asks which columns of the list that is being looked at.
func (s *Site) exportPage(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	v := &formView{Page: s.Page(r, "sheet.title")}
	v.Lead, v.Up = v.T("sheet.lead", "Max", maxSheet), &web.Link{Href: "/cases?" + r.URL.RawQuery, Text: v.T("cases.title")}
	var options []web.Option
	for i, c := range columns() {
		options = append(options, web.Option{Value: strconv.Itoa(i), Label: v.T(c.key)})
	}
	v.Form = v.Page.Filter("/cases/export.xlsx", &web.Field{Name: "column", Kind: web.Checks, Label: v.T("sheet.columns"), Options: options}).As("export")
	for i, c := range columns() {
		if slices.Contains(usual, c.key) {
			v.Form.Fields[0].Values = append(v.Form.Fields[0].Values, strconv.Itoa(i))
		}
	}
	for name, values := range r.URL.Query() {
		if name != "cursor" && name != "column" && values[0] != "" {
			v.Form.Add(&web.Field{Name: name, Kind: web.Hidden, Value: values[0]})
		}
	}
	v.Form.Submit = v.T("sheet.download")
	return s.Render(w, r, "form", v)
}

// export answers with the list as a spreadsheet.
func (s *Site) export(w http.ResponseWriter, r *http.Request, me *visitor) error {
	proc, err := s.listed(r)
	if err != nil {
		return err
	}
	p := s.Page(r, "cases.title")
	t := &sheet{p: &p, proc: proc}
	if t.names, err = registry.LoadNames(r.Context(), s.DB.Reader()); err != nil {
		return err
	}
	chosen := chosenColumns(r.URL.Query()["column"])
	cases, err := s.whole(r, me)
	if err != nil {
		return err
	}
	if err := s.loadBodies(r, t, chosen, cases); err != nil {
		return err
	}
	rows := [][]string{nil}
	for _, c := range chosen {
		rows[0] = append(rows[0], p.T(c.key))
	}
	for i := range cases {
		row := make([]string, len(chosen))
		for j, c := range chosen {
			row[j] = c.value(t, &cases[i])
		}
		rows = append(rows, row)
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="cases-`+string(deadline.DateOf(s.now()))+`.xlsx"`)
	h.Set("Cache-Control", "private, no-store")
	return table.WriteExcel(w, p.T("cases.title"), rows)
}

func chosenColumns(values []string) []column {
	all := columns()
	var chosen []column
	for _, v := range values {
		if i, err := strconv.Atoi(v); err == nil && i >= 0 && i < len(all) {
			chosen = append(chosen, all[i])
		}
	}
	if len(chosen) == 0 {
		for _, c := range all {
			if slices.Contains(usual, c.key) {
				chosen = append(chosen, c)
			}
		}
	}
	return chosen
}

// whole reads the list to its end, or to the most an export holds.
func (s *Site) whole(r *http.Request, me *visitor) ([]casework.Listed, error) {
	q := r.URL.Query()
	value := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	proc, err := s.listed(r)
	if err != nil {
		return nil, err
	}
	query := queryOf(proc.Kind, value)
	if err := s.within(r.Context(), me.actor, proc.Kind, value, &query); err != nil {
		return nil, err
	}
	return s.toTheEnd(r.Context(), me.actor, query)
}

// toTheEnd reads what a query selects, page by page, up to the most an export holds.
func (s *Site) toTheEnd(ctx context.Context, actor policy.Actor, query casework.Query) ([]casework.Listed, error) {
	query.Limit = 200
	var all []casework.Listed
	for len(all) < maxSheet {
		page, err := s.Cases.List(ctx, actor, query)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Cases...)
		if page.Next == "" {
			break
		}
		query.Cursor = page.Next
	}
	return all, nil
}

// loadBodies reads the long texts, where a column shows them.
func (s *Site) loadBodies(r *http.Request, t *sheet, chosen []column, cases []casework.Listed) error {
	var congresses, ids []string
	for i := range cases {
		if !slices.Contains(congresses, cases[i].CongressID) {
			congresses = append(congresses, cases[i].CongressID)
		}
	}
	for _, c := range chosen {
		for i := range cases {
			switch {
			case c.key == "case.body":
				ids = append(ids, cases[i].BodyText)
			case c.key == "case.reply" && cases[i].ReplyText != "":
				ids = append(ids, cases[i].ReplyText)
			}
		}
	}
	var err error
	t.bodies, err = s.Cases.Bodies(r.Context(), congresses, ids)
	return err
}

package pages

import (
	"net/http"
	"path"
	"strconv"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/suggestion"
	"lianxin/internal/table"
	"lianxin/internal/web"
)

type boardListView struct {
	web.Page
	Filter *web.Form
	Hidden string // how many more the board counts than this visitor may read
	Table  web.Table
	Pager  web.Pager
}

// boardList is what stands behind a number of a board: the same filter and the number's condition, of what the visitor may read.
func (s *Site) boardList(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &boardListView{Page: s.Page(r, "board.list")}
	v.Up = &web.Link{Href: boardPath, Text: v.T("board.title")}
	b, err := s.boardOf(r, me, &v.Page, boardPath+"/list")
	if err != nil {
		return err
	}
	v.Filter = b.form
	var measures, groups []web.Option
	for _, m := range suggestion.Measures(b.proc) {
		measures = append(measures, web.Option{Value: m.Name, Label: v.T("board." + m.Name)})
	}
	for _, d := range suggestion.Dimensions() {
		groups = append(groups, web.Option{Value: d, Label: v.T("board.by." + d)})
	}
	b.form.Add(&web.Field{Name: "measure", Kind: web.Select, Label: v.T("board.measure"), Options: measures},
		&web.Field{Name: "none", Kind: web.Select, Label: v.T("board.without"), Options: groups})
	if err := b.read(r); err != nil {
		return s.Again(w, r, "board-list", v, v.Filter, err)
	}
	query := casework.Query{Kind: suggestion.Kind, Cursor: r.URL.Query().Get("cursor")}
	b.filter.Congress = b.congress
	if err := b.filter.Narrow(r.Context(), s.Cases, &query); err != nil {
		return s.Again(w, r, "board-list", v, v.Filter, err)
	}
	page, err := s.Cases.List(r.Context(), me.actor, query)
	if err != nil {
		return err
	}
	if err := b.hidden(r, v, page); err != nil {
		return err
	}
	v.Pager = web.Pager{Summary: total(&v.Page, page.Total)}
	if query.Cursor != "" {
		v.Pager.First = v.Filter.Link()
	}
	if page.Next != "" {
		v.Pager.Next = v.Filter.Link("cursor", page.Next)
	}
	if err := b.list(r, v, page); err != nil {
		return err
	}
	return s.Render(w, r, "board-list", v)
}

// hidden tells how many the board counts that the visitor may not read; a board counts them all the same.
func (b *board) hidden(r *http.Request, v *boardListView, page casework.Page) error {
	if b.filter.Measure == "" || page.Total >= casework.CountedTo {
		return nil
	}
	_, all, err := suggestion.Board(r.Context(), b.s.Cases, b.congress, "phase", b.filter)
	if err != nil {
		return err
	}
	if n := all.Counts[b.filter.Measure] - int64(page.Total); n > 0 {
		v.Hidden = v.T("board.hidden", "N", n)
	}
	return nil
}

func (b *board) list(r *http.Request, v *boardListView, page casework.Page) error {
	answering, err := suggestion.Answering(r.Context(), b.s.Cases, page.Cases)
	if err != nil {
		return err
	}
	v.Table = web.Table{ID: "results", Caption: v.Title, Empty: web.Empty{Text: v.T("cases.none")}, Columns: []web.Column{{Label: v.T("case.number"), Narrow: true},
		{Label: v.T("case.title")}, {Label: v.T("board.by.category"), Narrow: true}, {Label: v.T("case.state"), Narrow: true}, {Label: v.T("case.agency")},
		{Label: v.T("case.due"), Narrow: true}, {Label: v.T("case.class")}, {Label: v.T("case.verdict"), Narrow: true}}}
	for _, c := range page.Cases {
		state, due, agency, category := web.Cell{}, web.Cell{}, "", ""
		if st, ok := b.proc.Case.State(c.State); ok {
			state.Badge = &web.Badge{Text: st.Label, Tone: tone(c.State)}
		}
		if c.DueAt != 0 {
			due = web.Cell{Text: string(deadline.DateOf(microTime(c.DueAt - 1))), Lamp: deadline.LampOf(c.AmberAt, c.DueAt, b.s.now())}
		}
		if id := answering[c.ID]; id != "" {
			agency = b.names.Of("agency", id)
		}
		if c.Category != "" {
			category = b.names.Of("category", c.Category)
		}
		class, _ := b.proc.Choice("class", c.Class)
		v.Table.Rows = append(v.Table.Rows, []web.Cell{{Text: c.Number, Href: casePath(c.Number, "")}, {Text: c.Title, Href: casePath(c.Number, "")}, {Text: category}, state,
			{Text: agency}, due, {Text: class.Label}, {Text: verdict(&v.Page, b.proc, &c.Case)}})
	}
	return nil
}

// boardSheet answers with the board as a spreadsheet: each rate with both its numbers.
func (s *Site) boardSheet(w http.ResponseWriter, r *http.Request, me *visitor) error {
	p := s.Page(r, "board.title")
	b, err := s.boardOf(r, me, &p, boardPath)
	if err != nil {
		return err
	}
	if err := b.read(r); err != nil {
		return err
	}
	if err := b.count(r.Context()); err != nil {
		return err
	}
	rows := [][]string{{p.T("board.by." + b.by)}}
	measures := suggestion.Measures(b.proc)
	for _, m := range measures {
		rows[0] = append(rows[0], p.T("board."+m.Name))
	}
	for _, rate := range suggestion.Rates() {
		rows[0] = append(rows[0], p.T("board.rate_percent", "Rate", p.T("board.rate."+rate.Name)))
	}
	add := func(name string, l suggestion.Line) {
		row := []string{name}
		for _, m := range measures {
			row = append(row, strconv.FormatInt(l.Counts[m.Name], 10))
		}
		for _, rate := range suggestion.Rates() {
			row = append(row, shareOf(l, rate).Percent())
		}
		rows = append(rows, row)
	}
	for _, l := range b.lines {
		add(b.group(l.Group), l)
	}
	add(p.T("board.total"), b.total)
	return s.sheetOf(w, r, p.Title, rows)
}

// sheetOf answers with rows as Excel or CSV, as the address asks, under the page's own name.
func (s *Site) sheetOf(w http.ResponseWriter, r *http.Request, title string, rows [][]string) error {
	h, name := w.Header(), path.Base(r.URL.Path)
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Disposition", `attachment; filename="`+string(deadline.DateOf(s.now()))+"-"+name+`"`)
	if path.Ext(name) == ".csv" {
		h.Set("Content-Type", "text/csv; charset=utf-8")
		return table.WriteCSV(w, rows)
	}
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return table.WriteExcel(w, title, rows)
}

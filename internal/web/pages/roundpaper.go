package pages

import (
	"net/http"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
	"lianxin/internal/web/paper"
)

// roundPaper is a round's own report as a paper: before and after, by agency, and who did not deliver.
func (s *Site) roundPaper(w http.ResponseWriter, r *http.Request, me *visitor) error {
	l, err := s.roundOf(r, me)
	if err != nil {
		return err
	}
	name, ext, _ := strings.Cut(r.PathValue("file"), ".")
	if name != "report" {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	v := &roundView{Page: s.Page(r, "round.title")}
	if v.Missing, err = s.missing(r, me, v, l); err != nil {
		return err
	}
	desk, err := s.paperDesk(r, &v.Page)
	if err != nil {
		return err
	}
	var numbers []paper.Number
	for _, f := range suggestion.Finds(l.proc) {
		numbers = append(numbers, paper.Number{Label: v.T("round.find." + f.Name), N: l.report.Total.Counts[f.Name]})
	}
	report := desk.Round(paper.Round{Name: l.round.Name, Days: v.T("sitting.from_to", "From", v.Date(l.round.StartsOn), "To", v.Date(l.round.DueOn)), Solved: l.solved(&v.Page), Numbers: numbers,
		Steps: paperTable(l.steps(&v.Page)), Agencies: paperTable(l.agencies(&v.Page)), Missing: paperTable(v.Missing)})
	if ext == asSheet {
		var rows [][]string
		for _, t := range []web.Table{l.steps(&v.Page), l.agencies(&v.Page), v.Missing} {
			rows = append(append(rows, []string{t.Caption}), append(paperTable(t).Sheet(), nil)...)
		}
		return s.excel(w, report.Name, l.round.ID, rows)
	}
	return s.paper(w, r, report, ext, l.round.ID)
}

// paperTable is a page's table as a paper has it.
func paperTable(t web.Table) render.Table {
	out := render.Table{Points: 10.5}
	for _, c := range t.Columns {
		width := 3.0
		if c.Narrow {
			width = 1
		}
		out.Columns = append(out.Columns, render.Column{Title: c.Label, Width: width})
	}
	for _, row := range t.Rows {
		var texts []string
		for _, c := range row {
			texts = append(texts, c.Text)
		}
		out.Rows = append(out.Rows, render.Line(texts...))
	}
	return out
}

// callBackOf is the page that draws those deputies who are rung and asked whether they said what the record says.
func (s *Site) callBackOf(r *http.Request, me *visitor) (pick, error) {
	if !me.actor.Has(policy.Clerk) {
		return pick{}, errs.New(errs.Denied, "errs.denied")
	}
	p := s.Page(r, "callback.title")
	congress := me.actor.Under("").Congress
	list, err := registry.Sessions(r.Context(), s.DB.Reader(), congress)
	if err != nil {
		return pick{}, err
	}
	var sessions []web.Option
	for _, ss := range list {
		sessions = append(sessions, web.Option{Value: ss.ID, Label: ss.Name})
	}
	fields := append([]*web.Field{{Name: "session", Kind: web.Select, Label: p.T("suggestion.session"), Options: sessions, Required: true}}, s.drawFields(&p)...)
	return pick{path: "/suggestions/call-back", action: "sample", up: web.Link{Href: "/suggestions", Text: p.T("nav.suggestions")}, title: "callback.title", lead: p.T("callback.lead"), fields: fields,
		find: func(f *web.Form) ([]casework.Listed, error) {
			judged, err := suggestion.Select(r.Context(), s.Cases, me.actor, suggestion.Selection{States: []string{"answered", "done"}, Judged: true,
				Filter: suggestion.Filter{Congress: congress, Session: f.Value("session"), Measure: "evaluated"}})
			if err != nil {
				return nil, err
			}
			return s.draw(r.Context(), f, judged)
		}}, nil
}

func (s *Site) callBackPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	p, err := s.callBackOf(r, me)
	if err != nil {
		return err
	}
	return s.pickPage(w, r, me, p)
}

func (s *Site) calledBack(w http.ResponseWriter, r *http.Request, me *visitor) error {
	p, err := s.callBackOf(r, me)
	if err != nil {
		return err
	}
	return s.picked(w, r, me, p)
}

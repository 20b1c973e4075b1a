package pages

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

// pick is a page on which suggestions are selected by conditions, shown, and a step is taken for each of them.
type pick struct {
	path   string
	action string
	up     web.Link
	title  string
	lead   string
	fields []*web.Field // conditions, in the address
	asked  []*web.Field // what the step asks beside
	given  casework.Input
	find   func(f *web.Form) ([]casework.Listed, error)
}

// pickView fills the page: the conditions, and once they were sent what they select.
func (s *Site) pickView(r *http.Request, me *visitor, p pick) (*bulkView, bulkAction, error) {
	b := bulkActions[slices.IndexFunc(bulkActions, func(b bulkAction) bool { return b.name == p.action })]
	v := &bulkView{Page: s.Page(r, p.title)}
	v.Lead, v.Up = p.lead, &p.up
	if !me.actor.Has(b.roles...) {
		return v, b, errs.New(errs.Denied, "errs.denied")
	}
	v.Filter = v.Page.Filter(p.path, p.fields...)
	v.Filter.Submit = v.T("pick.select")
	return v, b, nil
}

// pickPage shows what is selected and asks for the step.
func (s *Site) pickPage(w http.ResponseWriter, r *http.Request, me *visitor, p pick) error {
	v, _, err := s.pickView(r, me, p)
	if err != nil || r.URL.RawQuery == "" {
		return s.shown(w, r, v, err)
	}
	if err := v.Filter.Read(r); err != nil {
		return s.Again(w, r, "bulk", v, v.Filter, err)
	}
	found, err := p.find(v.Filter)
	if err != nil {
		return s.Again(w, r, "bulk", v, v.Filter, err)
	}
	if err := s.pickTable(r, v, found); err != nil {
		return err
	}
	if len(found) == 0 {
		return s.Render(w, r, "bulk", v)
	}
	numbers := make([]string, len(found))
	for i, c := range found {
		numbers[i] = c.Number
	}
	v.Form = v.Page.Form(p.path, append(p.asked, &web.Field{Name: "numbers", Kind: web.Hidden, Value: strings.Join(numbers, ",")})...)
	v.Form.Submit, v.Form.Cancel = v.T(p.title)+v.T("pick.count", "N", len(found)), p.up.Href
	return s.Render(w, r, "bulk", v)
}

func (s *Site) shown(w http.ResponseWriter, r *http.Request, v *bulkView, err error) error {
	if err != nil {
		return err
	}
	return s.Render(w, r, "bulk", v)
}

// picked takes the step for what was shown.
func (s *Site) picked(w http.ResponseWriter, r *http.Request, me *visitor, p pick) error {
	v, b, err := s.pickView(r, me, p)
	if err != nil {
		return err
	}
	kind, err := s.Cases.Kind(suggestion.Kind)
	if err != nil {
		return err
	}
	action, _ := b.find(kind.Procedure)
	v.Filter = nil
	v.Form = v.Page.Form(p.path, append(p.asked, &web.Field{Name: "numbers", Kind: web.Hidden, Required: true, Max: suggestion.MostSelected * 24})...)
	v.Form.Submit, v.Form.Cancel = v.T(p.title), p.up.Href
	in, err := s.input(r, v.Form)
	numbers := chosen(strings.Split(v.Form.Value("numbers"), ","))
	if err != nil || len(numbers) == 0 {
		return s.Again(w, r, "bulk", v, v.Form, cmp.Or(err, error(errs.New(errs.Invalid, "bulk.none"))))
	}
	delete(in, "numbers")
	for name, value := range p.given {
		in[name] = value
	}
	s.carryOut(r, me, v, b, action, numbers, in)
	return s.Render(w, r, "bulk", v)
}

// pickTable shows the selection.
func (s *Site) pickTable(r *http.Request, v *bulkView, found []casework.Listed) error {
	kind, err := s.Cases.Kind(suggestion.Kind)
	if err != nil {
		return err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	answering, err := suggestion.Answering(r.Context(), s.Cases, found)
	if err != nil {
		return err
	}
	v.Table = web.Table{Caption: v.T("pick.found", "N", len(found)), ShowCaption: true, Empty: web.Empty{Text: v.T("pick.none")}, Columns: []web.Column{{Label: v.T("case.number"), Narrow: true},
		{Label: v.T("case.title")}, {Label: v.T("case.agency")}, {Label: v.T("case.class")}, {Label: v.T("sheet.answered"), Narrow: true}, {Label: v.T("case.verdict"), Narrow: true}}}
	for _, c := range found {
		class, _ := kind.Procedure.Choice("class", c.Class)
		answered := ""
		if c.AnsweredAt != 0 {
			answered = string(deadline.DateOf(microTime(c.AnsweredAt)))
		}
		v.Table.Rows = append(v.Table.Rows, []web.Cell{{Text: c.Number, Href: casePath(c.Number, ""), Note: serial(&v.Page, names, &c.Case)}, {Text: c.Title}, {Text: names.Of("agency", answering[c.ID])},
			{Text: class.Label}, {Text: answered}, {Text: verdict(&v.Page, kind.Procedure, &c.Case)}})
	}
	return nil
}

// drawFields ask how many are drawn, and by what.
func (s *Site) drawFields(p *web.Page) []*web.Field {
	return []*web.Field{{Name: "share", Kind: web.Line, Label: p.T("pick.share"), Hint: p.T("pick.share_hint"), Required: true, Narrow: true, Max: 3, Value: "20"},
		{Name: "seed", Kind: web.Line, Label: p.T("pick.seed"), Hint: p.T("pick.seed_hint"), Required: true, Narrow: true, Max: 40, Value: string(deadline.DateOf(s.now()))}}
}

// draw draws among cases by what the form asks, of every agency alike.
func (s *Site) draw(ctx context.Context, f *web.Form, among []casework.Listed) ([]casework.Listed, error) {
	share, err := strconv.Atoi(strings.TrimSpace(f.Value("share")))
	if err != nil {
		share = 0 // refused as no share
	}
	answering, err := suggestion.Answering(ctx, s.Cases, among)
	if err != nil {
		return nil, err
	}
	var lots []suggestion.Lot
	for _, c := range among {
		lots = append(lots, suggestion.Lot{ID: c.Number, Stratum: answering[c.ID]})
	}
	drawn, err := suggestion.Draw(lots, share, f.Value("seed"))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(among, func(c casework.Listed) bool { return !slices.Contains(drawn, c.Number) }), nil
}

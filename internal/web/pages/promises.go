package pages

import (
	"fmt"
	"net/http"
	"strconv"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/opinion"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

// maxPromises is how many lines the ledger shows (our default).
const maxPromises = 500

// promises is the ledger 承诺台账: who owes what by when, and what became of it.
func (s *Site) promises(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &listView{Page: s.Page(r, "promises.title")}
	v.Lead = v.T("promises.lead")
	var states []web.Option
	for _, st := range []string{casework.PromiseOpen, casework.PromiseMissed, casework.PromiseKept} {
		states = append(states, web.Option{Value: st, Label: v.T("promise." + st)})
	}
	agencies, err := builder{s: s, ctx: r.Context(), p: &v.Page}.agencies()
	if err != nil {
		return err
	}
	v.Filter = v.Page.Filter("/promises", &web.Field{Name: "state", Kind: web.Select, Label: v.T("promises.state"), Options: states},
		&web.Field{Name: "agency", Kind: web.Select, Label: v.T("case.agency"), Options: agencies})
	if err := v.Filter.Read(r); err != nil {
		return s.Again(w, r, "cases", v, v.Filter, err)
	}
	list, err := s.Cases.Promises(r.Context(), me.actor, v.Filter.Value("state"), v.Filter.Value("agency"), maxPromises)
	if err != nil {
		return err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	v.Pager.Summary = total(&v.Page, len(list))
	v.Table = web.Table{ID: "results", Caption: v.Title, Empty: web.Empty{Text: v.T("promises.none")}, Columns: []web.Column{{Label: v.T("promises.on"), Narrow: true},
		{Label: v.T("promises.state"), Narrow: true}, {Label: v.T("case.promise")}, {Label: v.T("case.agency")}, {Label: v.T("case.number"), Narrow: true}, {Label: v.T("case.title")}}}
	today := deadline.DateOf(s.now())
	for _, p := range list {
		on := web.Cell{Text: string(p.On)}
		if p.State == casework.PromiseOpen {
			on.Lamp = promiseLamp(p.On, today)
		}
		if p.Moves > 0 {
			on.Note = v.T("promises.moved", "N", p.Moves)
		}
		v.Table.Rows = append(v.Table.Rows, []web.Cell{on, {Badge: &web.Badge{Text: v.T("promise." + p.State), Tone: promiseTone(p.State)}}, {Text: p.Words},
			{Text: names.Of("agency", p.Agency)}, {Text: p.Number, Href: fmt.Sprintf("/cases/%s#a%d", p.Number, p.N)}, {Text: p.Title}})
	}
	return s.Render(w, r, "promises", v)
}

// promiseLamp turns amber in the last ten days, as the promise comes back to the desk.
func promiseLamp(on, today deadline.Date) deadline.Lamp {
	switch days := today.Until(on); {
	case days < 0:
		return deadline.LampRed
	case days <= 10:
		return deadline.LampAmber
	}
	return deadline.LampGreen
}

func promiseTone(state string) string {
	switch state {
	case casework.PromiseKept:
		return web.Good
	case casework.PromiseMissed:
		return web.Bad
	}
	return web.Caution
}

type serviceView struct {
	web.Page
	Filter *web.Form
	Table  web.Table
}

// maxService is how many matters a service list holds (our default).
const maxService = 200

// serviceList is 问题清单→服务清单 of a station, a grid or a deputy: what was raised, who has it, what came of it; made to be printed.
func (s *Site) serviceList(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &serviceView{Page: s.Page(r, "service.title")}
	kind, err := s.Cases.Kind(opinion.Kind)
	if err != nil {
		return err
	}
	if v.Filter, err = s.serviceFilter(r, &v.Page); err != nil {
		return err
	}
	if err := v.Filter.Read(r); err != nil {
		return s.Again(w, r, "service", v, v.Filter, err)
	}
	f := v.Filter.Value
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	if of := s.serviceOf(names, f); of != "" {
		v.Title = v.T("service.of", "Of", of)
	}
	page, err := s.Cases.List(r.Context(), me.actor, casework.Query{Kind: opinion.Kind, Station: f("station"), Grid: f("grid"), Deputy: f("deputy"),
		From: deadline.Date(f("from")), To: deadline.Date(f("to")), Limit: maxService})
	if err != nil {
		return err
	}
	v.Lead = v.T("service.lead", "N", len(page.Cases), "Date", v.Page.Date(deadline.DateOf(s.now())))
	v.Table = web.Table{Caption: v.Title, Empty: web.Empty{Text: v.T("cases.none")}, Columns: []web.Column{{Label: v.T("urging.column_n"), Narrow: true},
		{Label: v.T("case.received"), Narrow: true}, {Label: v.T("service.matter")}, {Label: v.T("case.agency")}, {Label: v.T("case.state"), Narrow: true},
		{Label: v.T("case.class"), Narrow: true}, {Label: v.T("case.verdict"), Narrow: true}}}
	for i, c := range page.Cases {
		class, _ := kind.Procedure.Choice("class", c.Class)
		state, agency := c.State, ""
		if st, ok := kind.Procedure.Case.State(c.State); ok {
			state = st.Label
		}
		if c.LeadAgency != "" {
			agency = names.Of("agency", c.LeadAgency)
		}
		v.Table.Rows = append(v.Table.Rows, []web.Cell{{Text: strconv.Itoa(i + 1)}, {Text: string(deadline.DateOf(microTime(c.ReceivedAt)))},
			{Text: c.Title, Href: "/cases/" + c.Number, Note: c.Number}, {Text: agency}, {Text: state}, {Text: class.Label}, {Text: verdict(&v.Page, kind.Procedure, &c.Case)}})
	}
	return s.Render(w, r, "service", v)
}

// serviceOf names what the list is of.
func (s *Site) serviceOf(names registry.Names, value func(string) string) string {
	for _, of := range [][2]string{{"deputy", "person"}, {"grid", "grid"}, {"station", "station"}} {
		if id := value(of[0]); id != "" {
			return names.Of(of[1], id)
		}
	}
	return ""
}

func (s *Site) serviceFilter(r *http.Request, p *web.Page) (*web.Form, error) {
	today := deadline.DateOf(s.now())
	stations, err := registry.Stations(r.Context(), s.DB.Reader(), today)
	if err != nil {
		return nil, err
	}
	grids, err := registry.Grids(r.Context(), s.DB.Reader(), today)
	if err != nil {
		return nil, err
	}
	people, err := registry.People(r.Context(), s.DB.Reader(), today)
	if err != nil {
		return nil, err
	}
	var stationOptions, gridOptions, deputyOptions []web.Option
	for _, st := range stations {
		stationOptions = append(stationOptions, web.Option{Value: st.ID, Label: st.Name})
	}
	for _, g := range grids {
		gridOptions = append(gridOptions, web.Option{Value: g.ID, Label: g.Name, Group: g.Street})
	}
	for _, d := range people {
		deputyOptions = append(deputyOptions, web.Option{Value: d.ID, Label: d.Name})
	}
	return p.Filter("/service-list", &web.Field{Name: "station", Kind: web.Select, Label: p.T("case.station"), Options: stationOptions},
		&web.Field{Name: "grid", Kind: web.Select, Label: p.T("case.grid"), Options: gridOptions},
		&web.Field{Name: "deputy", Kind: web.Select, Label: p.T("case.deputy"), Options: deputyOptions},
		&web.Field{Name: "from", Kind: web.Date, Label: p.T("cases.from")}, &web.Field{Name: "to", Kind: web.Date, Label: p.T("cases.to")}), nil
}

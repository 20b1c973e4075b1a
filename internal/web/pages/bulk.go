package pages

import (
	"net/http"
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/web"
)

// maxBulk is how many cases one step may be taken for at once (our default).
const maxBulk = 200

// bulkAction is a step that can be taken for many cases at once: of the case, or of those of its assignments that the visitor may act on.
type bulkAction struct {
	name       string
	assignment bool
	roles      []policy.Role
}

var bulkActions = []bulkAction{
	{"accept", false, []policy.Role{policy.Clerk, policy.Street, policy.Station}},
	{"assign", false, []policy.Role{policy.Clerk, policy.Street}},
	{"feedback", false, []policy.Role{policy.Clerk, policy.Street, policy.Station}},
	{"publish", false, []policy.Role{policy.Clerk, policy.Street, policy.Leader}},
	{"refuse_publish", false, []policy.Role{policy.Clerk, policy.Street, policy.Leader}},
	{"urge", true, []policy.Role{policy.Clerk, policy.Street, policy.Leader, policy.Supervision}},
	{"sign", true, []policy.Role{policy.Agency, policy.AgencyLead, policy.Supervision}},
	{"acknowledge", true, []policy.Role{policy.Agency, policy.AgencyLead, policy.Supervision}},
	{"approve", true, []policy.Role{policy.AgencyLead}},
	{"number", false, []policy.Role{policy.Clerk, policy.Motions}},
	{"classify", false, []policy.Role{policy.Clerk, policy.Motions}},
	{"plan", false, []policy.Role{policy.Clerk, policy.Motions}},
	{"dispatch", false, []policy.Role{policy.Clerk}},
	{"settle", false, []policy.Role{policy.Clerk}},
	{"sample", false, []policy.Role{policy.Clerk}},
	{"draw_visit", false, []policy.Role{policy.Clerk}},
	{"look_back", false, []policy.Role{policy.Clerk}},
	{"reclass", false, []policy.Role{policy.Clerk}},
	{"receive", true, []policy.Role{policy.Supervision}},
	{"subassign", true, []policy.Role{policy.Supervision}},
	{"pass", true, []policy.Role{policy.Supervision}},
}

func (s *Site) bulkRoutes() {
	s.Handle("GET /bulk", signedIn(s.bulkPage))
	s.HandleUpload("POST /bulk/{action}", maxUpload, signedIn(s.bulk))
}

// bulkForm stands under a list whose rows can be chosen: what to do with them.
func (s *Site) bulkForm(p *web.Page, me *visitor, proc *procedure.Procedure) *web.Form {
	var options []web.Option
	for _, b := range bulkActions {
		if action, ok := b.find(proc); ok && me.actor.Has(b.roles...) {
			options = append(options, web.Option{Value: b.name, Label: action.Label})
		}
	}
	if len(options) == 0 {
		return nil
	}
	f := p.Filter("/bulk", &web.Field{Name: "action", Kind: web.Select, Label: p.T("bulk.action"), Options: options, Blank: p.T("bulk.choose")}).As("bulk")
	f.Submit = p.T("bulk.preview")
	return f
}

// find finds the step in a procedure. One that asks for a letter's own number is taken case by case.
func (b bulkAction) find(p *procedure.Procedure) (*procedure.Action, bool) {
	machine := &p.Case
	if b.assignment {
		machine = &p.Assignment
	}
	action, ok := machine.Action(b.name)
	if !ok || slices.ContainsFunc(action.Input, func(f procedure.Field) bool { return f.Name == "doc_number" && f.Required }) {
		return nil, false
	}
	return action, true
}

type bulkView struct {
	web.Page
	Filter *web.Form // what the cases were selected by; nil where they were ticked in a list
	Table  web.Table
	Form   *web.Form
	Done   bool
}

// bulkRow is a case with what can be done to it.
type bulkRow struct {
	view    *casework.View
	targets []target
	wrong   error
}

type target struct{ n, version int64 }

func (s *Site) bulkStart(r *http.Request, name string, numbers []string) (*bulkView, bulkAction, *procedure.Action, error) {
	i := slices.IndexFunc(bulkActions, func(b bulkAction) bool { return b.name == name })
	if i < 0 {
		return nil, bulkAction{}, nil, errs.New(errs.Invalid, "bulk.no_action")
	}
	switch {
	case len(numbers) == 0:
		return nil, bulkAction{}, nil, errs.New(errs.Invalid, "bulk.none")
	case len(numbers) > maxBulk:
		return nil, bulkAction{}, nil, errs.New(errs.Invalid, "bulk.too_many").With(errs.Args{"Max": maxBulk})
	}
	b := bulkActions[i]
	kind, err := s.kindOf(r, numbers[0])
	if err != nil {
		return nil, b, nil, err
	}
	action, ok := b.find(kind.Procedure)
	if !ok {
		return nil, b, nil, errs.New(errs.Invalid, "bulk.no_action")
	}
	v := &bulkView{Page: s.Page(r, "bulk.title")}
	v.Title = v.T("bulk.of", "Action", action.Label)
	v.Up = &web.Link{Href: listPath(kind.Procedure.Kind), Text: v.T("cases.of", "Kind", kind.Procedure.Label)}
	form := builder{s: s, ctx: r.Context(), p: &v.Page, procedure: kind.Procedure}
	if v.Form, err = form.form("/bulk/"+name, action, false); err != nil {
		return nil, b, nil, err
	}
	v.Form.Add(&web.Field{Name: "numbers", Kind: web.Hidden, Value: strings.Join(numbers, ",")})
	v.Form.Cancel = v.Up.Href
	return v, b, action, nil
}

// kindOf is the kind of a case by its number; those of one step are of one kind, for others have no such step.
func (s *Site) kindOf(r *http.Request, number string) (*casework.Kind, error) {
	c, _, err := s.Cases.Read(r.Context(), number)
	if err != nil {
		return nil, err
	}
	return s.Cases.Kind(c.Kind)
}

// look finds what each case lets the visitor do.
func (s *Site) look(r *http.Request, me *visitor, b bulkAction, numbers []string) []bulkRow {
	var rows []bulkRow
	for _, number := range numbers {
		row := bulkRow{}
		row.view, row.wrong = s.Cases.View(r.Context(), me.actor, number)
		if row.wrong == nil {
			row.targets = b.targets(row.view)
		}
		rows = append(rows, row)
	}
	return rows
}

func (b bulkAction) targets(v *casework.View) []target {
	holds := func(possible []casework.Possible) bool {
		return slices.ContainsFunc(possible, func(p casework.Possible) bool { return p.Action.Name == b.name && !p.Proxy })
	}
	if !b.assignment {
		if holds(v.Possible) {
			return []target{{0, v.Version}}
		}
		return nil
	}
	var found []target
	for _, a := range v.Assigned {
		if holds(a.Possible) {
			found = append(found, target{a.N, a.Version})
		}
	}
	return found
}

// bulkPage shows which of the chosen cases the step can be taken for, and asks for its input once.
func (s *Site) bulkPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	q := r.URL.Query()
	numbers := chosen(q["n"])
	if q.Get("action") == "" || len(numbers) == 0 {
		return s.Warn(w, r, "/cases", "bulk.none")
	}
	v, b, action, err := s.bulkStart(r, q.Get("action"), numbers)
	if err != nil {
		return err
	}
	rows := s.look(r, me, b, numbers)
	able := 0
	for _, row := range rows {
		if len(row.targets) > 0 {
			able++
		}
	}
	v.Lead = v.T("bulk.lead", "Able", able, "All", len(rows))
	s.bulkTable(v, numbers, rows, func(row bulkRow) web.Cell {
		if len(row.targets) > 0 {
			return web.Cell{Badge: &web.Badge{Text: v.T("bulk.able"), Tone: web.Good}}
		}
		if row.wrong != nil {
			return web.Cell{Badge: &web.Badge{Text: v.T("bulk.unable"), Tone: web.Bad}, Note: strings.Join(v.Sentences(row.wrong), "")}
		}
		return web.Cell{Badge: &web.Badge{Text: v.T("bulk.unable"), Tone: web.Caution}, Note: v.T("bulk.not_now", "State", row.view.StateLabel)}
	})
	v.Form.Submit = v.T("bulk.do", "Action", action.Label, "N", able)
	if able == 0 {
		v.Form = nil
	}
	return s.Render(w, r, "bulk", v)
}

// chosen drops empty and repeated numbers.
func chosen(numbers []string) []string {
	var kept []string
	for _, n := range numbers {
		if n = strings.TrimSpace(n); n != "" && !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	return kept
}

func (s *Site) bulkTable(v *bulkView, numbers []string, rows []bulkRow, last func(bulkRow) web.Cell) {
	v.Table = web.Table{Caption: v.Title, Columns: []web.Column{{Label: v.T("case.number"), Narrow: true}, {Label: v.T("case.title")},
		{Label: v.T("case.state"), Narrow: true}, {Label: v.T("bulk.result")}}}
	for i, row := range rows {
		cells := []web.Cell{{Text: numbers[i]}, {}, {}, last(row)}
		if row.view != nil {
			cells[0].Href = "/cases/" + row.view.Number
			cells[1].Text = row.view.Title
			cells[2].Badge = &web.Badge{Text: row.view.StateLabel, Tone: tone(row.view.State)}
		}
		v.Table.Rows = append(v.Table.Rows, cells)
	}
}

// bulk takes the step for every case it can be taken for, each on its own, and tells what became of each.
// Sent twice, it does nothing twice: every row has a key of its own.
func (s *Site) bulk(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if err := r.ParseMultipartForm(maxUpload); err != nil && r.PostForm == nil {
		return errs.New(errs.Invalid, "bulk.none").Because(err)
	}
	numbers := chosen(strings.Split(r.PostForm.Get("numbers"), ","))
	v, b, action, err := s.bulkStart(r, r.PathValue("action"), numbers)
	if err != nil {
		return err
	}
	in, err := s.input(r, v.Form)
	if err != nil {
		s.bulkTable(v, numbers, s.look(r, me, b, numbers), func(bulkRow) web.Cell { return web.Cell{} })
		return s.Again(w, r, "bulk", v, v.Form, err)
	}
	delete(in, "numbers")
	s.carryOut(r, me, v, b, action, numbers, in)
	return s.Render(w, r, "bulk", v)
}

// carryOut takes a step for each of the cases and shows what became of it.
func (s *Site) carryOut(r *http.Request, me *visitor, v *bulkView, b bulkAction, action *procedure.Action, numbers []string, in casework.Input) {
	rows, done := s.look(r, me, b, numbers), 0
	s.bulkTable(v, numbers, rows, func(row bulkRow) web.Cell {
		err := row.wrong
		for _, t := range row.targets {
			_, err = s.Cases.Apply(r.Context(), casework.Request{Actor: me.actor, Number: row.view.Number, Assignment: t.n, Action: b.name, Version: t.version,
				Input: in, Key: v.Form.Key + "/" + row.view.Number + "/" + string(rune('0'+t.n%64))})
			if err != nil {
				break
			}
		}
		switch {
		case err != nil:
			return web.Cell{Badge: &web.Badge{Text: v.T("bulk.failed"), Tone: web.Bad}, Note: strings.Join(v.Sentences(err), "")}
		case len(row.targets) == 0:
			return web.Cell{Badge: &web.Badge{Text: v.T("bulk.skipped"), Tone: web.Caution}, Note: v.T("bulk.not_now", "State", row.view.StateLabel)}
		}
		done++
		return web.Cell{Badge: &web.Badge{Text: v.T("bulk.done"), Tone: web.Good}}
	})
	v.Lead, v.Form, v.Done = v.T("bulk.told", "Action", action.Label, "Done", done, "All", len(rows)), nil, true
}

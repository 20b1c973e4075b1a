package pages

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/motion"
	"lianxin/internal/opinion"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

// microTime turns stored microseconds into an instant.
func microTime(micros int64) time.Time { return time.UnixMicro(micros) }

// caseView is the staff page of a case: what was asked, who has it, by when and why that date, what was answered, what was said of the answer.
type caseView struct {
	web.Page
	Asked       string // heading of what was raised
	View        *casework.View
	Steps       []web.Step
	Facts       []web.Fact
	Contact     []web.Fact
	Clocks      []web.Due
	Acts        []actGroup
	Assignments []assignmentCard
	Files       []fileLine
	Verdicts    []web.Fact
	Story       []web.Entry
	Links       []web.Fact
	Form        *web.Form
	Office      string
	Texts       []web.Fact // what deputies wrote: grounds, and a motion's plan
	Agencies    string     // whom the lead deputy proposes, in his words
	Draft       *draftPart // while the case is its deputies' own
}

// actGroup is what can be done to the case or to one of its assignments.
type actGroup struct {
	Title string
	Main  []web.Act
	Side  []web.Act
}

type assignmentCard struct {
	N        int64
	Agency   string
	Part     string
	Facts    []web.Fact
	Acts     actGroup
	Papers   []web.Act
	Liaisons []registry.Liaison
	Phone    string
}

type fileLine struct {
	Href, Text string
	Picture    bool
}

func (s *Site) caseView(r *http.Request, me *visitor) (*caseView, error) {
	cv, err := s.Cases.View(r.Context(), me.actor, r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return nil, err
	}
	accounts, err := s.displays(r)
	if err != nil {
		return nil, err
	}
	v := &caseView{Page: s.Page(r, "case.page", "Number", cv.Number), View: cv}
	v.Title, v.Lead = cv.Title, v.Title
	if cv.Kind != opinion.Kind {
		v.Lead = v.T("case.page_"+cv.Kind, "Number", cv.Number)
	}
	for i := range v.Nav {
		v.Nav[i].Current = v.Nav[i].Href == listPath(cv.Kind)
	}
	v.Asked = v.T(map[string]string{opinion.Kind: "case.asked", suggestion.Kind: "case.raised", motion.Kind: "case.moved"}[cv.Kind])
	v.Up = &web.Link{Href: listPath(cv.Kind), Text: v.T("cases.of", "Kind", cv.Procedure.Label)}
	t := teller{p: &v.Page, names: names, accounts: accounts, view: cv, now: s.now()}
	v.Steps, v.Facts, v.Story, v.Verdicts = t.steps(), t.staffFacts(), t.story(), t.verdicts()
	v.Office, v.Links = names.Of("office", cv.Office), t.links()
	if cv.Contact != nil {
		for _, f := range []web.Fact{t.fact("case.name", cv.Contact.Name), t.fact("case.phone", cv.Contact.Phone), t.fact("case.address", cv.Contact.Address)} {
			if f.Text != "" {
				v.Contact = append(v.Contact, f)
			}
		}
	}
	for _, c := range cv.Clocks {
		if c.Governing {
			v.Clocks = append(v.Clocks, t.due(c))
		}
	}
	v.Acts = append(v.Acts, v.group("", "/cases/"+cv.Number+"/do/", cv.Possible, cv.Publication))
	for i, a := range cv.Attachments {
		v.Files = append(v.Files, fileLine{Href: "/cases/" + cv.Number + "/files/" + a.ID, Picture: a.MediaType != "application/pdf",
			Text: v.T("case.file", "N", i+1, "Purpose", v.T("case.purpose."+string(a.Purpose)))})
	}
	if raised(cv) {
		if err := s.raisedFacts(r, v, t); err != nil {
			return nil, err
		}
	}
	return v, s.assignments(r, v, t)
}

func (s *Site) assignments(r *http.Request, v *caseView, t teller) error {
	today := deadline.DateOf(s.now())
	for _, a := range v.View.Assigned {
		agency, err := registry.GetAgency(r.Context(), s.DB.Reader(), a.Agency)
		if err != nil {
			return err
		}
		card := assignmentCard{N: a.N, Agency: agency.Name, Part: v.T("casework.part." + a.Part), Phone: agency.Phone, Facts: t.assignmentFacts(a)}
		if card.Liaisons, err = registry.Liaisons(r.Context(), s.DB.Reader(), a.Agency, today); err != nil {
			return err
		}
		card.Acts = v.group("", "/cases/"+v.View.Number+"/"+strconv.FormatInt(a.N, 10)+"/do/", a.Possible, "")
		card.Papers = s.papersOf(&v.Page, v.View, a.N)
		v.Assignments = append(v.Assignments, card)
	}
	return nil
}

// group splits what can be done into what moves the case and what stands beside it.
func (v *caseView) group(title, path string, possible []casework.Possible, _ string) actGroup {
	g := actGroup{Title: title}
	for _, p := range possible {
		act := web.Act{Href: path + p.Action.Name, Text: p.Action.Label}
		if p.Proxy {
			act.Text = v.T("case.enter", "Action", p.Action.Label)
		}
		if p.Action.Side() {
			g.Side = append(g.Side, act)
		} else {
			act.Main = len(g.Main) == 0
			g.Main = append(g.Main, act)
		}
	}
	return g
}

func (s *Site) caseFile(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.caseView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "case", v)
}

// target finds what an action's page acts on.
func (v *caseView) target(r *http.Request) (machine *procedure.Machine, possible []casework.Possible, entries []casework.Entry, version, n int64, err error) {
	raw := r.PathValue("n")
	if raw == "" {
		return &v.View.Procedure.Case, v.View.Possible, v.View.Entries.V, v.View.Version, 0, nil
	}
	n, err = strconv.ParseInt(raw, 10, 64)
	if err == nil {
		for _, a := range v.View.Assigned {
			if a.N == n {
				return &v.View.Procedure.Assignment, a.Possible, a.Entries.V, a.Version, n, nil
			}
		}
	}
	return nil, nil, nil, 0, 0, errs.New(errs.NotFound, "casework.no_such_assignment").With(errs.Args{"N": raw})
}

// actForm makes the page of one action.
func (s *Site) actForm(r *http.Request, me *visitor) (v *caseView, action *procedure.Action, now bool, n int64, err error) {
	if v, err = s.caseView(r, me); err != nil {
		return
	}
	machine, possible, entries, version, n, err := v.target(r)
	if err != nil {
		return v, nil, false, 0, err
	}
	action, ok := machine.Action(r.PathValue("action"))
	if !ok {
		return v, nil, false, n, errs.New(errs.NotFound, "errs.not_found")
	}
	proxy := false
	for _, p := range possible {
		if p.Action == action {
			now, proxy = true, p.Proxy
		}
	}
	v.Title, v.Lead = v.T("case.act_title", "Action", action.Label), ""
	if proxy {
		v.Lead = v.T("case.proxy_lead")
	}
	v.Up = &web.Link{Href: casePath(v.View.Number, r.PathValue("n")), Text: v.T("case.page", "Number", v.View.Number)}
	b := builder{s: s, ctx: r.Context(), p: &v.Page, procedure: v.View.Procedure, entries: entries, office: v.View.Office, view: v.View}
	v.Form, err = b.form(r.URL.Path, action, proxy)
	if err != nil {
		return
	}
	v.Form.Version, v.Form.Cancel = version, v.Up.Href
	prefill(v, action)
	prefillDraft(v, action)
	return v, action, now, n, nil
}

// prefill spares a clerk typing what is known.
func prefill(v *caseView, action *procedure.Action) {
	prefillSuggestion(v, action)
	switch action.Name {
	case "accept":
		v.Form.Set("category", v.View.Category)
		if f := v.Form.Field("urgent"); f != nil {
			f.Ticked(v.View.Urgent)
		}
	case "ask_publish":
		prefillPublic(v)
	}
}

func (s *Site) actPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, _, now, _, err := s.actForm(r, me)
	if err != nil {
		return err
	}
	if !now {
		return s.Warn(w, r, casePath(v.View.Number, r.PathValue("n")), "case.not_possible")
	}
	return s.Render(w, r, "act", v)
}

// input reads a form for the domain, its files cleaned and stored.
func (s *Site) input(r *http.Request, f *web.Form) (casework.Input, error) {
	if err := f.Read(r); err != nil {
		return nil, err
	}
	in := casework.Input(f.Input())
	for _, field := range f.Fields {
		if field.Kind != web.File || len(field.Files) == 0 {
			continue
		}
		accepted, err := s.accept(field)
		if err != nil {
			return nil, err
		}
		in[field.Name] = accepted[0]
	}
	return in, nil
}

// act carries an action out: the form read, one call of the domain, and back to the case.
func (s *Site) act(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, action, _, n, err := s.actForm(r, me)
	if err != nil {
		return err
	}
	in, err := s.input(r, v.Form)
	var res casework.Result
	if err == nil {
		res, err = s.Cases.Apply(r.Context(), casework.Request{Actor: me.actor, Number: v.View.Number, Assignment: n, Action: action.Name,
			Version: v.Form.Version, Input: in, Key: v.Form.Key})
	}
	if err != nil {
		return s.Again(w, r, "act", v, v.Form, err)
	}
	if res.Code != "" {
		s.remember(r, res.Case)
		return web.Redirect(w, r, "/receipt")
	}
	return s.Done(w, r, casePath(v.View.Number, r.PathValue("n")), "case.done", "Action", action.Label)
}

// prefillPublic offers the originals, as far as they may be made public; without a second answer there is no field for one.
func prefillPublic(v *caseView) {
	c := v.View
	v.Form.Set("public_title", c.Title)
	first := c.Words["first_reply"]
	drop := func(name string) {
		v.Form.Fields = slices.DeleteFunc(v.Form.Fields, func(f *web.Field) bool { return f.Name == name })
	}
	switch {
	case suggestion.TitleOnly(c.Case):
		for _, name := range []string{"public_body", "public_reply", "public_second"} {
			drop(name)
		}
	case first != "":
		v.Form.Set("public_body", c.Body).Set("public_reply", first).Set("public_second", c.Reply)
	default:
		drop("public_second")
		v.Form.Set("public_body", c.Body).Set("public_reply", c.Reply)
	}
}

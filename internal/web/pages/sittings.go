package pages

import (
	"net/http"
	"strconv"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

// sittingView is the sessions of a congress, or one of them with its suggestions by phase.
type sittingView struct {
	web.Page
	Facts  []web.Fact
	Phases []phaseCard
	Table  web.Table
	Form   *web.Form
}

// phaseCard is what was raised at the meeting, or after it.
type phaseCard struct {
	Title string
	Facts []web.Fact
	Acts  []web.Act
}

// sitting are the roles that work with sessions.
var sitting = []policy.Role{policy.Clerk, policy.Motions, policy.Leader}

func (s *Site) sittingRoutes() {
	s.Handle("GET /suggestions/sessions", signedIn(s.sittings))
	s.Handle("GET /suggestions/sessions/{id}", signedIn(s.sitting))
	s.Handle("GET /suggestions/sessions/{id}/lock", signedIn(s.lockPage))
	s.Handle("POST /suggestions/sessions/{id}/lock", signedIn(s.lock))
}

// sittings lists the sessions, each with how many suggestions it has.
func (s *Site) sittings(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if !me.actor.Has(sitting...) {
		return errs.New(errs.Denied, "errs.denied")
	}
	v := &sittingView{Page: s.Page(r, "sitting.title")}
	v.Lead = v.T("sitting.lead")
	congress := me.actor.Under("").Congress
	list, err := registry.Sessions(r.Context(), s.DB.Reader(), congress)
	if err != nil {
		return err
	}
	lines, _, err := suggestion.Board(r.Context(), s.Cases, congress, "session", suggestion.Filter{})
	if err != nil {
		return err
	}
	counts := map[string]map[string]int64{}
	for _, l := range lines {
		counts[l.Group] = l.Counts
	}
	v.Table = web.Table{Caption: v.Title, Empty: web.Empty{Text: v.T("sitting.none")}, Columns: []web.Column{{Label: v.T("suggestion.session")}, {Label: v.T("sitting.days"), Narrow: true}, {Label: v.T("sitting.until"), Narrow: true},
		{Label: v.T("measure.raised"), Narrow: true}, {Label: v.T("measure.dispatched"), Narrow: true}, {Label: v.T("measure.answered"), Narrow: true}, {Label: v.T("measure.late"), Narrow: true}}}
	for _, ss := range list {
		row := []web.Cell{{Text: ss.Name, Href: "/suggestions/sessions/" + ss.ID}, {Text: v.T("sitting.from_to", "From", string(ss.OpensOn), "To", string(ss.ClosesOn))}, {Text: string(ss.Deadline())}}
		for _, m := range []string{"raised", "dispatched", "answered", "late"} {
			row = append(row, web.Cell{Text: strconv.FormatInt(counts[ss.ID][m], 10), Href: "/suggestions?session=" + ss.ID + "&measure=" + m})
		}
		v.Table.Rows = append(v.Table.Rows, row)
	}
	return s.Render(w, r, "sittings", v)
}

// sittingOf finds the session an address names, of the visitor's congress.
func (s *Site) sittingOf(r *http.Request, me *visitor) (registry.Session, error) {
	if !me.actor.Has(sitting...) {
		return registry.Session{}, errs.New(errs.Denied, "errs.denied")
	}
	ss, err := registry.GetSession(r.Context(), s.DB.Reader(), r.PathValue("id"))
	if err != nil || ss.Congress != me.actor.Under("").Congress {
		return ss, errs.New(errs.NotFound, "errs.not_found").Because(err)
	}
	return ss, nil
}

// sitting is one session: its window, its two phases, and what waits in each.
func (s *Site) sitting(w http.ResponseWriter, r *http.Request, me *visitor) error {
	ss, err := s.sittingOf(r, me)
	if err != nil {
		return err
	}
	v := &sittingView{Page: s.Page(r, "sitting.title")}
	v.Title, v.Up = ss.Name, &web.Link{Href: "/suggestions/sessions", Text: v.T("sitting.title")}
	fact := func(key string, d deadline.Date) {
		if d != "" {
			v.Facts = append(v.Facts, web.Fact{Label: v.T(key), Text: v.Date(d)})
		}
	}
	fact("registry.field.opens_on", ss.OpensOn)
	fact("registry.field.closes_on", ss.ClosesOn)
	fact("registry.field.collect_until", ss.Deadline())
	fact("registry.field.adjust_until", ss.AdjustUntil)
	fact("registry.field.batch_due", ss.BatchDue)
	for _, phase := range []string{suggestion.Meeting, suggestion.Recess} {
		card, err := s.phase(r, v, me, ss, phase)
		if err != nil {
			return err
		}
		v.Phases = append(v.Phases, card)
	}
	return s.Render(w, r, "sittings", v)
}

// phase counts one phase of a session, each number with its list.
func (s *Site) phase(r *http.Request, v *sittingView, me *visitor, ss registry.Session, phase string) (phaseCard, error) {
	card := phaseCard{Title: v.T("suggestion." + phase)}
	_, total, err := suggestion.Board(r.Context(), s.Cases, ss.Congress, "phase", suggestion.Filter{Session: ss.ID, Phase: phase})
	if err != nil {
		return card, err
	}
	base := "/suggestions?session=" + ss.ID + "&phase=" + phase
	for _, m := range []string{"raised", "dispatched", "signed", "answered", "late", "evaluated", "unsatisfied"} {
		card.Facts = append(card.Facts, web.Fact{Label: v.T("measure." + m), Text: strconv.FormatInt(total.Counts[m], 10), Href: base + "&measure=" + m})
	}
	at, err := casework.SerialLocked(r.Context(), s.DB.Reader(), ss.Congress, suggestion.SeriesOf(suggestion.Kind, ss.ID, phase))
	if err != nil {
		return card, err
	}
	locked := v.T("sitting.not_locked")
	if at != 0 {
		locked = v.T("sitting.locked_on", "Date", v.Date(deadline.DateOf(microTime(at))))
	}
	card.Facts = append(card.Facts, web.Fact{Label: v.T("sitting.numbers"), Text: locked})
	card.Acts = []web.Act{{Href: base + "&state=reviewing", Text: v.T("sitting.to_check")}, {Href: base + "&state=to_dispatch", Text: v.T("sitting.to_dispatch")},
		{Href: printPath + "?session=" + ss.ID + "&phase=" + phase + "&paper=", Text: v.T("printout.title")}}
	if at == 0 && total.Counts["raised"] > 0 && me.actor.Has(policy.Clerk) {
		card.Acts = append(card.Acts, web.Act{Href: "/suggestions/sessions/" + ss.ID + "/lock?phase=" + phase, Text: v.T("sitting.lock")})
	}
	return card, nil
}

// lockForm shows what locking the numbers would change, and asks for a confirmation.
func (s *Site) lockForm(r *http.Request, me *visitor) (*sittingView, registry.Session, string, error) {
	ss, err := s.sittingOf(r, me)
	if err != nil {
		return nil, ss, "", err
	}
	phase := suggestion.Meeting
	if r.URL.Query().Get("phase") == suggestion.Recess {
		phase = suggestion.Recess
	}
	changes, err := suggestion.LockPreview(r.Context(), s.Cases, ss.Congress, ss.ID, phase)
	if err != nil {
		return nil, ss, phase, err
	}
	v := &sittingView{Page: s.Page(r, "sitting.lock")}
	v.Lead, v.Up = v.T("sitting.lock_lead", "Session", ss.Name, "Phase", v.T("suggestion."+phase), "N", changes.Last), &web.Link{Href: "/suggestions/sessions/" + ss.ID, Text: ss.Name}
	v.Table = web.Table{Caption: v.T("sitting.changes"), ShowCaption: true, Empty: web.Empty{Text: v.T("sitting.no_change")}, Columns: []web.Column{{Label: v.T("case.number"), Narrow: true}, {Label: v.T("sitting.was"), Narrow: true}, {Label: v.T("sitting.becomes"), Narrow: true}}}
	for _, c := range changes.Changes {
		becomes := v.T("sitting.given_up")
		if c.To > 0 {
			becomes = v.T("sitting.number", "N", c.To)
		}
		v.Table.Rows = append(v.Table.Rows, []web.Cell{{Text: c.Number, Href: "/cases/" + c.Number}, {Text: v.T("sitting.number", "N", c.From)}, {Text: becomes}})
	}
	v.Form = v.Page.Form(r.URL.RequestURI(), &web.Field{Name: "sure", Kind: web.Check, Label: v.T("sitting.sure"), Required: true})
	v.Form.Submit, v.Form.Cancel = v.T("sitting.lock"), v.Up.Href
	return v, ss, phase, nil
}

func (s *Site) lockPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, _, _, err := s.lockForm(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "sittings", v)
}

func (s *Site) lock(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, ss, phase, err := s.lockForm(r, me)
	if err != nil {
		return err
	}
	n := 0
	if err = v.Form.Read(r); err == nil {
		n, err = suggestion.Lock(r.Context(), s.Cases, me.actor, ss.Congress, ss.ID, phase)
	}
	if err != nil {
		return s.Again(w, r, "sittings", v, v.Form, err)
	}
	return s.Done(w, r, v.Up.Href, "sitting.locked", "N", n)
}

package pages

import (
	"net/http"
	"net/url"
	"strconv"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

const roundsPath = "/rounds"

// overseeing are the roles that look at rounds; the clerk runs them.
var overseeing = []policy.Role{policy.Clerk, policy.Leader, policy.Supervision}

func (s *Site) roundRoutes() {
	s.Handle("GET "+roundsPath, signedIn(s.rounds))
	s.Handle("GET "+roundsPath+"/{id}", signedIn(s.round))
	s.Handle("GET "+roundsPath+"/{id}/report/{file}", signedIn(s.roundPaper))
	s.Handle("GET "+roundsPath+"/{id}/take", signedIn(s.takePage))
	s.Handle("POST "+roundsPath+"/{id}/take", signedIn(s.take))
	s.Handle("GET "+roundsPath+"/{id}/draw", signedIn(s.drawPage))
	s.Handle("POST "+roundsPath+"/{id}/draw", signedIn(s.drawn))
	s.Handle("GET /suggestions/call-back", signedIn(s.callBackPage))
	s.Handle("POST /suggestions/call-back", signedIn(s.calledBack))
}

type roundView struct {
	web.Page
	Acts     []web.Act
	Facts    []web.Fact
	Numbers  []web.Tile
	Steps    web.Table
	Agencies web.Table
	Missing  web.Table // who did not deliver
}

// rounds lists the rounds of looking back, the newest first.
func (s *Site) rounds(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if !me.actor.Has(overseeing...) {
		return errs.New(errs.Denied, "errs.denied")
	}
	v := &roundView{Page: s.Page(r, "round.title")}
	v.Lead = v.T("round.lead")
	if s.Policy.Can(me.actor, policy.KindRegistry, "edit") {
		v.Acts = append(v.Acts, web.Act{Href: "/registry/round/new", Text: v.T("round.new")})
	}
	congress := me.actor.Under("").Congress
	list, err := registry.Rounds(r.Context(), s.DB.Reader(), congress)
	if err != nil {
		return err
	}
	shown := []string{"taken", "checked", "verified", "agreed", "reanswered", "raised_class", "open", "undelivered"}
	v.Agencies = web.Table{Caption: v.Title, Empty: web.Empty{Text: v.T("round.none")}, Columns: []web.Column{{Label: v.T("suggestion.round")}, {Label: v.T("round.days"), Narrow: true}}}
	for _, name := range shown {
		v.Agencies.Columns = append(v.Agencies.Columns, web.Column{Label: v.T("round.find." + name), Narrow: true})
	}
	for _, round := range list {
		report, err := suggestion.Report(r.Context(), s.Cases, congress, round.ID)
		if err != nil {
			return err
		}
		row := []web.Cell{{Text: round.Name, Href: roundsPath + "/" + round.ID}, {Text: v.T("sitting.from_to", "From", string(round.StartsOn), "To", string(round.DueOn))}}
		for _, name := range shown {
			row = append(row, web.Cell{Text: strconv.FormatInt(report.Total.Counts[name], 10), Href: foundPath(round.ID, name, "")})
		}
		v.Agencies.Rows = append(v.Agencies.Rows, row)
	}
	return s.Render(w, r, "round", v)
}

// foundPath is the list behind a number of a round, of one agency or of all.
func foundPath(round, found, agency string) string {
	q := url.Values{"round": {round}}
	if found != "" {
		q.Set("found", found)
	}
	if agency != "" {
		q.Set("agency", agency)
	}
	return boardPath + "/list?" + q.Encode()
}

// looked is a round with its report, as the visitor may see it.
type looked struct {
	round  registry.Round
	report suggestion.RoundReport
	proc   *procedure.Procedure
	names  registry.Names
}

func (s *Site) roundOf(r *http.Request, me *visitor) (looked, error) {
	var l looked
	if !me.actor.Has(overseeing...) {
		return l, errs.New(errs.Denied, "errs.denied")
	}
	var err error
	if l.round, err = registry.GetRound(r.Context(), s.DB.Reader(), r.PathValue("id")); err != nil || l.round.Congress != me.actor.Under("").Congress {
		return l, errs.New(errs.NotFound, "errs.not_found").Because(err)
	}
	kind, err := s.Cases.Kind(suggestion.Kind)
	if err != nil {
		return l, err
	}
	l.proc = kind.Procedure
	if l.names, err = registry.LoadNames(r.Context(), s.DB.Reader()); err == nil {
		l.report, err = suggestion.Report(r.Context(), s.Cases, l.round.Congress, l.round.ID)
	}
	return l, err
}

// round is one round: how far it is, what it changed, and who did not deliver.
func (s *Site) round(w http.ResponseWriter, r *http.Request, me *visitor) error {
	l, err := s.roundOf(r, me)
	if err != nil {
		return err
	}
	v := &roundView{Page: s.Page(r, "round.title")}
	v.Title, v.Up = l.round.Name, &web.Link{Href: roundsPath, Text: v.T("round.title")}
	v.Facts = []web.Fact{{Label: v.T("registry.field.starts_on"), Text: v.Date(l.round.StartsOn)}, {Label: v.T("registry.field.due_on"), Text: v.Date(l.round.DueOn)},
		{Label: v.T("round.solved"), Text: l.solved(&v.Page)}}
	base := roundsPath + "/" + l.round.ID
	if me.actor.Has(policy.Clerk) {
		v.Acts = []web.Act{{Href: base + "/take", Text: v.T("round.take"), Main: true}, {Href: base + "/draw", Text: v.T("round.draw")}}
	}
	if l.report.Total.Counts["taken"] > 0 {
		v.Acts = append(v.Acts, s.paperActs(&v.Page, base+"/report/report")...)
	}
	for _, f := range suggestion.Finds(l.proc) {
		v.Numbers = append(v.Numbers, web.Tile{Text: v.T("round.find." + f.Name), Count: strconv.FormatInt(l.report.Total.Counts[f.Name], 10), Href: foundPath(l.round.ID, f.Name, "")})
	}
	v.Steps, v.Agencies = l.steps(&v.Page), l.agencies(&v.Page)
	if v.Missing, err = s.missing(r, me, v, l); err != nil {
		return err
	}
	return s.Render(w, r, "round", v)
}

// solved tells the share of what is solved before and now, and the change in percentage points.
func (l looked) solved(p *web.Page) string {
	n := l.report.Total.Counts
	before, now := shareOf(suggestion.Line{Counts: n}, suggestion.Rate{Counted: "solved_before", Of: "taken"}), shareOf(suggestion.Line{Counts: n}, suggestion.Rate{Counted: "solved_now", Of: "taken"})
	if before.Percent() == "" {
		return p.T("board.no_rate")
	}
	return p.T("round.solved_line", "Before", before.Percent(), "Now", now.Percent(), "Points", now.Since(before))
}

func (l looked) class(p *web.Page, value, none string) string {
	if c, ok := l.proc.Choice("class", value); ok && value != "" {
		return c.Label
	}
	return p.T(none)
}

// steps is the table from class to class.
func (l looked) steps(p *web.Page) web.Table {
	t := web.Table{Caption: p.T("round.steps"), ShowCaption: true, Empty: web.Empty{Text: p.T("round.empty")}, Columns: []web.Column{{Label: p.T("round.before")}, {Label: p.T("round.after")}, {Label: p.T("round.pieces"), Narrow: true}}}
	for _, step := range l.report.Steps {
		href := foundPath(l.round.ID, "open", "") + "&before=" + url.QueryEscape(step.From)
		if step.To != "" {
			href = foundPath(l.round.ID, "settled", "") + "&before=" + url.QueryEscape(step.From) + "&after=" + url.QueryEscape(step.To)
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: l.class(p, step.From, "round.no_class")}, {Text: l.class(p, step.To, "round.not_settled")}, {Text: strconv.FormatInt(step.N, 10), Href: href}})
	}
	return t
}

// byAgency are the columns of the table by agency.
var byAgency = []string{"taken", "checked", "verified", "reanswered", "disagreed", "settled", "raised_class", "promise_kept", "promise_missed", "undelivered"}

func (l looked) agencies(p *web.Page) web.Table {
	t := web.Table{Caption: p.T("round.agencies"), ShowCaption: true, Empty: web.Empty{Text: p.T("round.empty")}, Columns: []web.Column{{Label: p.T("board.by.agency")}}}
	for _, name := range byAgency {
		t.Columns = append(t.Columns, web.Column{Label: p.T("round.find." + name), Narrow: true})
	}
	for _, line := range l.report.Agencies {
		row := []web.Cell{{Text: l.names.Of("agency", line.Group)}}
		for _, name := range byAgency {
			row = append(row, web.Cell{Text: strconv.FormatInt(line.Counts[name], 10), Href: foundPath(l.round.ID, name, line.Group)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// missing names what was not delivered, of what the visitor may read.
func (s *Site) missing(r *http.Request, me *visitor, v *roundView, l looked) (web.Table, error) {
	t := web.Table{Caption: v.T("round.missing"), ShowCaption: true, Empty: web.Empty{Text: v.T("round.all_delivered")}, Columns: []web.Column{{Label: v.T("case.number"), Narrow: true}, {Label: v.T("case.title")}, {Label: v.T("case.agency")},
		{Label: v.T("round.why")}, {Label: v.T("case.promise_on"), Narrow: true}}}
	rows := map[string]int{}
	for _, why := range []string{"unchecked", "pending", "promise_missed"} {
		found, err := suggestion.Select(r.Context(), s.Cases, me.actor, suggestion.Selection{Filter: suggestion.Filter{Congress: l.round.Congress, Round: l.round.ID, Found: why}})
		if err != nil {
			return t, err
		}
		answering, err := suggestion.Answering(r.Context(), s.Cases, found)
		if err != nil {
			return t, err
		}
		for _, c := range found {
			if at, ok := rows[c.Number]; ok {
				t.Rows[at][3].Text += v.T("round.and") + v.T("round.why_"+why)
				continue
			}
			rows[c.Number] = len(t.Rows)
			t.Rows = append(t.Rows, []web.Cell{{Text: c.Number, Href: casePath(c.Number, ""), Note: serial(&v.Page, l.names, &c.Case)}, {Text: c.Title}, {Text: l.names.Of("agency", answering[c.ID])},
				{Text: v.T("round.why_" + why)}, {Text: c.PromiseOn}})
		}
	}
	return t, nil
}

// takeOf is the page that takes answers into a round.
func (s *Site) takeOf(r *http.Request, me *visitor) (pick, error) {
	l, err := s.roundOf(r, me)
	if err != nil {
		return pick{}, err
	}
	p := s.Page(r, "round.take")
	var classes, sessions, promises []web.Option
	for _, c := range l.proc.Choices["class"] {
		classes = append(classes, web.Option{Value: c.Value, Label: c.Label})
	}
	list, err := registry.Sessions(r.Context(), s.DB.Reader(), l.round.Congress)
	if err != nil {
		return pick{}, err
	}
	for _, ss := range list {
		sessions = append(sessions, web.Option{Value: ss.ID, Label: ss.Name})
	}
	for _, state := range []string{casework.PromiseOpen, casework.PromiseMissed, casework.PromiseKept} {
		promises = append(promises, web.Option{Value: state, Label: p.T("promise." + state)})
	}
	agencies, err := builder{s: s, ctx: r.Context(), p: &p}.agencies()
	if err != nil {
		return pick{}, err
	}
	return pick{path: roundsPath + "/" + l.round.ID + "/take", action: "look_back", up: web.Link{Href: roundsPath + "/" + l.round.ID, Text: l.round.Name}, title: "round.take", lead: p.T("round.take_lead"),
		fields: []*web.Field{{Name: "class", Kind: web.Checks, Label: p.T("suggestion.settled_class"), Options: classes, Values: suggestion.FollowedUp(l.proc)},
			{Name: "session", Kind: web.Select, Label: p.T("suggestion.session"), Options: sessions}, {Name: "agency", Kind: web.Select, Label: p.T("board.by.agency"), Options: agencies, Sifted: true},
			{Name: "from", Kind: web.Date, Label: p.T("round.answered_from")}, {Name: "to", Kind: web.Date, Label: p.T("round.answered_to")},
			{Name: "promise", Kind: web.Select, Label: p.T("round.promise"), Options: promises}},
		asked: []*web.Field{{Name: "words", Kind: web.Area, Label: p.T("round.words"), Max: 2000}},
		given: casework.Input{"round": l.round.ID},
		find: func(f *web.Form) ([]casework.Listed, error) {
			return suggestion.Select(r.Context(), s.Cases, me.actor, suggestion.Selection{States: []string{"done"}, Classes: f.Field("class").Values, From: deadline.Date(f.Value("from")), To: deadline.Date(f.Value("to")),
				Promise: f.Value("promise"), Filter: suggestion.Filter{Congress: l.round.Congress, Session: f.Value("session"), Agency: f.Value("agency"), Measure: "answered"}})
		}}, nil
}

func (s *Site) takePage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	p, err := s.takeOf(r, me)
	if err != nil {
		return err
	}
	return s.pickPage(w, r, me, p)
}

func (s *Site) take(w http.ResponseWriter, r *http.Request, me *visitor) error {
	p, err := s.takeOf(r, me)
	if err != nil {
		return err
	}
	return s.picked(w, r, me, p)
}

// drawOf is the page that draws what deputies are asked to visit.
func (s *Site) drawOf(r *http.Request, me *visitor) (pick, error) {
	l, err := s.roundOf(r, me)
	if err != nil {
		return pick{}, err
	}
	p := s.Page(r, "round.draw")
	return pick{path: roundsPath + "/" + l.round.ID + "/draw", action: "draw_visit", up: web.Link{Href: roundsPath + "/" + l.round.ID, Text: l.round.Name}, title: "round.draw", lead: p.T("round.draw_lead"),
		fields: s.drawFields(&p), find: func(f *web.Form) ([]casework.Listed, error) {
			open, err := suggestion.Select(r.Context(), s.Cases, me.actor, suggestion.Selection{States: []string{"rechecking"}, Filter: suggestion.Filter{Congress: l.round.Congress, Round: l.round.ID, Found: "undrawn"}})
			if err != nil {
				return nil, err
			}
			return s.draw(r.Context(), f, open)
		}}, nil
}

func (s *Site) drawPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	p, err := s.drawOf(r, me)
	if err != nil {
		return err
	}
	return s.pickPage(w, r, me, p)
}

func (s *Site) drawn(w http.ResponseWriter, r *http.Request, me *visitor) error {
	p, err := s.drawOf(r, me)
	if err != nil {
		return err
	}
	return s.picked(w, r, me, p)
}

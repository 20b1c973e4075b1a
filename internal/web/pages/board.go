package pages

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"lianxin/internal/errs"
	"lianxin/internal/figure"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

const boardPath = "/boards/suggestions"

func (s *Site) boardRoutes() {
	s.Handle("GET "+boardPath, signedIn(s.boardPage))
	s.Handle("GET "+boardPath+"/list", signedIn(s.boardList))
	s.Handle("GET "+boardPath+"/board.csv", signedIn(s.boardSheet))
	s.Handle("GET "+boardPath+"/board.xlsx", signedIn(s.boardSheet))
}

type boardView struct {
	web.Page
	Filter   *web.Form
	Acts     []web.Act
	Counts   web.Table
	Rates    web.Table
	Formulae []web.Fact
	Changed  string // what the changes are against; "" where there are none
}

// looker is whose board it is: a congress's, or of it only what one agency answers.
type looker struct{ congress, agency string }

// lookerOf finds what somebody may see of the boards: all of it, his own agency's row, or nothing.
func lookerOf(actor policy.Actor) (looker, error) {
	for _, g := range actor.Grants {
		if suggestion.MayBoard(policy.Actor{Grants: []policy.Grant{g}}) {
			return looker{congress: g.Congress}, nil
		}
	}
	for _, g := range actor.Grants {
		if g.Agency != "" && (g.Role == policy.Agency || g.Role == policy.AgencyLead) {
			return looker{congress: g.Congress, agency: g.Agency}, nil
		}
	}
	return looker{}, errs.New(errs.Denied, "errs.denied")
}

// board is one board as it was asked for: whose, gathered by what, of which suggestions.
type board struct {
	looker
	s        *Site
	p        *web.Page
	proc     *procedure.Procedure
	form     *web.Form
	by       string
	filter   suggestion.Filter
	names    registry.Names
	sessions []registry.Session // newest first
	lines    []suggestion.Line
	total    suggestion.Line
	earlier  map[string]suggestion.Line // of the session before, by group
	before   suggestion.Line            // all of the session before
}

// boardOf reads what is asked; path is the page's, for its filter. A nil board with an error is no board for this visitor.
func (s *Site) boardOf(r *http.Request, me *visitor, p *web.Page, path string) (*board, error) {
	who, err := lookerOf(me.actor)
	if err != nil {
		return nil, err
	}
	kind, err := s.Cases.Kind(suggestion.Kind)
	if err != nil {
		return nil, err
	}
	b := &board{looker: who, s: s, p: p, proc: kind.Procedure}
	if b.names, err = registry.LoadNames(r.Context(), s.DB.Reader()); err != nil {
		return nil, err
	}
	if b.sessions, err = registry.Sessions(r.Context(), s.DB.Reader(), who.congress); err != nil {
		return nil, err
	}
	if b.form, err = b.boardForm(r.Context(), path); err != nil {
		return nil, err
	}
	return b, nil
}

// read takes the filter in.
func (b *board) read(r *http.Request) error {
	if err := b.form.Read(r); err != nil {
		return err
	}
	f, on := b.form.Value, b.form.Ticked
	b.by = cmp.Or(f("by"), suggestion.Dimensions()[0])
	b.filter = suggestion.Filter{Session: f("session"), Phase: f("phase"), Category: f("category"), CategoryRegion: f("category_region"), Delegation: f("delegation"),
		Deputy: f("deputy"), Addressee: f("addressee"), Agency: f("agency"), Leader: f("leader"), Committee: f("committee"), Round: f("round"), Found: f("found"), Before: f("before"), After: f("after"), Measure: f("measure"),
		None: f("none"), Key: on("key"), Express: on("express"), Wide: on("wide"), Sampled: on("sampled")}
	if b.agency != "" {
		b.filter.Agency = b.agency
	}
	return nil
}

// boardForm is the filter: what is narrowed by most often shown, the rest carried along where a link has it.
func (b *board) boardForm(ctx context.Context, path string) (*web.Form, error) {
	var by, sessions, phases []web.Option
	for _, d := range suggestion.Dimensions() {
		by = append(by, web.Option{Value: d, Label: b.p.T("board.by." + d)})
	}
	for _, ss := range b.sessions {
		sessions = append(sessions, web.Option{Value: ss.ID, Label: ss.Name})
	}
	for _, phase := range []string{suggestion.Meeting, suggestion.Recess} {
		phases = append(phases, web.Option{Value: phase, Label: b.p.T("board.phase." + phase)})
	}
	categories, err := b.s.categoriesOf(ctx, suggestion.Kind)
	if err != nil {
		return nil, err
	}
	agencies, err := builder{s: b.s, ctx: ctx, p: b.p}.agencies()
	if err != nil {
		return nil, err
	}
	form := b.p.Filter(path)
	if path == boardPath {
		form.Add(&web.Field{Name: "by", Kind: web.Select, Label: b.p.T("board.by"), Options: by, Value: by[0].Value})
	}
	form.Add(&web.Field{Name: "session", Kind: web.Select, Label: b.p.T("board.by.session"), Options: sessions},
		&web.Field{Name: "phase", Kind: web.Select, Label: b.p.T("board.by.phase"), Options: phases},
		&web.Field{Name: "category", Kind: web.Select, Label: b.p.T("board.by.category"), Options: categories},
		&web.Field{Name: "addressee", Kind: web.Select, Label: b.p.T("board.by.addressee"), Options: agencies})
	if b.agency == "" {
		form.Add(&web.Field{Name: "agency", Kind: web.Select, Label: b.p.T("board.by.agency"), Options: agencies})
	} else {
		form.Add(&web.Field{Name: "agency", Kind: web.Hidden, Max: 100})
	}
	for _, mark := range []string{"key", "express", "wide", "sampled"} {
		form.Add(&web.Field{Name: mark, Kind: web.Check, Label: b.p.T("board.only." + mark)})
	}
	for _, hidden := range []string{"category_region", "delegation", "leader", "committee", "round", "found", "before", "after", "deputy"} {
		form.Add(&web.Field{Name: hidden, Kind: web.Hidden, Max: 200})
	}
	return form, nil
}

// count fills the board, and that of the session before where it can be set against one.
func (b *board) count(ctx context.Context) (err error) {
	if b.lines, b.total, err = suggestion.Board(ctx, b.s.Cases, b.congress, b.by, b.filter); err != nil {
		return err
	}
	b.earlier = map[string]suggestion.Line{}
	if b.by == "session" {
		order := func(id string) int {
			return slices.IndexFunc(b.sessions, func(s registry.Session) bool { return s.ID == id })
		}
		slices.SortStableFunc(b.lines, func(x, y suggestion.Line) int { return order(x.Group) - order(y.Group) })
		for _, l := range b.lines {
			if at := order(l.Group); at > 0 {
				b.earlier[b.sessions[at-1].ID] = l
			}
		}
		return nil
	}
	previous := b.previous()
	if previous == nil {
		return nil
	}
	f := b.filter
	f.Session = previous.ID
	lines, before, err := suggestion.Board(ctx, b.s.Cases, b.congress, b.by, f)
	b.before = before
	for _, l := range lines {
		b.earlier[l.Group] = l
	}
	return err
}

// previous is the session before the one the board is narrowed to.
func (b *board) previous() *registry.Session {
	at := slices.IndexFunc(b.sessions, func(s registry.Session) bool { return s.ID == b.filter.Session })
	if at < 0 || at+1 >= len(b.sessions) {
		return nil
	}
	return &b.sessions[at+1]
}

// group words a row.
func (b *board) group(value string) string {
	switch {
	case value == "":
		return b.p.T("board.none")
	case b.by == "phase":
		return b.p.T("board.phase." + value)
	}
	table := map[string]string{"agency": "agency", "addressee": "agency", "committee": "agency", "category": "category", "category_region": "category", "session": "congress_session"}[b.by]
	return b.names.Of(table, value)
}

// link is the list behind a number: the board's filter, the row's group and the number's measure.
func (b *board) link(l *suggestion.Line, measure string) string {
	q := url.Values{"measure": {measure}}
	for _, fd := range b.form.Fields {
		if fd.Name != "by" && fd.Value != "" {
			q.Set(fd.Name, fd.Value)
		}
	}
	switch {
	case l == nil:
	case l.Group == "":
		q.Set("none", b.by)
	default:
		q.Set(b.by, l.Group)
	}
	return boardPath + "/list?" + q.Encode()
}

func (s *Site) boardPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &boardView{Page: s.Page(r, "board.title")}
	b, err := s.boardOf(r, me, &v.Page, boardPath)
	if err != nil {
		return err
	}
	v.Filter, v.Lead = b.form, v.T("board.lead")
	if err := b.read(r); err != nil {
		return s.Again(w, r, "board", v, v.Filter, err)
	}
	if err := b.count(r.Context()); err != nil {
		return err
	}
	q := b.form.Link()[len(boardPath):]
	v.Acts = []web.Act{{Href: boardPath + "/board.xlsx" + q, Text: v.T("board.excel")}, {Href: boardPath + "/board.csv" + q, Text: v.T("board.csv")}}
	b.show(v)
	return s.Render(w, r, "board", v)
}

// show lays the tables out: counts, and the rates with what they are shares of.
func (b *board) show(v *boardView) {
	head := web.Column{Label: v.T("board.by." + b.by)}
	v.Counts = web.Table{ID: "counts", Caption: v.T("board.counts"), ShowCaption: true, Columns: []web.Column{head}, Empty: web.Empty{Text: v.T("board.empty")}}
	v.Rates = web.Table{ID: "rates", Caption: v.T("board.rates"), ShowCaption: true, Columns: []web.Column{head}, Empty: web.Empty{Text: v.T("board.empty")}}
	measures := suggestion.Measures(b.proc)
	for _, m := range measures {
		v.Counts.Columns = append(v.Counts.Columns, web.Column{Label: v.T("board." + m.Name), Narrow: true})
	}
	for _, rate := range suggestion.Rates() {
		v.Rates.Columns = append(v.Rates.Columns, web.Column{Label: v.T("board.rate." + rate.Name), Narrow: true})
		v.Formulae = append(v.Formulae, web.Fact{Label: v.T("board.rate." + rate.Name), Text: v.T("board.formula." + rate.Name)})
	}
	row := func(name string, l suggestion.Line, at *suggestion.Line, earlier *suggestion.Line) {
		counts, rates := []web.Cell{{Text: name}}, []web.Cell{{Text: name}}
		for _, m := range measures {
			counts = append(counts, web.Cell{Text: strconv.FormatInt(l.Counts[m.Name], 10), Href: b.link(at, m.Name)})
		}
		for _, rate := range suggestion.Rates() {
			rates = append(rates, b.rate(rate, l, at, earlier))
		}
		v.Counts.Rows, v.Rates.Rows = append(v.Counts.Rows, counts), append(v.Rates.Rows, rates)
	}
	for i := range b.lines {
		var earlier *suggestion.Line
		if e, ok := b.earlier[b.lines[i].Group]; ok {
			earlier = &e
		}
		row(b.group(b.lines[i].Group), b.lines[i], &b.lines[i], earlier)
	}
	if len(b.lines) > 0 {
		row(v.T("board.total"), b.total, nil, &b.before)
	}
	if previous := b.previous(); previous != nil && b.by != "session" {
		v.Changed = v.T("board.changed", "Session", previous.Name)
	} else if b.by == "session" {
		v.Changed = v.T("board.changed_each")
	}
}

// rate is a percentage with both its numbers, and what changed since the session before.
func (b *board) rate(rate suggestion.Rate, l suggestion.Line, at, earlier *suggestion.Line) web.Cell {
	share := shareOf(l, rate)
	cell := web.Cell{Text: b.p.T("board.no_rate"), Note: strconv.FormatInt(share.Counted, 10) + "/" + strconv.FormatInt(share.Of, 10)}
	if percent := share.Percent(); percent != "" {
		cell.Text, cell.Href = percent+"%", b.link(at, rate.Counted)
	}
	if earlier != nil {
		if change := share.Since(shareOf(*earlier, rate)); change != "" {
			cell.Note += " " + b.p.T("board.change", "Points", change)
		}
	}
	return cell
}

func shareOf(l suggestion.Line, rate suggestion.Rate) figure.Share {
	counted, of := l.Share(rate)
	return figure.Share{Counted: counted, Of: of}
}

package pages

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
	"lianxin/internal/web/paper"
)

const printPath = "/suggestions/papers"

// previewed is how many rows of a paper its page shows.
const previewed = 10

// fitting is how many columns a page holds beside one another; of a wider paper it shows what it is about.
const fitting = 10

// printout is a paper of many suggestions: whose it is to print, and which suggestions it takes beside what its reader chooses.
type printout struct {
	name    string
	roles   []policy.Role
	filter  func(f *suggestion.Filter)
	states  []string
	takes   func(i paper.Item) bool
	noSheet bool
	lay     func(s *Site, r *http.Request, p *selection) (paper.Laid, error)
}

var overseers = []policy.Role{policy.Clerk, policy.Leader, policy.Supervision}

// printouts are the papers in the order of a year's work.
func printouts() []printout {
	dispatched := func(f *suggestion.Filter) { f.Measure = "dispatched" }
	return []printout{
		{name: "meeting", roles: []policy.Role{policy.Clerk, policy.Motions, policy.Leader}, states: []string{"to_dispatch"}, lay: layMeeting},
		{name: "hand_over", roles: overseers, filter: dispatched, lay: layHandOver},
		{name: "receipts", roles: overseers, filter: dispatched, lay: layReceipts},
		{name: "ledger", roles: overseers, filter: func(f *suggestion.Filter) { f.Measure = "raised" }, lay: layLedger},
		{name: "circular", roles: overseers, filter: dispatched, lay: layCircular},
		{name: "forms", roles: overseers, states: []string{"answered"}, takes: func(i paper.Item) bool { return i.Row.AnsweredAt != 0 && i.Verdict == "" }, noSheet: true, lay: layForms},
	}
}

func (s *Site) printoutRoutes() {
	s.Handle("GET "+printPath, signedIn(s.printoutPage))
	s.Handle("GET "+printPath+"/{file}", signedIn(s.printoutFile))
	s.ledgerRoutes()
}

type printoutView struct {
	web.Page
	Filter  *web.Form
	Acts    []web.Act
	Summary string
	Table   web.Table
}

// selection is a paper as it was asked for, and the suggestions it takes.
type selection struct {
	printout
	me     *visitor
	desk   paper.Desk
	form   *web.Form
	filter suggestion.Filter
	batch  paper.Batch
}

// offered are the papers that are a visitor's to print.
func offered(me *visitor) []printout {
	return slices.DeleteFunc(printouts(), func(p printout) bool { return !me.actor.Has(p.roles...) })
}

// printoutForm asks which paper, of which suggestions.
func (s *Site) printoutForm(r *http.Request, me *visitor, p *web.Page) (*web.Form, error) {
	papers, sessions, units := []web.Option{}, []web.Option{}, []web.Option{}
	for _, o := range offered(me) {
		papers = append(papers, web.Option{Value: o.name, Label: p.T("printout." + o.name)})
	}
	if len(papers) == 0 {
		return nil, errs.New(errs.Denied, "errs.denied")
	}
	list, err := registry.Sessions(r.Context(), s.DB.Reader(), me.actor.Under("").Congress)
	if err != nil {
		return nil, err
	}
	for _, ss := range list {
		sessions = append(sessions, web.Option{Value: ss.ID, Label: ss.Name})
	}
	agencies, err := registry.Agencies(r.Context(), s.DB.Reader(), s.today())
	if err != nil {
		return nil, err
	}
	for _, a := range agencies {
		units = append(units, web.Option{Value: a.ID, Label: a.Name})
	}
	addressees := units
	if own := overseen(me); own != "" {
		addressees = slices.DeleteFunc(slices.Clone(units), func(o web.Option) bool { return o.Value != own })
	}
	f := p.Filter(printPath, &web.Field{Name: "paper", Kind: web.Select, Label: p.T("printout.which"), Options: papers, Blank: p.T("web.choose")},
		&web.Field{Name: "session", Kind: web.Select, Label: p.T("suggestion.session"), Options: sessions},
		&web.Field{Name: "phase", Kind: web.Select, Label: p.T("suggestion.phase"), Options: []web.Option{{Value: suggestion.Meeting, Label: p.T("suggestion.meeting")}, {Value: suggestion.Recess, Label: p.T("suggestion.recess")}}},
		&web.Field{Name: "addressee", Kind: web.Select, Label: p.T("printout.addressee"), Options: addressees},
		&web.Field{Name: "agency", Kind: web.Select, Label: p.T("printout.agency"), Options: units},
		&web.Field{Name: "letter", Kind: web.Line, Label: p.T("printout.letter"), Max: 60},
		&web.Field{Name: "on", Kind: web.Date, Label: p.T("printout.on")})
	f.Submit = p.T("printout.choose")
	if len(list) > 0 {
		f.Set("session", list[0].ID)
	}
	return f, nil
}

// printoutPage offers the papers; one that was chosen with its files and its first rows.
func (s *Site) printoutPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &printoutView{Page: s.Page(r, "printout.title")}
	v.Lead, v.Up = v.T("printout.lead"), &web.Link{Href: "/suggestions", Text: v.T("nav.suggestions")}
	var err error
	if v.Filter, err = s.printoutForm(r, me, &v.Page); err != nil {
		return err
	}
	if r.URL.Query().Has("paper") {
		err = v.Filter.Read(r)
	}
	if err == nil && v.Filter.Value("paper") != "" {
		err = s.preview(r, me, v)
	}
	if err != nil {
		return s.Again(w, r, "printouts", v, v.Filter, err)
	}
	if which := v.Filter.Value("paper"); which == "ledger" || which == "" {
		v.Acts = append(v.Acts, ledgerActs(&v.Page, me)...)
	}
	return s.Render(w, r, "printouts", v)
}

// preview shows what a paper would hold, and offers it.
func (s *Site) preview(r *http.Request, me *visitor, v *printoutView) error {
	sel, err := s.selected(r, me, &v.Page, v.Filter)
	if err != nil {
		return err
	}
	v.Summary = total(&v.Page, len(sel.batch.Items))
	if len(sel.batch.Items) == 0 {
		v.Summary = v.T("printout.none")
		return nil
	}
	laid, err := sel.lay(s, r, sel)
	if err != nil {
		return err
	}
	rows := laid.Rows
	if rows == nil || len(rows[0]) > fitting {
		rows = sel.desk.Overview(sel.batch)
	}
	v.Table = previewTable(v.T("printout.preview", "Title", laid.Name), rows)
	v.Acts = s.printoutActs(&v.Page, sel)
	return nil
}

// previewTable is the beginning of a paper's rows; numbers and dates stand on one line.
func previewTable(caption string, rows [][]string) web.Table {
	t := web.Table{Caption: caption, ShowCaption: true}
	for _, head := range rows[0] {
		t.Columns = append(t.Columns, web.Column{Label: head, Narrow: true})
	}
	for _, row := range rows[1:min(len(rows), previewed+1)] {
		cells := make([]web.Cell, len(row))
		for i, text := range row {
			cells[i].Text = text
			t.Columns[i].Narrow = t.Columns[i].Narrow && utf8.RuneCountInString(text) <= len(time.DateOnly)
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

func (s *Site) printoutActs(p *web.Page, sel *selection) []web.Act {
	query := strings.TrimPrefix(sel.form.Link("paper", ""), printPath)
	path := printPath + "/" + sel.name
	acts := []web.Act{{Href: path + query, Text: p.T("printout.print"), Main: true}, {Href: path + "." + asWord + query, Text: p.T("printout.word")}}
	if s.Printer.Ready() {
		acts = append(acts, web.Act{Href: path + "." + asPDF + query, Text: p.T("printout.pdf")})
	}
	if !sel.noSheet {
		acts = append(acts, web.Act{Href: path + "." + asSheet + query, Text: p.T("printout.excel")})
	}
	return acts
}

// printoutFile answers with a paper as a page to print, a Word file, a PDF or a spreadsheet.
func (s *Site) printoutFile(w http.ResponseWriter, r *http.Request, me *visitor) error {
	name, ext, _ := strings.Cut(r.PathValue("file"), ".")
	p := s.Page(r, "printout.title")
	f, err := s.printoutForm(r, me, &p)
	if err != nil {
		return err
	}
	if err := f.Read(r); err != nil {
		return err
	}
	sel, err := s.selected(r, me, &p, f.Set("paper", name))
	if err != nil {
		return err
	}
	if len(sel.batch.Items) == 0 {
		return errs.New(errs.NotFound, "printout.none")
	}
	laid, err := sel.lay(s, r, sel)
	if err != nil {
		return err
	}
	number := name + "-" + string(sel.desk.Today)
	if ext == asSheet && laid.Rows != nil {
		return s.excel(w, laid.Name, number, laid.Rows)
	}
	return s.paper(w, r, laid.Document, ext, number)
}

// selected finds the paper that is asked for, and the suggestions it takes: of those the visitor may read.
func (s *Site) selected(r *http.Request, me *visitor, p *web.Page, f *web.Form) (*selection, error) {
	mine := offered(me)
	i := slices.IndexFunc(mine, func(o printout) bool { return o.name == f.Value("paper") })
	if i < 0 {
		if slices.ContainsFunc(printouts(), func(o printout) bool { return o.name == f.Value("paper") }) {
			return nil, errs.New(errs.Denied, "errs.denied")
		}
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	sel := &selection{printout: mine[i], me: me, form: f}
	sel.filter = suggestion.Filter{Session: f.Value("session"), Phase: f.Value("phase"), Addressee: f.Value("addressee")}
	if own := overseen(me); own != "" {
		sel.filter.Addressee = own
	}
	var err error
	if sel.desk, err = s.paperDesk(r, p); err != nil {
		return nil, err
	}
	return sel, s.gather(r, sel)
}

// overseen is the agency whose batches are all that a visitor may print; "" for the congress's own people.
func overseen(me *visitor) string {
	if me.actor.Has(policy.Clerk, policy.Leader, policy.Motions) {
		return ""
	}
	for _, g := range me.actor.Grants {
		if g.Role == policy.Supervision {
			return g.Agency
		}
	}
	return ""
}

// gather reads a paper's suggestions.
func (s *Site) gather(r *http.Request, sel *selection) error {
	narrowed := sel.filter
	if sel.printout.filter != nil {
		sel.printout.filter(&narrowed)
	}
	items, err := s.items(r, sel.me, narrowed, casework.Query{States: sel.states, Agency: sel.form.Value("agency")})
	if err != nil {
		return err
	}
	b := &sel.batch
	b.Items, b.Phase = items, sel.filter.Phase
	if err := s.about(r, sel); err != nil {
		return err
	}
	b.Items = slices.DeleteFunc(b.Items, func(i paper.Item) bool {
		letter, on := sel.form.Value("letter"), sel.form.Value("on")
		return sel.takes != nil && !sel.takes(i) || letter != "" && b.Texts[i.Get(suggestion.LetterNumber)] != letter || on != "" && dayOf(i.Row.DispatchedAt) != on
	})
	b.Sort(sel.desk.Names)
	return nil
}

package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/identity"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

func (s *Site) caseRoutes() {
	s.Handle("GET /desk", signedIn(s.desk))
	s.Handle("GET /cases", signedIn(s.cases))
	s.Handle("GET /suggestions", signedIn(s.cases))
	s.Handle("GET /motions", signedIn(s.cases))
	s.Handle("GET /entry", signedIn(s.entryPage))
	s.HandleUpload("POST /entry", maxUpload, signedIn(s.entry))
	s.Handle("GET /cases/{number}", signedIn(s.caseFile))
	s.Handle("GET /cases/{number}/slip", signedIn(s.slip))
	s.Handle("GET /cases/{number}/files/{id}", signedIn(s.attachment))
	s.Handle("GET /cases/{number}/do/{action}", signedIn(s.actPage))
	s.HandleUpload("POST /cases/{number}/do/{action}", maxUpload, signedIn(s.act))
	s.Handle("GET /cases/{number}/{n}/do/{action}", signedIn(s.actPage))
	s.HandleUpload("POST /cases/{number}/{n}/do/{action}", maxUpload, signedIn(s.act))
}

type deskView struct {
	web.Page
	Sections []deskSection
	Tiles    []web.Tile
}

type deskSection struct {
	ID, Title, Hint string
	Table           web.Table
	More            string
	Total           int
}

func (s *Site) desk(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &deskView{Page: s.Page(r, "desk.title")}
	sections, err := s.Cases.Desk(r.Context(), me.actor)
	if err != nil {
		return err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	d := desker{s: s, r: r, v: v, names: names}
	for _, section := range sections {
		if err := d.add(section); err != nil {
			return err
		}
	}
	if len(sections) == 0 {
		v.Lead = v.T("desk.empty")
	}
	return s.Render(w, r, "desk", v)
}

// desker lays a desk's heaps out.
type desker struct {
	s     *Site
	r     *http.Request
	v     *deskView
	names registry.Names
}

// ringing are the heaps whose items want somebody to telephone an agency.
var ringing = []string{"late_at_agencies", "late", "supervised"}

func (d desker) add(section casework.Section) error {
	v := d.v
	out := deskSection{ID: section.Key, Title: v.T("desk." + section.Key), Hint: v.T("desk." + section.Key + "_hint"), Total: section.Total}
	out.Table = web.Table{Caption: out.Title, Columns: []web.Column{{Label: v.T("case.number"), Narrow: true}, {Label: v.T("case.title")},
		{Label: v.T("case.state"), Narrow: true}, {Label: v.T("case.due"), Narrow: true}}}
	ring := false
	for _, k := range ringing {
		ring = ring || section.Key == k
	}
	if ring {
		out.Table.Columns = append(out.Table.Columns, web.Column{Label: v.T("case.ring")})
	}
	for _, item := range section.Items {
		row, err := d.row(item, ring)
		if err != nil {
			return err
		}
		out.Table.Rows = append(out.Table.Rows, row)
	}
	tone := web.Plain
	switch section.Key {
	case "late_at_agencies", "late", "disputed", "congress_disputed", "to_coordinate":
		tone = web.Bad
	case "to_accept", "to_pass_on", "to_sign", "to_approve", "moves", "to_feed_back", "in_handling", "urged", "extensions", "promises", "to_cosign", "motion_to_sign", "to_check",
		"to_dispatch", "to_judge", "to_receive", "to_split", "to_check_draft", "to_issue", "to_deliver", "motion_to_check", "motion_to_decide", "motion_to_resolve":
		tone = web.Caution
	}
	v.Tiles = append(v.Tiles, web.Tile{Href: "#" + section.Key, Count: strconv.Itoa(section.Total), Text: out.Title, Tone: tone})
	v.Sections = append(v.Sections, out)
	return nil
}

func (d desker) row(item casework.DeskItem, ring bool) ([]web.Cell, error) {
	kind, err := d.s.Cases.Kind(item.Kind)
	if err != nil {
		return nil, err
	}
	lamp := deadline.LampOf(item.ItemAmber, item.ItemDue, d.s.now())
	due := ""
	if item.ItemDue != 0 {
		due = string(deadline.DateOf(microTime(item.ItemDue - 1)))
	}
	if item.ItemDue == 0 && item.ItemPromise != "" {
		on := deadline.Date(item.ItemPromise)
		due, lamp = string(on), promiseLamp(on, deadline.DateOf(d.s.now()))
	}
	href, note := "/cases/"+item.Number, ""
	state, label := item.State, ""
	if st, ok := kind.Procedure.Case.State(item.State); ok {
		label = st.Label
	}
	if item.N != 0 {
		state = item.AssignmentState
		href += "#a" + strconv.FormatInt(item.N, 10)
		note = d.names.Of("agency", item.Agency) + " · " + d.v.T("casework.part."+item.Part)
		if st, ok := kind.Procedure.Assignment.State(item.AssignmentState); ok {
			label = st.Label
		}
	}
	number := web.Cell{Text: item.Number, Href: href}
	if item.Urgent {
		number.Badge = &web.Badge{Text: d.v.T("case.urgent"), Tone: web.Bad}
	}
	row := []web.Cell{number, {Text: item.Title, Href: href, Note: note}, {Badge: &web.Badge{Text: label, Tone: tone(state)}}, {Text: due, Lamp: lamp}}
	if ring {
		whom, err := d.ring(item)
		if err != nil {
			return nil, err
		}
		row = append(row, web.Cell{Text: whom})
	}
	return row, nil
}

// ring tells whom to telephone: the agency's liaison people, else its office.
func (d desker) ring(item casework.DeskItem) (string, error) {
	id := item.Agency
	if id == "" {
		id = item.LeadAgency
	}
	if id == "" {
		return d.names.Of("office", item.Office), nil
	}
	liaisons, err := registry.Liaisons(d.r.Context(), d.s.DB.Reader(), id, deadline.DateOf(d.s.now()))
	if err != nil {
		return "", err
	}
	var whom []string
	for _, l := range liaisons {
		whom = append(whom, l.Name+" "+l.Phone)
	}
	if len(whom) > 0 {
		return strings.Join(whom, "；"), nil
	}
	agency, err := registry.GetAgency(d.r.Context(), d.s.DB.Reader(), id)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(agency.Name + " " + agency.Phone), nil
}

type listView struct {
	web.Page
	Filter *web.Form
	Table  web.Table
	Pager  web.Pager
	Bulk   *web.Form
	Acts   []web.Act
}

func (s *Site) cases(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &listView{Page: s.Page(r, "cases.title")}
	proc, err := s.listed(r)
	if err != nil {
		return err
	}
	v.Title = v.T("cases.of", "Kind", proc.Label)
	if v.Filter, err = s.filter(r, &v.Page, proc, me); err != nil {
		return err
	}
	if err := v.Filter.Read(r); err != nil {
		return s.Again(w, r, "cases", v, v.Filter, err)
	}
	q := r.URL.Query()
	f := v.Filter.Value
	query := queryOf(proc.Kind, f)
	query.Cursor = q.Get("cursor")
	if err := s.within(r.Context(), me.actor, proc.Kind, f, &query); err != nil {
		return s.Again(w, r, "cases", v, v.Filter, err)
	}
	page, err := s.Cases.List(r.Context(), me.actor, query)
	if err != nil {
		return err
	}
	v.Pager = web.Pager{Summary: total(&v.Page, page.Total)}
	if query.Cursor != "" {
		v.Pager.First = v.Filter.Link()
	}
	if page.Next != "" {
		v.Pager.Next = v.Filter.Link("cursor", page.Next)
	}
	v.Bulk = s.bulkForm(&v.Page, me, proc)
	q.Set("kind", proc.Kind)
	v.Acts = append(v.Acts, web.Act{Href: "/cases/export?" + q.Encode(), Text: v.T("sheet.export")})
	v.Acts = append(v.Acts, listActs(&v.Page, me, proc.Kind)...)
	return s.listTable(w, r, v, page, proc)
}

// listActs are what else can be begun from a kind's list.
func listActs(p *web.Page, me *visitor, kind string) []web.Act {
	var acts []web.Act
	switch {
	case kind == opinion.Kind && me.actor.Has(policy.Clerk, policy.Street):
		acts = append(acts, web.Act{Href: "/cases/paste", Text: p.T("sheet.paste")})
	case kind == suggestion.Kind && me.actor.Has(policy.Clerk, policy.Motions):
		acts = append(acts, web.Act{Href: "/suggestions/pile", Text: p.T("pile.title")}, web.Act{Href: backPath, Text: p.T("back.title")})
		if me.actor.Has(policy.Clerk) {
			acts = append(acts, web.Act{Href: "/suggestions/call-back", Text: p.T("callback.title")})
		}
	}
	if kind == suggestion.Kind && len(offered(me)) > 0 {
		acts = append(acts, web.Act{Href: printPath, Text: p.T("printout.title")})
	}
	if me.actor.Has(mayWrite...) && kind != opinion.Kind {
		acts = append(acts, web.Act{Href: listPath(kind) + "/new", Text: p.T("nav." + kind), Main: true})
	}
	return acts
}

// queryOf reads what a list is narrowed to.
func queryOf(kind string, f func(string) string) casework.Query {
	query := casework.Query{Kind: kind, Q: f("q"), Agency: f("agency"), Category: f("category"), Lamp: f("lamp"), Result: f("result"), Class: f("class"),
		Publication: f("publication"), Grid: f("grid"), Station: f("station"), Deputy: f("deputy"), From: deadline.Date(f("from")), To: deadline.Date(f("to")),
		Sort: f("sort"), Missed: f("promise") == "missed"}
	switch state := f("state"); state {
	case "":
	case "open":
		query.Open = true
	default:
		query.States = []string{state}
	}
	return query
}

func total(p *web.Page, n int) string {
	if n >= casework.CountedTo {
		return p.T("cases.total_more", "N", "1,000+")
	}
	return p.T("cases.total", "N", n)
}

func (s *Site) filter(r *http.Request, p *web.Page, proc *procedure.Procedure, me *visitor) (*web.Form, error) {
	states := []web.Option{{Value: "open", Label: p.T("cases.open")}}
	for _, st := range proc.Case.States {
		states = append(states, web.Option{Value: st.Name, Label: st.Label})
	}
	var results []web.Option
	for _, c := range proc.Choices["satisfaction"] {
		results = append(results, web.Option{Value: c.Value, Label: c.Label})
	}
	categories, err := s.categoriesOf(r.Context(), proc.Kind)
	if err != nil {
		return nil, err
	}
	agencies, err := builder{s: s, ctx: r.Context(), p: p, procedure: proc}.agencies()
	if err != nil {
		return nil, err
	}
	f := p.Filter(listPath(proc.Kind),
		&web.Field{Name: "q", Kind: web.Line, Label: p.T("cases.q"), Max: 100},
		&web.Field{Name: "state", Kind: web.Select, Label: p.T("case.state"), Options: states},
		&web.Field{Name: "lamp", Kind: web.Select, Label: p.T("cases.lamp"), Options: []web.Option{{Value: "amber", Label: p.T("web.lamp_amber")}, {Value: "red", Label: p.T("web.lamp_red")}}},
		&web.Field{Name: "agency", Kind: web.Select, Label: p.T("case.agency"), Options: agencies},
		&web.Field{Name: "category", Kind: web.Select, Label: p.T("case.category"), Options: categories},
		&web.Field{Name: "result", Kind: web.Select, Label: p.T("case.verdict"), Options: results},
		&web.Field{Name: "from", Kind: web.Date, Label: p.T("cases.from")},
		&web.Field{Name: "to", Kind: web.Date, Label: p.T("cases.to")},
		&web.Field{Name: "sort", Kind: web.Select, Label: p.T("cases.sort"), Blank: p.T("cases.sort_received"), Options: []web.Option{{Value: "due", Label: p.T("cases.sort_due")}}})
	f.Live = "results"
	if proc.Kind == suggestion.Kind {
		fields, err := s.suggestionFields(r, p, proc, me.actor.Under("").Congress)
		if err != nil {
			return nil, err
		}
		f.Add(fields...)
	}
	for _, hidden := range []string{"answers", "none", "category_region", "round", "addressee", "leader", "committee", "grid", "station", "deputy", "promise", "publication"} {
		if r.URL.Query().Get(hidden) != "" {
			f.Add(&web.Field{Name: hidden, Kind: web.Hidden})
		}
	}
	return f, nil
}

func (s *Site) listTable(w http.ResponseWriter, r *http.Request, v *listView, page casework.Page, proc *procedure.Procedure) error {
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	v.Table = web.Table{ID: "results", Caption: v.Title, Empty: web.Empty{Text: v.T("cases.none")}, Columns: []web.Column{
		{Label: v.T("case.number"), Narrow: true}, {Label: v.T("case.title")}, {Label: v.T("case.received"), Narrow: true}, {Label: v.T("case.state"), Narrow: true},
		{Label: v.T("case.agency")}, {Label: v.T("case.due"), Narrow: true}, {Label: v.T("case.verdict"), Narrow: true}}}
	if v.Bulk != nil {
		v.Table.Pick = &web.Pick{Form: "bulk", Name: "n"}
	}
	answering, err := suggestion.Answering(r.Context(), s.Cases, page.Cases)
	if err != nil {
		return err
	}
	for _, c := range page.Cases {
		href := "/cases/" + c.Number
		if v.Table.Pick != nil {
			v.Table.Pick.Values, v.Table.Pick.Labels = append(v.Table.Pick.Values, c.Number), append(v.Table.Pick.Labels, c.Number)
		}
		number := web.Cell{Text: c.Number, Href: href}
		if c.Urgent {
			number.Badge = &web.Badge{Text: v.T("case.urgent"), Tone: web.Bad}
		}
		state, due := web.Cell{}, web.Cell{Lamp: deadline.LampOf(c.AmberAt, c.DueAt, s.now())}
		if st, ok := proc.Case.State(c.State); ok {
			state.Badge = &web.Badge{Text: st.Label, Tone: tone(c.State)}
		}
		if c.DueAt != 0 {
			due.Text = string(deadline.DateOf(microTime(c.DueAt - 1)))
		} else {
			due.Lamp = ""
		}
		agency := ""
		if id := answering[c.ID]; id != "" {
			agency = names.Of("agency", id)
		}
		v.Table.Rows = append(v.Table.Rows, []web.Cell{number, {Text: c.Title, Href: href, Note: where(&v.Page, names, &c.Case)},
			{Text: string(deadline.DateOf(microTime(c.ReceivedAt)))}, state, {Text: agency}, due, {Text: verdict(&v.Page, proc, &c.Case)}})
	}
	return s.Render(w, r, "cases", v)
}

// where names the grid or station a case came from; of a suggestion or motion, its number in the session and who leads it.
func where(p *web.Page, names registry.Names, c *casework.Case) string {
	switch {
	case c.Kind != opinion.Kind:
		return strings.TrimSpace(serial(p, names, c) + " " + names.Of("person", c.Deputy))
	case c.Grid != "":
		return names.Of("grid", c.Grid)
	case c.Station != "":
		return names.Of("station", c.Station)
	}
	return ""
}

// verdict words what was said of the answer; silence is called silence.
func verdict(p *web.Page, proc *procedure.Procedure, c *casework.Case) string {
	switch c.Verdict {
	case "given":
		choice, _ := proc.Choice("satisfaction", c.Result)
		return choice.Label
	case "lapsed":
		return p.T("case.lapsed")
	}
	return ""
}

// displays words accounts for staff.
func (s *Site) displays(r *http.Request) (map[string]string, error) {
	return identity.Displays(r.Context(), s.DB.Reader())
}

// casePath is the page of a case, or of one of its assignments on it.
func casePath(number, n string) string {
	path := "/cases/" + url.PathEscape(number)
	if n != "" {
		path += "#a" + n
	}
	return path
}

package casework

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/search"
	"lianxin/internal/store"
)

// Lamps a list can be narrowed to.
const (
	LampAmber = "amber"
	LampRed   = "red"
)

// Query narrows a list of cases; zero values do not narrow.
type Query struct {
	Kind        string
	States      []string
	Office      string
	Agency      string // an assignment of it that is not moved or stopped
	Station     string
	Grid        string
	Deputy      string
	Category    string
	Class       string
	Result      string // of the verdict
	Publication string
	Lamp        string               // amber or red
	Within      func(w *store.Where) // what a kind narrows its own by, in conditions on case_file c; nil for nothing
	Few         bool                 // Within selects by id, and no more than Few cases
	Open        bool                 // not in a final state
	Missed      bool                 // a promise was not kept in time
	Numbers     []string             // these only
	Q           string               // words, all of which the case's texts contain
	From, To    deadline.Date        // received from, and to (inclusive)
	Sort        string               // "received" (newest first, the default) or "due" (soonest first)
	Cursor      string
	Limit       int // 50 if zero, 200 at most
}

// Listed is a case in a list.
type Listed struct {
	Case
	Title string `db:"title"`
}

// Page is one page of a list.
type Page struct {
	Cases []Listed
	Next  string // cursor of the next page; "" on the last
	Total int    // exact up to CountedTo, which stands for "that many or more"
}

// CountedTo is as far as totals are counted.
const CountedTo = 1000

// unlistedColumns are those of a case that no list shows, and that cost most to read.
var unlistedColumns = []string{"c.clocks", "c.counters", "c.entries", "c.correction"}

// listed are the columns of a case as lists and desks read them.
var listed = func() string {
	columns := strings.Split(store.Columns[Case]("c."), ", ")
	return strings.Join(slices.DeleteFunc(columns, func(c string) bool { return slices.Contains(unlistedColumns, c) }), ", ")
}()

// List returns the cases that the query selects among those the actor may read.
func (s *Service) List(ctx context.Context, actor policy.Actor, query Query) (Page, error) {
	q := s.db.Reader()
	w, err := s.where(ctx, q, actor, query)
	if err != nil {
		return Page{}, err
	}
	total, err := store.One[int](ctx, q, "select count(*) from (select 1 from case_file c"+w.String()+" limit "+strconv.Itoa(CountedTo)+") counted", w.Args()...)
	if err != nil {
		return Page{}, err
	}
	limit := min(max(query.Limit, 0), 200)
	if limit == 0 {
		limit = 50
	}
	order, err := query.order(w)
	if err != nil {
		return Page{}, err
	}
	rows, err := store.All[Listed](ctx, q, "select "+listed+`, t.body as title from case_file c
		join case_text t on t.congress_id = c.congress_id and t.id = c.title_text`+w.String()+order+" limit "+w.Bind(limit+1), w.Args()...)
	if err != nil {
		return Page{}, err
	}
	page := Page{Cases: rows, Total: total}
	if len(rows) > limit {
		page.Cases = rows[:limit]
		page.Next = query.cursor(&rows[limit-1])
	}
	return page, nil
}

// order adds the condition of the cursor and returns the order clause.
func (query Query) order(w *store.Where) (string, error) {
	at, id, err := query.after()
	if err != nil {
		return "", err
	}
	if query.Sort == "due" {
		w.And("c.due_at > 0")
		if id != "" {
			w.And("c.due_at > ? or (c.due_at = ? and c.id > ?)", at, at, id)
		}
		return " order by c.due_at, c.id", nil
	}
	if id != "" {
		w.And("c.received_at < ? or (c.received_at = ? and c.id < ?)", at, at, id)
	}
	return " order by c.received_at desc, c.id desc", nil
}

func (query Query) cursor(last *Listed) string {
	at := last.ReceivedAt
	if query.Sort == "due" {
		at = last.DueAt
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", at, last.ID))
}

func (query Query) after() (at int64, id string, err error) {
	if query.Cursor == "" {
		return 0, "", nil
	}
	bad := errs.New(errs.Invalid, "casework.bad_cursor").At("cursor")
	b, err := base64.RawURLEncoding.DecodeString(query.Cursor)
	if err != nil {
		return 0, "", bad
	}
	first, id, ok := strings.Cut(string(b), " ")
	if at, err = strconv.ParseInt(first, 10, 64); err != nil || !ok || !plainKey(id) {
		return 0, "", bad
	}
	return at, id, nil
}

func (s *Service) where(ctx context.Context, q store.Querier, actor policy.Actor, query Query) (*store.Where, error) {
	few := query.Few
	if !few {
		var err error
		if few, err = s.seesFew(ctx, q, actor); err != nil {
			return nil, err
		}
	}
	w := new(store.Where)
	if err := s.scope(ctx, q, w, actor, query.Kind, few); err != nil {
		return nil, err
	}
	kind := "c.kind"
	if few {
		kind += noIndex
	}
	for _, f := range []struct{ column, value string }{{kind, query.Kind}, {"c.office_id", query.Office}, {"c.station_id", query.Station},
		{"c.grid_id", query.Grid}, {"c.deputy_id", query.Deputy}, {"c.category", query.Category}, {"c.class", query.Class},
		{"c.result", query.Result}, {"c.publication", query.Publication}} {
		if f.value != "" {
			w.And(f.column+" = ?", f.value)
		}
	}
	if len(query.States) > 0 {
		w.In("c.state", query.States...)
	}
	if query.Open {
		w.In("c.state", s.openStates(query.Kind)...)
	}
	if len(query.Numbers) > 0 {
		w.In("c.number", query.Numbers...)
	}
	if query.Within != nil {
		query.Within(w)
	}
	if query.Missed {
		w.And("exists (select 1 from assignment a where a.congress_id = c.congress_id and a.case_id = c.id and a.promise_state = 'missed')")
	}
	if query.Agency != "" {
		w.And("exists (select 1 from assignment a where a.congress_id = c.congress_id and a.case_id = c.id and a.agency_id = " + w.Bind(query.Agency) + " and a.state not in " + bindAll(w, s.goneStates()) + ")")
	}
	if query.From != "" {
		w.And("c.received_at >= ?", store.Micros(query.From.Start()))
	}
	if query.To != "" {
		w.And("c.received_at < ?", store.Micros(query.To.AddDays(1).Start()))
	}
	now := store.Micros(s.db.Now())
	switch query.Lamp {
	case LampRed:
		w.And("c.due_at > 0 and c.due_at <= ?", now)
	case LampAmber:
		w.And("c.due_at > ? and c.amber_at <= ?", now, now)
	}
	if strings.TrimSpace(query.Q) != "" {
		search.Narrow(w, s.db, "c.id", SearchKind, query.Q)
	}
	return w, nil
}

// openStates lists the states of a kind, or of all, that are not final.
func (s *Service) openStates(kind string) []string {
	var open []string
	for name, k := range s.kinds {
		if kind == "" || kind == name {
			open = append(open, k.Procedure.Case.Open()...)
		}
	}
	return open
}

// Visible narrows a query over case_file c to what an actor may read; the zero actor is the public, which reads what is published.
func (s *Service) Visible(ctx context.Context, q store.Querier, w *store.Where, actor policy.Actor) error {
	if len(actor.Grants) == 0 {
		w.And("c.publication = ?", Published)
		return nil
	}
	return s.scope(ctx, q, w, actor, "", false)
}

// goneStates lists the states of any kind in which an addressee no longer has its part.
func (s *Service) goneStates() []string {
	var gone []string
	for _, k := range s.kinds {
		gone = append(gone, k.Procedure.Assignment.Gone()...)
	}
	slices.Sort(gone)
	return slices.Compact(gone)
}

// scope narrows a list to what the policy's "view" rows let the actor read, grant by grant: of one kind, which the caller asks for, or of all where it is "".
// Where few are asked for, they are found by the caller's conditions.
func (s *Service) scope(ctx context.Context, q store.Querier, w *store.Where, actor policy.Actor, only string, few bool) error {
	type seen struct {
		kind  string
		grant policy.Grant
		sight
	}
	var all []seen
	for name, k := range s.kinds {
		if only != "" && only != name {
			continue
		}
		for _, g := range actor.Grants {
			for _, v := range s.viewing(name, g, len(k.Procedure.Case.Private()) > 0) {
				all = append(all, seen{name, g, v})
			}
		}
	}
	var any []string
	for _, v := range all {
		cond, err := s.scopeOf(ctx, q, w, v.grant, v.relation)
		if err != nil {
			return err
		}
		if cond == "" {
			continue
		}
		if v.relation == policy.Congress && (few || len(all) > 1) { // a whole congress is not gathered to find a page of it
			cond = strings.Replace(cond, " = ", noIndex+" = ", 1)
		}
		private := s.kinds[v.kind].Procedure.Case.Private()
		switch {
		case v.private && !v.open:
			cond += " and c.state in " + bindAll(w, private)
		case !v.private && len(private) > 0:
			cond += " and c.state not in " + bindAll(w, private)
		}
		if only == "" {
			cond = "c.kind = " + w.Bind(v.kind) + " and " + cond
		}
		any = append(any, "("+cond+")")
	}
	if len(any) == 0 {
		any = []string{"1 = 0"}
	}
	w.And(strings.Join(any, " or "))
	return nil
}

// sight is a relation in which a grant may read: what stands in private states, what stands in others, or both.
type sight struct {
	relation      policy.Relation
	open, private bool
}

// viewing lists the relations in which the grant may read. Who reads all of his congress needs no further look at what his office has.
func (s *Service) viewing(kind string, g policy.Grant, private bool) []sight {
	var sights []sight
	all := false
	for _, r := range []policy.Relation{policy.Anyone, policy.Congress, policy.Receiving, policy.Intake, policy.Above, policy.NamedBy, policy.Signer, policy.Involved} {
		v := sight{relation: r, private: true}
		v.open, _ = s.table.Allows(kind, "view", g.Role, r)
		if private {
			v.private, _ = s.table.Allows(kind, "view_private", g.Role, r)
		}
		if all && (r == policy.Receiving || r == policy.Above) {
			v.open = false
		}
		if v.open || v.private && private {
			sights = append(sights, v)
		}
		all = all || r == policy.Congress && v.open
	}
	return sights
}

// scopeOf is the condition under which a grant stands in a relation, the same as standing finds case by case.
func (s *Service) scopeOf(ctx context.Context, q store.Querier, w *store.Where, g policy.Grant, r policy.Relation) (string, error) {
	switch {
	case r == policy.Anyone:
		return "1 = 1", nil
	case r == policy.Congress && g.Congress != "":
		return "c.congress_id = " + w.Bind(g.Congress), nil
	case r == policy.Receiving && g.Office != "" && g.Station == "":
		return "c.office_id = " + w.Bind(g.Office), nil
	case r == policy.Intake && g.Station != "":
		return "c.station_id = " + w.Bind(g.Station), nil
	case r == policy.Intake && g.Office != "":
		return "c.intake_office_id = " + w.Bind(g.Office), nil
	case r == policy.Above && g.Office != "" && g.Station == "":
		below, err := registry.OfficesBelow(ctx, q, g.Office)
		if err != nil || len(below) == 0 {
			return "", err
		}
		return "(c.congress_id = " + w.Bind(g.Congress) + " and c.office_id in " + bindAll(w, below) + ")", nil
	case r == policy.NamedBy && g.Person != "":
		return s.scopeOfDeputy(ctx, q, w, g.Person)
	case r == policy.Signer && g.Person != "":
		return "c.id in (select p.case_id from case_signer p where p.person_id = " + w.Bind(g.Person) + " and p.state not in ('" + SignerDeclined + "', '" + SignerLeft + "'))", nil
	case r == policy.Involved && g.Agency != "":
		return "c.id in (select a.case_id from assignment a where a.agency_id = " + w.Bind(g.Agency) + ")", nil // who assigns parts has the whole assigned
	}
	return "", nil
}

func (s *Service) scopeOfDeputy(ctx context.Context, q store.Querier, w *store.Where, person string) (string, error) {
	grids, err := registry.GridsOfDeputy(ctx, q, person, deadline.DateOf(s.db.Now()))
	if err != nil {
		return "", err
	}
	cond := "c.deputy_id = " + w.Bind(person)
	if len(grids) > 0 {
		cond = "(" + cond + " or c.grid_id in " + bindAll(w, grids) + ")"
	}
	return cond, nil
}

// noIndex behind a column keeps the database from looking rows up by it.
const noIndex = " || ''"

// Few is how many cases are better looked up one by one than met on the way from the newest to the oldest (our default).
const Few = 2000

// seesFew reports whether all that the actor may read is little: what names him, or what a small agency has.
func (s *Service) seesFew(ctx context.Context, q store.Querier, actor policy.Actor) (bool, error) {
	for _, g := range actor.Grants {
		switch g.Role {
		case policy.Deputy:
		case policy.Agency, policy.AgencyLead:
			n, err := store.One[int](ctx, q, "select count(*) from (select 1 from assignment where agency_id = $1 limit "+strconv.Itoa(Few+1)+") counted", g.Agency)
			if err != nil || n > Few {
				return false, err
			}
		default:
			return false, nil
		}
	}
	return true, nil
}

func bindAll(w *store.Where, values []string) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = w.Bind(v)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

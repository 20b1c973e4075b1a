package casework

import (
	"context"
	"maps"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// Section is one heap on a desk: what waits for the actor, what is about to be late, or what came back.
type Section struct {
	Key   string // catalogue key "desk.<key>"
	Items []DeskItem
	Total int // exact up to CountedTo
}

// DeskItem is one thing on a desk: a case, or an assignment of it.
type DeskItem struct {
	Listed
	N               int64  `db:"n"` // number of the assignment, 0 for the case itself
	Agency          string `db:"agency_id"`
	Part            string `db:"part"`
	AssignmentState string `db:"assignment_state"`
	ItemDue         int64  `db:"item_due"`     // of the assignment where there is one, else of the case
	ItemAmber       int64  `db:"item_amber"`   // likewise
	ItemPromise     string `db:"item_promise"` // date promised in the assignment; "" for none
}

// heap describes a section: which cases or assignments it holds. Conditions speak of case_file c and assignment a.
type heap struct {
	key         string
	kind        string // whose states it is made of; "" for all kinds
	roles       []policy.Role
	assignments bool
	where       func(w *store.Where, g policy.Grant, account string, now int64) bool // false: the grant has no such heap
	newest      bool                                                                 // newest first instead of soonest due first
}

var office = []policy.Role{policy.Clerk, policy.Street, policy.Station}
var agency = []policy.Role{policy.Agency, policy.AgencyLead, policy.Supervision}

// assigning are the roles that decide about what they assigned.
var assigning = []policy.Role{policy.Clerk, policy.Street, policy.Station, policy.Supervision}

// assignedBy narrows to the assignments a grant's office or distributing agency made.
func assignedBy(w *store.Where, g policy.Grant) bool {
	if g.Role == policy.Supervision {
		w.And("a.assigner_agency_id = ?", g.Agency)
		return g.Agency != ""
	}
	w.And("a.assigner_office_id = ?", g.Office)
	return g.Office != "" && g.Station == ""
}

// promiseAhead is how long before its day a promise comes back to the desk (our default).
const promiseAhead = 10

// heapsOf are the heaps a machine's states belong to by their owner, in the file's order.
func heapsOf(kind string, m *procedure.Machine, assignments bool) []heap {
	var heaps []heap
	for _, st := range m.States {
		if st.Desk != "" {
			heaps = append(heaps, heap{key: st.Desk, kind: kind, roles: owning(st.Owner), assignments: assignments, where: owned(kind, st, assignments)})
		}
	}
	return heaps
}

// owning are the roles that act for the owner of a state.
func owning(owner string) []policy.Role {
	switch owner {
	case procedure.OwnerOffice:
		return append(slices.Clone(office), policy.Motions)
	case procedure.OwnerDeputy, procedure.OwnerSigners:
		return []policy.Role{policy.Deputy}
	case procedure.OwnerAssigner:
		return assigning
	case procedure.OwnerAgencyLead:
		return []policy.Role{policy.AgencyLead, policy.Agency}
	}
	return agency
}

// owned narrows to what stands in a state and waits for the grant's holder.
func owned(kind string, st procedure.State, assignments bool) func(*store.Where, policy.Grant, string, int64) bool {
	alias := "c"
	if assignments {
		alias = "a"
	}
	return func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
		w.And(alias+".kind = ? and "+alias+".state = ?", kind, st.Name)
		switch st.Owner {
		case procedure.OwnerOffice:
			w.And("c.office_id = ?", g.Office)
			return g.Office != "" && g.Station == ""
		case procedure.OwnerDeputy:
			w.And("c.deputy_id = ?", g.Person)
			return g.Person != ""
		case procedure.OwnerSigners:
			w.And("exists (select 1 from case_signer p where p.case_id = c.id and p.person_id = ? and p.state = ?)", g.Person, SignerInvited)
			return g.Person != ""
		case procedure.OwnerAssigner:
			return assignedBy(w, g)
		}
		w.And("a.agency_id = ?", g.Agency)
		return g.Agency != ""
	}
}

// kindNames lists the registered kinds in order.
func (s *Service) kindNames() []string { return slices.Sorted(maps.Keys(s.kinds)) }

// heaps are all sections in the order desks show them: those of the kinds' own states of a case, what else there is to decide, those of
// assignments, and what is late or came back.
func (s *Service) heaps() []heap {
	var cases, assignments []heap
	for _, name := range s.kindNames() {
		p := s.kinds[name].Procedure
		cases = append(cases, heapsOf(name, &p.Case, false)...)
		assignments = append(assignments, heapsOf(name, &p.Assignment, true)...)
	}
	return slices.Concat(cases, deciding(), assignments, watching())
}

// deciding are the heaps of what was asked for and waits for a decision.
func deciding() []heap {
	return []heap{
		{key: "moves", roles: assigning, assignments: true, where: func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
			w.And("a.state = 'returning'")
			return assignedBy(w, g)
		}},
		{key: "extensions", roles: assigning, assignments: true, where: func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
			w.And("a.extension_asked > 0 and a.due_at > 0")
			return assignedBy(w, g)
		}},
		{key: "to_review", roles: append(slices.Clone(office), policy.Leader), where: func(w *store.Where, g policy.Grant, account string, _ int64) bool {
			w.And("c.publication = 'asked' and c.publication_asked_by <> ? and c.congress_id = ?", account, g.Congress)
			if g.Role != policy.Leader {
				w.And("c.office_id = ?", g.Office)
			}
			return g.Station == ""
		}},
		{key: "corrections", roles: append(slices.Clone(office), policy.Leader), where: func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
			w.And("c.correcting and c.congress_id = ?", g.Congress)
			if g.Role != policy.Leader {
				w.And("c.office_id = ?", g.Office)
			}
			return g.Station == ""
		}},
		{key: "entries", roles: office, where: func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
			w.And("c.unchecked > 0 and (c.office_id = ? or c.intake_office_id = ?)", g.Office, g.Office)
			return g.Office != "" && g.Station == ""
		}},
		{key: "agency_entries", roles: append(slices.Clone(agency), policy.Clerk, policy.Street), assignments: true, where: func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
			w.And("a.unchecked > 0 and (a.agency_id = ? or c.office_id = ? or c.intake_office_id = ?)", orNone(g.Agency), orNone(g.Office), orNone(g.Office))
			return true
		}},
		{key: "urged", roles: agency, assignments: true, where: func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
			w.And("a.urge_open and a.due_at > 0 and a.agency_id = ?", g.Agency)
			return g.Agency != ""
		}},
	}
}

// watching are the heaps of what is late, promised, or came back.
func watching() []heap {
	return []heap{
		{key: "move_asked", roles: agency, assignments: true, where: func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
			w.And("a.state = 'returning' and a.agency_id = ?", g.Agency)
			return g.Agency != ""
		}},
		{key: "to_collect", roles: []policy.Role{policy.Street, policy.Station}, where: func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
			w.And("c.state = 'to_evaluate'")
			if g.Station != "" {
				w.And("c.station_id = ?", g.Station)
			} else {
				w.And("c.intake_office_id = ?", g.Office)
			}
			return g.Office != "" || g.Station != ""
		}},
		{key: "late_at_agencies", roles: []policy.Role{policy.Clerk, policy.Street, policy.Supervision}, assignments: true, where: func(w *store.Where, g policy.Grant, _ string, now int64) bool {
			w.And("a.due_at > 0 and a.amber_at <= ? and a.state <> 'returning'", now)
			return assignedBy(w, g)
		}},
		{key: "promises", roles: slices.Concat(assigning, agency[:2]), assignments: true, where: func(w *store.Where, g policy.Grant, _ string, now int64) bool {
			soon := deadline.DateOf(store.Time(now)).AddDays(promiseAhead)
			w.And("(a.promise_state = 'missed' or a.promise_state = 'open' and a.promise_on <= ?)", string(soon))
			if g.Role == policy.Agency || g.Role == policy.AgencyLead {
				w.And("a.agency_id = ?", g.Agency)
				return g.Agency != ""
			}
			return assignedBy(w, g)
		}},
		{key: "late", roles: []policy.Role{policy.Leader}, where: func(w *store.Where, g policy.Grant, _ string, now int64) bool {
			w.And("c.due_at > 0 and c.amber_at <= ? and c.congress_id = ?", now, g.Congress)
			return true
		}},
		{key: "congress_disputed", roles: []policy.Role{policy.Leader}, where: func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
			w.And("c.state = 'disputed' and c.congress_id = ?", g.Congress)
			return true
		}},
		{key: "supervised", roles: []policy.Role{policy.Supervision}, assignments: true, where: func(w *store.Where, g policy.Grant, _ string, _ int64) bool {
			w.And("a.due_at > 0 and (a.agency_id = ? or a.assigner_agency_id = ?)", g.Agency, g.Agency)
			return g.Agency != ""
		}},
		{key: "came_back", roles: office, newest: true, where: func(w *store.Where, g policy.Grant, _ string, now int64) bool {
			w.And("c.verdict = 'given' and c.closed_at > ?", now-14*24*3600*1_000_000)
			switch {
			case g.Station != "":
				w.And("c.station_id = ?", g.Station)
			default:
				w.And("(c.office_id = ? or c.intake_office_id = ?)", g.Office, g.Office)
			}
			return g.Office != "" || g.Station != ""
		}},
	}
}

// orNone keeps an empty reference from matching rows whose own is empty.
func orNone(id string) string {
	if id == "" {
		return "none"
	}
	return id
}

// deskLimit is how many items of a heap a desk shows; the rest is a list away.
const deskLimit = 12

// Desk returns what waits for the actor, in the order to be worked through. Heaps with nothing in them are left out.
func (s *Service) Desk(ctx context.Context, actor policy.Actor) ([]Section, error) {
	var sections []Section
	at := map[string]int{}
	for _, h := range s.heaps() {
		section := Section{Key: h.key}
		for _, g := range actor.Grants {
			if !slices.Contains(h.roles, g.Role) || h.kind != "" && len(s.viewing(h.kind, g, true)) == 0 {
				continue
			}
			if err := s.heap(ctx, h, g, actor.Account, &section); err != nil {
				return nil, err
			}
		}
		i, known := at[h.key]
		switch {
		case section.Total == 0:
		case known: // another kind's, or another state's
			sections[i].Total += section.Total
			sections[i].Items = append(sections[i].Items, section.Items...)
		default:
			at[h.key] = len(sections)
			sections = append(sections, section)
		}
	}
	for i := range sections {
		sections[i] = sections[i].once()
	}
	deputies, err := s.deputyHeaps(ctx, actor)
	return append(sections, deputies...), err
}

// once leaves out what two of the actor's grants both brought: own and lent ones often overlap.
func (s Section) once() Section {
	type place struct {
		id string
		n  int64
	}
	seen := map[place]bool{}
	found := len(s.Items)
	s.Items = slices.DeleteFunc(s.Items, func(i DeskItem) bool {
		p := place{i.ID, i.N}
		was := seen[p]
		seen[p] = true
		return was
	})
	s.Total -= found - len(s.Items)
	return s
}

func (s *Service) heap(ctx context.Context, h heap, g policy.Grant, account string, section *Section) error {
	w := new(store.Where)
	if !h.where(w, g, account, store.Micros(s.db.Now())) {
		return nil
	}
	return s.fill(ctx, w, h.assignments, h.newest, section)
}

// fill reads a heap's first items and counts it.
func (s *Service) fill(ctx context.Context, w *store.Where, assignments, newest bool, section *Section) error {
	q := s.db.Reader()
	from, columns, due := " from case_file c", "0 as n, '' as agency_id, '' as part, '' as assignment_state, c.due_at as item_due, c.amber_at as item_amber, '' as item_promise", "c.due_at"
	if assignments {
		from += " join assignment a on a.congress_id = c.congress_id and a.case_id = c.id"
		columns, due = "a.n, a.agency_id, a.part, a.state as assignment_state, a.due_at as item_due, a.amber_at as item_amber, a.promise_on as item_promise", "a.due_at"
	}
	total, err := store.One[int](ctx, q, "select count(*) from (select 1"+from+w.String()+" limit 1000) counted", w.Args()...)
	if err != nil {
		return err
	}
	order := due + ", c.id"
	if newest {
		order = "c.closed_at desc, c.id desc"
	}
	items, err := store.All[DeskItem](ctx, q, "select "+listed+", t.body as title, "+columns+from+
		" join case_text t on t.congress_id = c.congress_id and t.id = c.title_text"+w.String()+" order by "+order+" limit "+w.Bind(deskLimit), w.Args()...)
	if err != nil {
		return err
	}
	section.Total += total
	section.Items = append(section.Items, items...)
	return nil
}

// led lists the kinds that a deputy leads; the others reach him by his grids.
func (s *Service) led() (led, others []string) {
	for _, name := range s.kindNames() {
		if slices.ContainsFunc(s.kinds[name].Procedure.Case.States, func(st procedure.State) bool { return st.Owner == procedure.OwnerDeputy }) {
			led = append(led, name)
		} else {
			others = append(others, name)
		}
	}
	return led, others
}

// deputyHeaps are a deputy's: what to look into, what is under way, what came back.
func (s *Service) deputyHeaps(ctx context.Context, actor policy.Actor) ([]Section, error) {
	var sections []Section
	for _, g := range actor.Grants {
		if g.Role != policy.Deputy || g.Person == "" {
			continue
		}
		led, others := s.led()
		for _, h := range []struct {
			key, cond string
			kinds     []string
			newest    bool
		}{
			{"to_confirm", "c.confirmed = '' and c.state in ('to_evaluate', 'closed', 'disputed') and c.fed_back_at > 0", others, false},
			{"mine_in_hand", "c.closed_at = 0 and c.assigned_at > 0", led, false},
			{"mine_done", "c.closed_at > 0", led, true},
			{"in_my_grids", "c.closed_at = 0", others, false},
			{"settled_in_my_grids", "c.closed_at > 0", others, true},
		} {
			w := new(store.Where).In("c.kind", h.kinds...)
			cond, err := s.scopeOfDeputy(ctx, s.db.Reader(), w, g.Person)
			if err != nil {
				return nil, err
			}
			w.And(cond).And(h.cond)
			section := Section{Key: h.key}
			if err := s.fill(ctx, w, false, h.newest, &section); err != nil {
				return nil, err
			}
			if section.Total > 0 {
				sections = append(sections, section)
			}
		}
	}
	return sections, nil
}

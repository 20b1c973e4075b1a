package suggestion

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// Filter narrows suggestions; zero values do not narrow.
type Filter struct {
	Congress       string
	Session        string
	Phase          string
	Category       string
	CategoryRegion string
	Delegation     string
	Deputy         string
	Addressee      string // agency the congress dispatched to
	Agency         string // agency that answers
	Leader         string // who leads the handling, by name
	Committee      string // that oversees it as a key suggestion
	Round          string // that takes it, or took it
	Found          string // what the round's number asks for: one of Finds
	Before         string // class when the round took it
	After          string // class it was settled at by the round
	Measure        string // a board's number
	Key            bool
	Express        bool
	Wide           bool
	Sampled        bool
	None           string // group whose value is empty: agency, category, delegation, leader, committee
}

// columns are the columns of suggestion s that boards gather rows by.
var columns = map[string]string{"session": "s.session_id", "phase": "s.phase", "category": "s.category", "category_region": "s.category_region", "delegation": "s.delegation",
	"addressee": "s.addressee", "agency": "s.agency_id", "committee": "s.key_committee", "leader": "s.leader_text"}

// leaderName is the name of who leads the handling, which stands in a text.
const leaderName = "coalesce((select l.body from case_text l where l.congress_id = %s and l.id = %s), '')"

// Dimensions lists what boards can be gathered by, in the order pages offer them; words under "board.by.<name>".
func Dimensions() []string {
	return []string{"agency", "addressee", "category", "category_region", "delegation", "leader", "committee", "session", "phase"}
}

// Group is the filter of one group of a dimension; of those without a value where the group is "".
func Group(by, value string) Filter {
	if value == "" {
		return Filter{None: by}
	}
	f := Filter{}
	for name, field := range map[string]*string{"session": &f.Session, "phase": &f.Phase, "category": &f.Category, "category_region": &f.CategoryRegion,
		"delegation": &f.Delegation, "addressee": &f.Addressee, "agency": &f.Agency, "leader": &f.Leader, "committee": &f.Committee} {
		if name == by {
			*field = value
		}
	}
	return f
}

// conditions adds the filter to w, over suggestion s.
func (f Filter) conditions(w *store.Where, p *procedure.Procedure, now int64) error {
	for _, c := range []struct{ by, value string }{{"session", f.Session}, {"phase", f.Phase}, {"category", f.Category}, {"category_region", f.CategoryRegion},
		{"delegation", f.Delegation}, {"addressee", f.Addressee}, {"agency", f.Agency}, {"leader", f.Leader}, {"committee", f.Committee}} {
		switch {
		case c.value == "":
		case c.by == "leader":
			w.And("s.leader_text <> '' and "+fmt.Sprintf(leaderName, "s.congress_id", "s.leader_text")+" = ?", c.value)
		default:
			w.And(columns[c.by]+" = ?", c.value)
		}
	}
	if f.None != "" {
		column, ok := columns[f.None]
		if !ok {
			return errs.New(errs.Invalid, "suggestion.bad_choice").At("none")
		}
		w.And(column + " = ''")
	}
	if f.Congress != "" {
		w.And("s.congress_id = ?", f.Congress)
	}
	if f.Deputy != "" {
		w.And("s.deputy_id = ?", f.Deputy)
	}
	if err := f.round(w, Finds(p)); err != nil {
		return err
	}
	for _, c := range []struct {
		on     bool
		column string
	}{{f.Key, "s.key"}, {f.Express, "s.express"}, {f.Wide, "s.wide"}, {f.Sampled, "s.sampled"}} {
		if c.on {
			w.And(c.column)
		}
	}
	if f.Measure == "" {
		return nil
	}
	for _, m := range Measures(p) {
		if m.Name == f.Measure {
			w.And(m.where(w, now))
			return nil
		}
	}
	return errs.New(errs.Invalid, "suggestion.bad_choice").At("measure")
}

// Narrow narrows a list of cases by the filter: few are looked up by id, of many the newest are tried one by one.
func (f Filter) Narrow(ctx context.Context, s *casework.Service, query *casework.Query) error {
	kind, err := s.Kind(Kind)
	if err != nil {
		return err
	}
	now := store.Micros(s.DB().Now())
	w := new(store.Where)
	if err := f.conditions(w, kind.Procedure, now); err != nil {
		return err
	}
	n, err := store.One[int](ctx, s.DB().Reader(), "select count(*) from (select 1 from suggestion s"+w.String()+" limit "+strconv.Itoa(casework.Few+1)+") counted", w.Args()...)
	if err != nil {
		return err
	}
	query.Few = n <= casework.Few
	query.Within = func(w *store.Where) {
		inner := store.Inner(w)
		_ = f.conditions(inner, kind.Procedure, now) // proven above
		if query.Few {
			w.And("c.id in (select s.case_id from suggestion s where 1 = 1" + inner.Tail() + ")")
			return
		}
		w.And("exists (select 1 from suggestion s where s.case_id = c.id" + inner.Tail() + ")")
	}
	return nil
}

// Line is one row of a board: a group and how many there are of each measure.
type Line struct {
	Group  string
	Counts map[string]int64
}

// Share is a rate of the line: counted and of how many.
func (l Line) Share(r Rate) (counted, of int64) { return l.Counts[r.Counted], l.Counts[r.Of] }

// Board counts the suggestions a filter selects by a dimension, and all of them together, the group with most first. It shows figures only, whoever may
// read the records: a congress's boards are for its staff, its leaders and the government office; the caller asks who looks.
func Board(ctx context.Context, s *casework.Service, congress, by string, f Filter) (lines []Line, total Line, err error) {
	kind, err := s.Kind(Kind)
	if err != nil {
		return nil, total, err
	}
	if columns[by] == "" {
		return nil, total, errs.New(errs.Invalid, "suggestion.bad_choice").At("by")
	}
	f.Congress = congress
	b := boardQuery{by: by, filter: f, proc: kind.Procedure, measures: Measures(kind.Procedure), now: store.Micros(s.DB().Now()), lines: map[string]*Line{}}
	err = s.DB().View(ctx, func(ctx context.Context, q store.Querier) error {
		clear(b.lines)
		if err := b.count(ctx, q, "", func(m Measure) string { return m.cond }); err != nil {
			return err
		}
		return b.count(ctx, q, overdue, func(m Measure) string { return cmp.Or(m.late, never) })
	})
	if err != nil {
		return nil, total, err
	}
	total.Counts = map[string]int64{}
	for _, l := range b.lines {
		lines = append(lines, *l)
		for name, n := range l.Counts {
			total.Counts[name] += n
		}
	}
	first := b.measures[0].Name
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(b.Counts[first], a.Counts[first]), cmp.Compare(a.Group, b.Group))
	})
	return lines, total, nil
}

// boardQuery is a board being counted.
type boardQuery struct {
	by       string
	filter   Filter
	proc     *procedure.Procedure
	measures []Measure
	now      int64
	lines    map[string]*Line
}

// count adds to every group how many there are of each measure. It first counts rows by group and shape, which an index of the dimension tells without
// reading a row, and then measures one row of each shape. Of all rows, or of those whose date has passed.
func (b *boardQuery) count(ctx context.Context, q store.Querier, within string, cond func(Measure) string) error {
	w := new(store.Where)
	if within != "" {
		w.And(within + w.Bind(b.now))
	}
	if err := b.filter.conditions(w, b.proc, b.now); err != nil {
		return err
	}
	column := columns[b.by]
	if within != "" || b.filter != (Filter{Congress: b.filter.Congress}) {
		column += " || ''" // what the filter selects is found by the filter
	}
	groups := "select " + column + " as name, s.shape, count(*) as n, min(s.case_id) as one from suggestion s" + w.String() + " group by " + column + ", s.shape"
	if b.by == "leader" {
		groups = "select " + fmt.Sprintf(leaderName, w.Bind(b.filter.Congress), "i.name") + " as name, i.shape, sum(i.n) as n, min(i.one) as one from (" + groups + ") i group by 1, 2"
	}
	var marks, sums []string
	for i, m := range b.measures {
		marks = append(marks, fmt.Sprintf("case when %s then 1 else 0 end as is%d", cond(m), i))
		sums = append(sums, fmt.Sprintf("sum(g.n * m.is%d)", i))
	}
	rows, err := q.QueryContext(ctx, "with g as materialized ("+groups+`), one as (select shape, min(one) as one from g group by shape),
		m as materialized (select one.shape, `+strings.Join(marks, ", ")+` from one join suggestion s on s.case_id = one.one)
		select g.name, `+strings.Join(sums, ", ")+" from g join m on m.shape = g.shape group by g.name", w.Args()...)
	if err != nil {
		return fmt.Errorf("suggestion: board: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		values := make([]int64, len(b.measures))
		into := []any{&name}
		for i := range values {
			into = append(into, &values[i])
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		b.add(name, values)
	}
	return rows.Err()
}

func (b *boardQuery) add(name string, values []int64) {
	l := b.lines[name]
	if l == nil {
		l = &Line{Group: name, Counts: map[string]int64{}}
		b.lines[name] = l
	}
	for i, m := range b.measures {
		l.Counts[m.Name] += values[i]
	}
}

// MayBoard reports whether an actor may see a congress's boards.
func MayBoard(actor policy.Actor) bool {
	return actor.Has(policy.Clerk, policy.Leader, policy.Motions, policy.Supervision)
}

package suggestion

import (
	"context"
	"fmt"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Filter narrows suggestions; zero values do not narrow.
type Filter struct {
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
	Round          string
	Measure        string // a board's number
	Key            bool
	Express        bool
	Wide           bool
	Sampled        bool
	None           string // group whose value is empty: agency, category, delegation, leader, committee
}

// group is a board's dimension: the expression over suggestion s that rows are gathered by.
func group(by string) (string, bool) {
	expr, ok := map[string]string{
		"session": "s.session_id", "phase": "s.phase", "category": "s.category", "category_region": "s.category_region", "delegation": "s.delegation",
		"addressee": "s.addressee", "agency": "s.agency_id", "committee": "s.key_committee",
		"leader": "coalesce((select l.body from case_text l where l.congress_id = s.congress_id and l.id = s.leader_text), '')",
	}[by]
	return expr, ok
}

// Dimensions lists what boards can be gathered by, in the order pages offer them; words under "board.by.<name>".
func Dimensions() []string {
	return []string{"agency", "addressee", "category", "category_region", "delegation", "leader", "committee", "session", "phase"}
}

// Narrow is the filter of one group of a dimension; of those without a value where the group is "".
func Narrow(by, value string) Filter {
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
func (f Filter) conditions(w *store.Where, measures []Measure, now int64) error {
	for _, c := range []struct{ by, value string }{{"session", f.Session}, {"phase", f.Phase}, {"category", f.Category}, {"category_region", f.CategoryRegion},
		{"delegation", f.Delegation}, {"addressee", f.Addressee}, {"agency", f.Agency}, {"leader", f.Leader}, {"committee", f.Committee}} {
		expr, _ := group(c.by)
		if c.value != "" {
			w.And(expr+" = ?", c.value)
		}
	}
	if f.None != "" {
		expr, ok := group(f.None)
		if !ok {
			return errs.New(errs.Invalid, "suggestion.bad_choice").At("none")
		}
		w.And(expr + " = ''")
	}
	if f.Deputy != "" {
		w.And("s.deputy_id = ?", f.Deputy)
	}
	if f.Round != "" {
		w.And("s.round_id = ?", f.Round)
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
	for _, m := range measures {
		if m.Name == f.Measure {
			w.And(m.cond(w, now))
			return nil
		}
	}
	return errs.New(errs.Invalid, "suggestion.bad_choice").At("measure")
}

// Within narrows a list of cases (casework.Query) by the filter.
func (f Filter) Within(s *casework.Service) (func(w *store.Where), error) {
	kind, err := s.Kind(Kind)
	if err != nil {
		return nil, err
	}
	measures, now := Measures(kind.Procedure), store.Micros(s.DB().Now())
	if err := f.conditions(new(store.Where), measures, now); err != nil {
		return nil, err
	}
	return func(w *store.Where) {
		inner := store.Inner(w)
		_ = f.conditions(inner, measures, now) // proven above
		w.And("exists (select 1 from suggestion s where s.case_id = c.id" + inner.Tail() + ")")
	}, nil
}

// Line is one row of a board: a group and how many there are of each measure.
type Line struct {
	Group  string
	Counts map[string]int64
}

// Share is a rate of the line: counted and of how many.
func (l Line) Share(r Rate) (counted, of int64) { return l.Counts[r.Counted], l.Counts[r.Of] }

// Board counts the suggestions a filter selects by a dimension, and all of them together. It shows figures only, whoever may read the records:
// a congress's boards are for its staff, its leaders and the government office; the caller asks who looks.
func Board(ctx context.Context, s *casework.Service, congress, by string, f Filter) (lines []Line, total Line, err error) {
	kind, err := s.Kind(Kind)
	if err != nil {
		return nil, total, err
	}
	expr, ok := group(by)
	if !ok {
		return nil, total, errs.New(errs.Invalid, "suggestion.bad_choice").At("by")
	}
	measures, now := Measures(kind.Procedure), store.Micros(s.DB().Now())
	w := new(store.Where)
	columns := []string{expr + " as name"}
	for _, m := range measures {
		columns = append(columns, "sum(case when "+m.cond(w, now)+" then 1 else 0 end)")
	}
	w.And("s.congress_id = ?", congress)
	if err := f.conditions(w, measures, now); err != nil {
		return nil, total, err
	}
	rows, err := s.DB().Reader().QueryContext(ctx, "select "+strings.Join(columns, ", ")+" from suggestion s"+w.String()+" group by 1 order by 2 desc, 1", w.Args()...)
	if err != nil {
		return nil, total, fmt.Errorf("suggestion: board: %w", err)
	}
	defer rows.Close()
	total.Counts = map[string]int64{}
	for rows.Next() {
		l := Line{Counts: map[string]int64{}}
		values := make([]int64, len(measures))
		into := []any{&l.Group}
		for i := range values {
			into = append(into, &values[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, total, err
		}
		for i, m := range measures {
			l.Counts[m.Name] = values[i]
			total.Counts[m.Name] += values[i]
		}
		lines = append(lines, l)
	}
	return lines, total, rows.Err()
}

// MayBoard reports whether an actor may see a congress's boards.
func MayBoard(actor policy.Actor) bool {
	return actor.Has(policy.Clerk, policy.Leader, policy.Motions, policy.Supervision)
}

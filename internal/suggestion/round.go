package suggestion

import (
	"context"
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// Find is a number of a round: how many of those it took a condition holds for. The list behind it is narrowed by the same condition.
// A round's words stand in the catalogues under "round.find.<name>".
type Find struct {
	Name string
	cond string // over suggestion_round r
}

// undelivered is what did not come: no check of one's own, nothing done, or a promise missed.
const undelivered = "r.found in ('', 'pending') or r.promise_state = 'missed'"

// Finds are the numbers of a round, in the order of their columns.
func Finds(p *procedure.Procedure) []Find {
	solved := classes(p, func(c procedure.Choice) bool { return c.Solved })
	return []Find{
		{"taken", "1 = 1"},
		{"unchecked", "r.found = ''"},
		{"checked", "r.found <> ''"},
		{"pending", "r.found = 'pending'"},
		{"verified", "r.verified <> ''"},
		{"reanswered", "r.reanswered"},
		{"undrawn", "not r.drawn and r.visited = ''"},
		{"drawn", "r.drawn"},
		{"agreed", "r.visited = 'agree'"},
		{"disagreed", "r.visited = 'disagree'"},
		{"settled", "r.settled"},
		{"open", "not r.settled"},
		{"solved_before", "r.before_class in " + solved},
		{"solved_now", "(case when r.settled then r.after_class else r.before_class end) in " + solved},
		{"raised_class", "r.settled and r.before_class not in " + solved + " and r.after_class in " + solved},
		{"promise_kept", "r.promise_state = 'kept'"},
		{"promise_open", "r.promise_state = 'open'"},
		{"promise_missed", "r.promise_state = 'missed'"},
		{"undelivered", undelivered},
	}
}

// round adds what the filter asks of a round.
func (f Filter) round(w *store.Where, finds []Find) error {
	if f.Round == "" {
		if f.Found+f.Before+f.After != "" {
			return errs.New(errs.Invalid, "suggestion.bad_choice").At("round")
		}
		return nil
	}
	inner := store.Inner(w).And("r.round_id = ?", f.Round)
	if f.Before != "" {
		inner.And("r.before_class = ?", f.Before)
	}
	if f.After != "" {
		inner.And("r.settled and r.after_class = ?", f.After)
	}
	if f.Found != "" {
		i := slices.IndexFunc(finds, func(n Find) bool { return n.Name == f.Found })
		if i < 0 {
			return errs.New(errs.Invalid, "suggestion.bad_choice").At("found")
		}
		inner.And(finds[i].cond)
	}
	w.And("s.case_id in (select r.case_id from suggestion_round r where 1 = 1" + inner.Tail() + ")")
	return nil
}

// Step is how many of a round went from one class to another; To is "" for those that it has not settled.
type Step struct {
	From string `db:"before_class"`
	To   string `db:"after_class"`
	N    int64  `db:"n"`
}

// RoundReport is what a round did.
type RoundReport struct {
	Total    Line
	Agencies []Line // the one with most first
	Steps    []Step
}

// Report counts a round of a congress: its numbers, by agency, and from which class to which.
func Report(ctx context.Context, s *casework.Service, congress, round string) (RoundReport, error) {
	var report RoundReport
	kind, err := s.Kind(Kind)
	if err != nil {
		return report, err
	}
	finds := Finds(kind.Procedure)
	err = s.DB().View(ctx, func(ctx context.Context, q store.Querier) error {
		report = RoundReport{Total: Line{Counts: map[string]int64{}}}
		if report.Agencies, err = countFinds(ctx, q, finds, congress, round); err != nil {
			return err
		}
		for _, l := range report.Agencies {
			for name, n := range l.Counts {
				report.Total.Counts[name] += n
			}
		}
		report.Steps, err = store.All[Step](ctx, q, `select before_class, case when settled then after_class else '' end as after_class, count(*) as n from suggestion_round
			where congress_id = $1 and round_id = $2 group by 1, 2 order by 1, 2`, congress, round)
		return err
	})
	return report, err
}

func countFinds(ctx context.Context, q store.Querier, finds []Find, congress, round string) ([]Line, error) {
	columns := []string{"r.agency_id"}
	for _, f := range finds {
		columns = append(columns, "sum(case when "+f.cond+" then 1 else 0 end)")
	}
	rows, err := q.QueryContext(ctx, "select "+strings.Join(columns, ", ")+" from suggestion_round r where r.congress_id = $1 and r.round_id = $2 group by r.agency_id order by 2 desc, 1", congress, round)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lines []Line
	for rows.Next() {
		l := Line{Counts: map[string]int64{}}
		values := make([]int64, len(finds))
		into := []any{&l.Group}
		for i := range values {
			into = append(into, &values[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, f := range finds {
			l.Counts[f.Name] = values[i]
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

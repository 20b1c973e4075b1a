package suggestion

import (
	"context"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// MostSelected is how many suggestions one selection holds (our default).
const MostSelected = 2000

// Selection is what a clerk picks suggestions by that a step is to be taken for; zero values do not narrow.
type Selection struct {
	Filter
	States  []string
	Classes []string // settled
	From    deadline.Date
	To      deadline.Date // answered first from, and to (inclusive)
	Promise string
	Judged  bool // evaluated, and not drawn for a call yet
}

// Select lists those that the actor may read, the newest first. More than MostSelected are errs.Invalid.
func Select(ctx context.Context, s *casework.Service, actor policy.Actor, sel Selection) ([]casework.Listed, error) {
	query := casework.Query{Kind: Kind, States: sel.States, Limit: 200}
	if err := sel.Narrow(ctx, s, &query); err != nil {
		return nil, err
	}
	filter := query.Within
	query.Within = func(w *store.Where) {
		filter(w)
		inner := store.Inner(w)
		sel.beside(inner)
		w.And("exists (select 1 from suggestion s where s.case_id = c.id" + inner.Tail() + ")")
	}
	var all []casework.Listed
	for {
		page, err := s.List(ctx, actor, query)
		if err != nil {
			return nil, err
		}
		if all = append(all, page.Cases...); len(all) > MostSelected {
			return nil, errs.New(errs.Invalid, "suggestion.too_many").With(errs.Args{"Max": MostSelected})
		}
		if page.Next == "" {
			return all, nil
		}
		query.Cursor = page.Next
	}
}

// beside adds what a selection asks beside its filter, over suggestion s.
func (sel Selection) beside(w *store.Where) {
	if len(sel.Classes) > 0 {
		w.In("s.class", sel.Classes...)
	}
	if sel.From != "" {
		w.And("s.answered_at >= ?", store.Micros(sel.From.Start()))
	}
	if sel.To != "" {
		w.And("s.answered_at > 0 and s.answered_at < ?", store.Micros(sel.To.AddDays(1).Start()))
	}
	if sel.Promise != "" {
		w.And("s.promise_state = ?", sel.Promise)
	}
	if sel.Judged {
		w.And("s.verdict = '" + casework.VerdictGiven + "' and not s.sampled")
	}
}

// Answering tells which agency answers each case, the first where several do: the record of a suggestion that the government office distributes names
// the office. Whoever has a case before it is split is told as it stands.
func Answering(ctx context.Context, s *casework.Service, cases []casework.Listed) (map[string]string, error) {
	rows, err := Rows(ctx, s.DB().Reader(), cases)
	if err != nil {
		return nil, err
	}
	agencies := make(map[string]string, len(cases))
	for _, c := range cases {
		agencies[c.ID] = c.LeadAgency
		if r, ok := rows[c.ID]; ok {
			agencies[c.ID] = r.Agency
		}
	}
	return agencies, nil
}

// FollowedUp are the classes whose answers are looked back at.
func FollowedUp(p *procedure.Procedure) []string {
	var followed []string
	for _, c := range p.Choices["class"] {
		if c.Followup {
			followed = append(followed, c.Value)
		}
	}
	return followed
}

package identity

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// held is a grant an account may use: its own, or one lent to it.
type held struct {
	Grant
	Behalf string `db:"behalf"` // lender's account; "" for an own grant
}

// Actor is what an account may be today: its own grants first, then what is lent to it. A closed one is errs.Unauthenticated.
// It is asked at every request, so that a grant ends with its last day even in a session that goes on.
func (s *Service) Actor(ctx context.Context, id string) (policy.Actor, Account, error) {
	a, err := s.Get(ctx, id)
	today := s.Today()
	if err != nil || a.Closed(today) {
		return policy.Actor{}, a, errs.New(errs.Unauthenticated, "errs.unauthenticated").Because(err)
	}
	rows, err := readHeld(ctx, s.db.Reader(), id, today)
	if err != nil {
		return policy.Actor{}, a, err
	}
	return policy.Actor{Account: a.ID, Grants: inForce(rows, today)}, a, nil
}

func readHeld(ctx context.Context, q store.Querier, id string, today deadline.Date) ([]held, error) {
	columns := store.Columns[Grant]("g.")
	return store.All[held](ctx, q, "select "+columns+", '' as behalf from account_grant g where g.account_id = $1 union all select "+columns+`, d.lender_id as behalf
		from delegation d join account_grant g on g.id = d.grant_id join account a on a.id = d.lender_id
		where d.delegate_id = $1 and d.ended_at = 0 and d.valid_from <= $2 and d.valid_to >= $2 and g.account_id = d.lender_id
		and not a.disabled and (a.closes_on = '' or a.closes_on > $2) order by behalf, id`, id, string(today))
}

// inForce lists what holds on a date, each grant once: what somebody holds himself, or borrowed already, a second lender adds nothing to.
// A lent grant that would join what is kept apart is passed over: the account may have got another role since.
func inForce(rows []held, today deadline.Date) []policy.Grant {
	var own, lent []policy.Grant
	for _, h := range rows {
		g := h.plain()
		g.Behalf = h.Behalf
		switch {
		case !h.Holds(today):
		case h.Behalf == "":
			own = append(own, g)
		default:
			lent = append(lent, g)
		}
	}
	all := own
	for _, g := range lent {
		same := func(have policy.Grant) bool { have.Behalf = g.Behalf; return have == g }
		if policy.CheckLending(g, own) == nil && !slices.ContainsFunc(all, same) {
			all = append(all, g)
		}
	}
	return all
}

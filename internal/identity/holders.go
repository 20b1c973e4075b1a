package identity

import (
	"context"

	"lianxin/internal/deadline"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Holding is a grant somebody may use: its own, or one lent to it.
type Holding struct {
	Account string
	policy.Grant
}

// Holdings lists what every open account may be on a date, as Actor tells it of one.
func Holdings(ctx context.Context, q store.Querier, on deadline.Date) ([]Holding, error) {
	type row struct {
		Holder string `db:"holder"`
		held
	}
	columns := store.Columns[Grant]("g.")
	rows, err := store.All[row](ctx, q, "select g.account_id as holder, "+columns+", '' as behalf from account_grant g union all select d.delegate_id as holder, "+columns+
		`, d.lender_id as behalf from delegation d join account_grant g on g.id = d.grant_id and g.account_id = d.lender_id join account a on a.id = d.lender_id
		where d.ended_at = 0 and d.valid_from <= $1 and d.valid_to >= $1 and not a.disabled and (a.closes_on = '' or a.closes_on > $1)
		order by holder, behalf, id`, string(on))
	if err != nil {
		return nil, err
	}
	open, err := store.All[string](ctx, q, "select id from account where not disabled and (closes_on = '' or closes_on > $1) order by id", string(on))
	if err != nil {
		return nil, err
	}
	of := map[string][]held{}
	for _, r := range rows {
		of[r.Holder] = append(of[r.Holder], r.held)
	}
	var all []Holding
	for _, account := range open {
		for _, g := range inForce(of[account], on) {
			all = append(all, Holding{Account: account, Grant: g})
		}
	}
	return all, nil
}

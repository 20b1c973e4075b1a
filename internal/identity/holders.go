package identity

import (
	"context"

	"lianxin/internal/deadline"
	"lianxin/internal/store"
)

// Held lists every grant that holds on a date, of accounts that are not closed.
func Held(ctx context.Context, q store.Querier, on deadline.Date) ([]Grant, error) {
	return store.All[Grant](ctx, q, "select "+store.Columns[Grant]("g.")+` from account_grant g join account a on a.id = g.account_id
		where not a.disabled and g.valid_from <= $1 and (g.valid_to = '' or g.valid_to >= $1) order by g.id`, string(on))
}

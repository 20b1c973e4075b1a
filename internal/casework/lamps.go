package casework

import (
	"context"

	"lianxin/internal/store"
)

// Lamps counts the open assignments by lamp: green, amber, red.
func (s *Service) Lamps(ctx context.Context) (map[string]int64, error) {
	type count struct{ Red, Amber, Green int64 }
	now := store.Micros(s.db.Now())
	c, err := store.One[count](ctx, s.db.Reader(), `select coalesce(sum(case when due_at <= $1 then 1 else 0 end), 0) as red,
		coalesce(sum(case when due_at > $1 and amber_at <= $1 then 1 else 0 end), 0) as amber,
		coalesce(sum(case when amber_at > $1 then 1 else 0 end), 0) as green from assignment where due_at > 0`, now)
	return map[string]int64{"red": c.Red, "amber": c.Amber, "green": c.Green}, err
}

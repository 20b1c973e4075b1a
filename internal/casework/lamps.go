package casework

import (
	"context"

	"lianxin/internal/store"
)

// Lamps counts the open assignments by lamp: green, amber, red.
func (s *Service) Lamps(ctx context.Context) (map[string]int64, error) {
	return s.lamps(ctx, "assignment")
}

// CaseLamps counts the cases whose own clock runs by lamp: green, amber, red.
func (s *Service) CaseLamps(ctx context.Context) (map[string]int64, error) {
	return s.lamps(ctx, "case_file")
}

func (s *Service) lamps(ctx context.Context, table string) (map[string]int64, error) {
	type count struct{ Red, Amber, Green int64 }
	now := store.Micros(s.db.Now())
	c, err := store.One[count](ctx, s.db.Reader(), `select coalesce(sum(case when due_at <= $1 then 1 else 0 end), 0) as red,
		coalesce(sum(case when due_at > $1 and amber_at <= $1 then 1 else 0 end), 0) as amber,
		coalesce(sum(case when amber_at > $1 then 1 else 0 end), 0) as green from `+table+" where due_at > 0", now)
	return map[string]int64{"red": c.Red, "amber": c.Amber, "green": c.Green}, err
}

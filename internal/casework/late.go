package casework

import (
	"context"

	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Late lists the open assignments that the actor may see and that are amber or red, by agency and then soonest first; agency "" lists all. At most limit.
func (s *Service) Late(ctx context.Context, actor policy.Actor, agency string, limit int) ([]DeskItem, error) {
	w := new(store.Where)
	if err := s.scope(ctx, s.db.Reader(), w, actor, "", false); err != nil {
		return nil, err
	}
	w.And("a.due_at > 0 and a.amber_at <= ?", store.Micros(s.db.Now()))
	if agency != "" {
		w.And("a.agency_id = ?", agency)
	}
	return store.All[DeskItem](ctx, s.db.Reader(), "select "+listed+`, t.body as title, a.n, a.agency_id, a.part, a.state as assignment_state,
		a.due_at as item_due, a.amber_at as item_amber, a.promise_on as item_promise from case_file c
		join assignment a on a.congress_id = c.congress_id and a.case_id = c.id
		join case_text t on t.congress_id = c.congress_id and t.id = c.title_text`+w.String()+" order by a.agency_id, a.due_at, c.id limit "+w.Bind(limit), w.Args()...)
}

// Bodies reads texts of congresses by id, for exports of cases that their reader has listed.
func (s *Service) Bodies(ctx context.Context, congresses, ids []string) (map[string]string, error) {
	type row struct{ ID, Body string }
	found := make(map[string]string, len(ids))
	const at = 500
	for len(ids) > 0 {
		n := min(at, len(ids))
		w := new(store.Where).In("congress_id", congresses...).In("id", ids[:n]...)
		rows, err := store.All[row](ctx, s.db.Reader(), "select id, body from case_text"+w.String(), w.Args()...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			found[r.ID] = r.Body
		}
		ids = ids[n:]
	}
	return found, nil
}

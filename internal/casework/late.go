package casework

import (
	"context"
	"slices"
	"strings"

	"lianxin/internal/policy"
	"lianxin/internal/procedure"
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
	for len(ids) > 0 {
		n := min(atOnce, len(ids))
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

// atOnce is how many ids are asked for at once.
const atOnce = 500

// Parts reads the assignments of cases that their reader has listed, by the case's id, in their order.
func (s *Service) Parts(ctx context.Context, cases []Listed) (map[string][]*Assignment, error) {
	found := make(map[string][]*Assignment, len(cases))
	for part := range slices.Chunk(cases, atOnce) {
		var ids []string
		for i := range part {
			ids = append(ids, part[i].ID)
		}
		w := new(store.Where).In("case_id", ids...)
		rows, err := store.All[Assignment](ctx, s.db.Reader(), "select "+store.Columns[Assignment]("")+" from assignment"+w.String()+" order by case_id, n", w.Args()...)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			found[rows[i].CaseID] = append(found[rows[i].CaseID], &rows[i])
		}
	}
	return found, nil
}

// DoneBy tells which account last took one of the steps for each of some assignments of a kind, by the assignment's id.
func (s *Service) DoneBy(ctx context.Context, kind string, assignments []*Assignment, steps ...string) (map[string]string, error) {
	type row struct{ Stream, Account string }
	var actions []string
	for _, step := range steps {
		actions = append(actions, kind+"."+procedure.AssignmentAction(step))
	}
	found := map[string]string{}
	for part := range slices.Chunk(assignments, atOnce) {
		var streams []string
		for _, a := range part {
			streams = append(streams, AssignmentStream(a.ID))
		}
		w := new(store.Where).In("stream", streams...).In("action", actions...)
		rows, err := store.All[row](ctx, s.db.Reader(), "select stream, account from event"+w.String()+" order by stream, seq", w.Args()...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			found[strings.TrimPrefix(r.Stream, AssignmentStream(""))] = r.Account
		}
	}
	return found, nil
}

package casework

import (
	"context"

	"lianxin/internal/deadline"
	"lianxin/internal/procedure"
)

// Possible is an action that the actor may carry out now.
type Possible struct {
	Action *procedure.Action
	Proxy  bool // only as an entry for somebody else
}

// possible lists what the act's actor may do to the target now: the table allows it, and no guard refuses.
func (s *Service) possible(ctx context.Context, a *Act, target *Assignment) ([]Possible, error) {
	was, permission := a.Target, a.Permission
	a.Target = target
	defer func() { a.Target, a.Permission = was, permission }()
	st := standing{q: a.q, c: a.Case, assignments: a.Assignments, target: target, on: deadline.DateOf(a.Now)}
	var found []Possible
	for _, action := range a.machine(target).From(*a.state(target)) {
		own, err := a.isOwn(ctx, action)
		if err != nil {
			return nil, err
		}
		name := action.Name
		if target != nil {
			name = procedure.AssignmentAction(name)
		}
		p, ok, err := st.permit(ctx, s.table, a.Actor, name, own)
		if err != nil {
			return nil, err
		}
		a.Permission = p
		if ok && a.pass(ctx, action) {
			found = append(found, Possible{Action: action, Proxy: p.Proxy})
		}
	}
	return found, nil
}

// pass reports whether no guard refuses and no counter is used up.
func (a *Act) pass(ctx context.Context, action *procedure.Action) bool {
	if action.Counter != "" && len(action.Counts) == 0 && a.Left(action.Counter) <= 0 {
		return false
	}
	for _, g := range action.Guards {
		if a.kind.Guards[g](ctx, a) != nil {
			return false
		}
	}
	return true
}

package casework

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// advance moves a distributor's assignment, and then the case, on when the assignments under it have got there.
func (a *Act) advance(ctx context.Context) error {
	adv := a.kind.Procedure.Assignment.Advance
	if adv == nil || a.Target == nil || !a.isSettled(a.Target) {
		return nil
	}
	if err := a.lock(ctx); err != nil {
		return err
	}
	if parent := a.parentOf(a.Target); parent != nil {
		action, ok := a.kind.Procedure.Assignment.Action(adv.Parent)
		if !ok || !action.FromState(parent.State) || !a.settled(adv, parent.ID) {
			return nil
		}
		if err := a.System(ctx, parent, adv.Parent); err != nil {
			return err
		}
		a.Target = parent
		return a.advance(ctx)
	}
	for _, name := range []string{adv.Action, adv.Again} {
		action, ok := a.kind.Procedure.Case.Action(name)
		if ok && action.FromState(a.Case.State) && a.settled(adv, "") {
			return a.System(ctx, nil, name)
		}
	}
	return nil
}

// isSettled reports whether an assignment has given its answer.
func (a *Act) isSettled(asg *Assignment) bool {
	st, ok := a.kind.Procedure.Assignment.State(asg.State)
	return ok && st.Settled
}

// settled tells whether everyone that is waited for has answered.
func (a *Act) settled(adv *procedure.Advance, parent string) bool {
	return !slices.ContainsFunc(a.parts(parent), func(asg *Assignment) bool {
		return (adv.When == "all" || asg.Leads()) && !a.isSettled(asg)
	})
}

// lock makes other acts on the case wait, and reads again what those before may have changed: two separate parts that answer
// at the same time would else each see the other unfinished, and the case would stand still.
func (a *Act) lock(ctx context.Context) error {
	if again, err := lockCase(ctx, a.tx, a.Case); err != nil || !again {
		return err
	}
	c, assignments, err := read(ctx, a.tx, a.Case.Number)
	if err != nil {
		return err
	}
	if a.started[a.Case] == a.Case.Version { // not changed by this act so far
		*a.Case = *c
		a.started[a.Case] = c.Version
	}
	for i, asg := range a.Assignments {
		if asg != a.Target && a.started[asg] == asg.Version {
			*a.Assignments[i] = *assignments[i]
			a.started[asg] = asg.Version
		}
	}
	return nil
}

// lockCase makes other acts that lock the case wait till this one is committed, and reports whether it must be read again.
func lockCase(ctx context.Context, tx *store.Tx, c *Case) (bool, error) {
	return tx.Lock(ctx, "case_file", "version", new(store.Where).And("congress_id = ? and id = ?", c.CongressID, c.ID))
}

// RunTimed carries out what the procedures do at the end of a clock (actions with `after`), at most limit cases, and tells how many it did.
// It is safe to run in several processes: the version decides who was first.
func (s *Service) RunTimed(ctx context.Context, limit int) (int, error) {
	done := 0
	for _, k := range s.kinds {
		for i := range k.Procedure.Case.Actions {
			action := &k.Procedure.Case.Actions[i]
			if action.After == "" {
				continue
			}
			n, err := s.runAfter(ctx, k, action, limit)
			done += n
			if err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

func (s *Service) runAfter(ctx context.Context, k *Kind, action *procedure.Action, limit int) (int, error) {
	type due struct {
		Number  string
		Version int64
		DueAt   int64
	}
	now := store.Micros(s.db.Now())
	w := new(store.Where).And("kind = ? and due_at > 0 and due_at <= ?", k.Procedure.Kind, now).In("state", action.From...)
	rows, err := store.All[due](ctx, s.db.Reader(), "select number, version, due_at from case_file"+w.String()+" order by due_at limit "+w.Bind(limit), w.Args()...)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, d := range rows {
		_, err := s.Apply(ctx, Request{Actor: timetable(), Number: d.Number, Action: action.Name, Version: d.Version, OccurredAt: store.Time(d.DueAt)})
		switch {
		case errs.Is(err, errs.Stale) || errs.Is(err, errs.Conflict): // somebody was faster
		case err != nil:
			return done, err
		default:
			done++
		}
	}
	return done, nil
}

// Recalculate recomputes the open clocks of every case and assignment after the calendar was edited, an event each where a date moved,
// and tells how many moved.
func (s *Service) Recalculate(ctx context.Context) (int, error) {
	numbers, err := store.All[string](ctx, s.db.Reader(), `select number from case_file c where c.due_at > 0
		or exists (select 1 from assignment a where a.congress_id = c.congress_id and a.case_id = c.id and a.due_at > 0) order by id`)
	if err != nil {
		return 0, err
	}
	moved := 0
	for _, number := range numbers {
		n, err := s.recalculate(ctx, number)
		for tries := 0; errs.Is(err, errs.Stale) && tries < 5; tries++ { // somebody acted in between: read again
			n, err = s.recalculate(ctx, number)
		}
		if err != nil {
			return moved, err
		}
		moved += n
	}
	return moved, nil
}

func (s *Service) recalculate(ctx context.Context, number string) (int, error) {
	moved := 0
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		moved = 0
		a, err := s.load(ctx, tx, timetable(), number)
		if err != nil {
			return err
		}
		a.Permission = Permission{Role: policy.System, Relation: policy.Anyone}
		for _, target := range append([]*Assignment{nil}, a.Assignments...) {
			changed, err := a.recalculate(target)
			if err != nil {
				return err
			}
			if changed {
				moved++
			}
		}
		return a.save(ctx)
	})
	return moved, err
}

// Recalculated is the action of the event a moved date leaves behind; the event's delta holds the new date, the one before it the old.
const Recalculated = "recalculate"

func (a *Act) recalculate(target *Assignment) (bool, error) {
	before := snapshot(a.row(target))
	clocks, due, amber := a.clocks(target)
	next, moved := map[string]deadline.Clock{}, false
	for name, c := range clocks.V {
		if c.Running() {
			fresh := c.Recompute(a.calendar)
			moved = moved || fresh.DueAt != c.DueAt || fresh.AmberAt != c.AmberAt
			c = fresh
		}
		next[name] = c
	}
	state, ok := a.machine(target).State(*a.state(target))
	if !moved || !ok {
		return false, nil
	}
	*clocks = Clocks{V: next}
	a.governed(target, due, amber, next, state)
	a.step = &step{action: &procedure.Action{Name: Recalculated}, eventID: store.NewID()}
	a.Values, a.At = Values{}, a.Now
	return true, a.record(target, before, state.Name)
}

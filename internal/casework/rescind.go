package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// Rescind is the action 撤回本步: it undoes the last act before the next party acts. The events stay.
const Rescind = "rescind"

// past reads the events of the case and its assignments once, in the order they were recorded; those of this act are not among them.
func (a *Act) past(ctx context.Context) ([]event.Event, error) {
	if a.history != nil {
		return a.history, nil
	}
	var err error
	a.history, err = event.Topic(ctx, a.q, a.Case.ID)
	return a.history, err
}

// pastOf picks the events of one stream.
func (a *Act) pastOf(ctx context.Context, stream string) ([]event.Event, error) {
	all, err := a.past(ctx)
	if err != nil {
		return nil, err
	}
	events := slices.DeleteFunc(slices.Clone(all), func(e event.Event) bool { return e.Stream != stream })
	slices.SortFunc(events, func(x, y event.Event) int { return cmp.Compare(x.Seq, y.Seq) })
	return events, nil
}

// last finds the newest event of what is acted on.
func (a *Act) last(ctx context.Context) (event.Event, error) {
	events, err := a.pastOf(ctx, a.stream(a.Target))
	if err == nil && len(events) == 0 {
		err = fmt.Errorf("casework: stream %s is empty", a.stream(a.Target))
	}
	if err != nil {
		return event.Event{}, err
	}
	return events[len(events)-1], nil
}

// stream names the stream of what is acted on.
func (a *Act) stream(target *Assignment) string {
	if target != nil {
		return AssignmentStream(target.ID)
	}
	return CaseStream(a.Case.ID)
}

// isOwn reports whether the act to be rescinded is the actor's own, or that of a colleague in the same office or agency under the same role.
func (a *Act) isOwn(ctx context.Context, action *procedure.Action) (bool, error) {
	if action.Name != Rescind {
		return false, nil
	}
	e, err := a.last(ctx)
	if err != nil {
		return false, err
	}
	if e.Account == a.Actor.Account {
		return true, nil
	}
	var rec Record
	if err := json.Unmarshal([]byte(e.Payload), &rec); err != nil {
		return false, fmt.Errorf("casework: payload of %s/%d: %w", e.Stream, e.Seq, err)
	}
	for _, g := range a.Actor.Grants {
		if string(g.Role) == e.Role && (rec.Office != "" && g.Office == rec.Office && g.Station == "" || rec.Agency != "" && g.Agency == rec.Agency) {
			return true, nil
		}
	}
	return false, nil
}

// undoable finds the last act on the target, if nobody has acted since on any stream that it touched.
func (a *Act) undoable(ctx context.Context) (event.Event, error) {
	e, err := a.last(ctx)
	if err != nil {
		return e, err
	}
	action, ok := a.machine(a.Target).Action(strings.TrimPrefix(strings.TrimPrefix(e.Action, a.Case.Kind+"."), "assignment."))
	if !ok || action.Irrevocable || e.Role == string(policy.System) || e.Role == string(policy.Import) {
		return e, errs.New(errs.Conflict, "casework.not_rescindable")
	}
	all, err := a.past(ctx)
	if err != nil {
		return e, err
	}
	if acted(all, e.Act) {
		return e, errs.New(errs.Conflict, "casework.others_acted")
	}
	elsewhere, err := store.One[int64](ctx, a.q, "select count(*) from event where act = $1 and topic <> $2", e.Act, a.Case.ID)
	if err != nil {
		return e, err
	}
	if elsewhere > 0 {
		return e, errs.New(errs.Conflict, "casework.others_acted")
	}
	return e, nil
}

// acted reports whether anything happened after an act on a stream that it touched.
func acted(all []event.Event, act string) bool {
	touched := map[string]int64{}
	for _, e := range all {
		if e.Act == act {
			touched[e.Stream] = max(touched[e.Stream], e.Seq)
		}
	}
	return slices.ContainsFunc(all, func(e event.Event) bool {
		seq, ok := touched[e.Stream]
		return ok && e.Seq > seq
	})
}

// rescind appends to every stream of the act an event that puts the row back as it was before; an assignment the act had made is stopped.
func (a *Act) rescind(ctx context.Context, action *procedure.Action) error {
	undone, err := a.undoable(ctx)
	if err != nil {
		return err
	}
	target := a.Target
	for _, row := range append([]*Assignment{nil}, a.Assignments...) {
		if err := a.restore(ctx, action, row, undone.Act, row == target); err != nil {
			return err
		}
	}
	return nil
}

// restore puts one row back, if the act touched it. The reason is kept with the row that was asked about.
func (a *Act) restore(ctx context.Context, action *procedure.Action, target *Assignment, act string, asked bool) error {
	events, err := a.pastOf(ctx, a.stream(target))
	if err != nil {
		return err
	}
	earlier := events
	for len(earlier) > 0 && earlier[len(earlier)-1].Act == act {
		earlier = earlier[:len(earlier)-1]
	}
	if len(earlier) == len(events) {
		return nil
	}
	before := snapshot(a.row(target))
	from := *a.state(target)
	a.Target = target
	a.step = &step{action: action, eventID: store.NewID(), undone: act}
	if asked {
		a.keepInput()
	}
	if err := a.putBack(ctx, target, earlier); err != nil {
		return err
	}
	return a.record(target, before, from)
}

func (a *Act) putBack(ctx context.Context, target *Assignment, earlier []event.Event) error {
	switch {
	case target == nil:
		old, err := foldCase(earlier)
		if err != nil {
			return err
		}
		version, code, made := a.Case.Version, a.Case.CodeCounter, a.Case.Assignments
		*a.Case = *old
		a.Case.Version, a.Case.CodeCounter, a.Case.Assignments = version, code, made // numbers given out are never given again
	case len(earlier) == 0:
		stopped := &procedure.State{Name: "stopped", Final: true}
		target.State = stopped.Name
		target.Clocks = Clocks{V: a.turn(target.Clocks.V, stopped, nil, "")}
		target.DueAt, target.AmberAt = 0, 0
	default:
		old, err := foldAssignment(earlier)
		if err != nil {
			return err
		}
		version := target.Version
		*target = *old
		target.Version = version
	}
	return nil
}

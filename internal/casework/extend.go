package casework

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
)

// extensionLimit is the limit of the procedure that tells the longest extension.
const extensionLimit = "extension"

// askExtension notes how much more time the agency asks for, in units of the limit; whoever assigned decides.
func askExtension(_ context.Context, a *Act) error {
	most := a.kind.Procedure.Limits[extensionLimit].N
	length := a.Values.Number("length")
	if length > most {
		return errs.New(errs.Invalid, "casework.extension_too_long").With(errs.Args{"Max": most}).At("length")
	}
	a.Target.ExtensionAsked = int64(length)
	return nil
}

// grantExtension lengthens the clock the assignment waits by, and those of the assignments under it.
func grantExtension(ctx context.Context, a *Act) error {
	rule := a.kind.Procedure.Rule(extensionLimit)
	rule.N = int(a.Target.ExtensionAsked)
	a.Target.ExtensionAsked = 0
	state, ok := a.kind.Procedure.Assignment.State(a.Target.State)
	if !ok {
		return nil
	}
	next := map[string]deadline.Clock{}
	for name, c := range a.Target.Clocks.V {
		if c.Running() && slices.Contains(state.Clocks, name) {
			c = c.Extend(a.calendar, rule, a.At)
		}
		next[name] = c
	}
	a.Target.Clocks = Clocks{V: next}
	a.governed(a.Target, &a.Target.DueAt, &a.Target.AmberAt, next, state)
	return a.prolongAbove(ctx, rule)
}

// prolonged is the action by which the case, and the assignments an extended one stands under, get the longer time too.
const prolonged = "prolonged"

// prolongAbove lets what waits for an extended answer run to its date, where the procedure says so.
func (a *Act) prolongAbove(ctx context.Context, rule deadline.Rule) error {
	if !a.Target.Leads() {
		return nil
	}
	a.longer = rule
	asg := a.Target
	for parent := a.parentOf(asg); parent != nil; parent = a.parentOf(parent) {
		if row, ok := a.kind.Procedure.Assignment.Action(prolonged); ok && row.FromState(parent.State) {
			if err := a.System(ctx, parent, prolonged); err != nil {
				return err
			}
		}
	}
	if row, ok := a.kind.Procedure.Case.Action(prolonged); ok && row.FromState(a.Case.State) {
		return a.System(ctx, nil, prolonged)
	}
	return nil
}

// prolong extends the clocks that the case or a distributor's assignment waits by, unless they run as long already.
func prolong(_ context.Context, a *Act) error {
	state, ok := a.machine(a.Target).State(*a.state(a.Target))
	if !ok {
		return nil
	}
	clocks, due, amber := a.clocks(a.Target)
	next := map[string]deadline.Clock{}
	for name, c := range clocks.V {
		if c.Running() && slices.Contains(state.Clocks, name) && len(c.Extensions) == 0 {
			c = c.Extend(a.calendar, a.longer, a.At)
		}
		next[name] = c
	}
	*clocks = Clocks{V: next}
	a.governed(a.Target, due, amber, next, state)
	return nil
}

package casework

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
)

// extensionLimit is the limit of the procedure that tells the longest extension.
const extensionLimit = "extension"

// askExtension notes how many working days more the agency asks for; whoever assigned decides.
func askExtension(_ context.Context, a *Act) error {
	most := a.kind.Procedure.Limits[extensionLimit].N
	days := a.Values.Number("days")
	if days > most {
		return errs.New(errs.Invalid, "casework.extension_too_long").With(errs.Args{"Max": most}).At("days")
	}
	a.Target.ExtensionAsked = int64(days)
	return nil
}

// grantExtension lengthens the clock the assignment waits by, and those of the assignments under it.
func grantExtension(_ context.Context, a *Act) error {
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
	return nil
}

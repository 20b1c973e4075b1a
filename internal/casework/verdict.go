package casework

import (
	"context"

	"lianxin/internal/errs"
)

// Unsatisfied is the verdict 不满意 in the dictionary of satisfaction.
const Unsatisfied = "unsatisfied"

// States of a verdict.
const (
	VerdictGiven  = "given"
	VerdictLapsed = "lapsed" // 逾期未评价: silence, which never counts as satisfied
)

// verdict keeps the first verdict for good, and sends the answer back to those who gave it where the case goes round again.
func verdict(ctx context.Context, a *Act) error {
	attitude, result := a.Values.String("attitude"), a.Values.String("result")
	if (attitude == Unsatisfied || result == Unsatisfied) && a.TextOf("comment") == "" {
		return errs.New(errs.Invalid, "casework.comment_needed").At("comment")
	}
	c := a.Case
	c.Attitude, c.Result, c.Verdict = attitude, result, VerdictGiven
	if c.FirstResult == "" {
		c.FirstAttitude, c.FirstResult = attitude, result
	}
	if st, ok := a.kind.Procedure.Case.State(c.State); !ok || st.Owner != "agencies" {
		return nil
	}
	return a.Redo(ctx)
}

func noVerdict(a *Act) {
	if a.Case.Verdict == "" {
		a.Case.Verdict = VerdictLapsed
	}
}

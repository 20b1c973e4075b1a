package policy

import (
	"slices"

	"lianxin/internal/errs"
)

// side is for whom a role works. Business has four sides, and nobody lends across them: who answers a matter must not come to settle it,
// and a deputy's office is personal (invariant 10).
func (r Role) side() string {
	switch r {
	case Station, Street, Clerk, Motions, Leader:
		return "congress"
	case Agency, AgencyLead:
		return "agency"
	case Supervision:
		return "supervision"
	}
	return string(r)
}

// Personal reports whether the role belongs to the person and not to the post: it is neither lent nor handed over.
func (r Role) Personal() bool { return r == Deputy }

// Lendable reports whether a grant of the role can be lent to a colleague.
func (r Role) Lendable() bool { return r.Valid() && r.Power() == Business && !r.Personal() }

// CheckLending refuses to lend a grant to an account that holds the others: only business is lent, within one congress,
// and never so that powers or sides come together. An account that holds nothing works in no congress.
func CheckLending(lent Grant, held []Grant) error {
	switch {
	case !lent.Role.Lendable():
		return errs.New(errs.Invalid, "policy.not_lendable").At("grant")
	case slices.ContainsFunc(held, func(g Grant) bool { return g.Role.Power() != Business || g.Role.side() != lent.Role.side() }):
		return errs.New(errs.Invalid, "policy.lending_mixes").At("to")
	case !slices.ContainsFunc(held, func(g Grant) bool { return g.Congress == lent.Congress }):
		return errs.New(errs.Invalid, "policy.other_congress").At("to")
	}
	return nil
}

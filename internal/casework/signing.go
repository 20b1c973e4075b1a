package casework

import (
	"context"
	"slices"

	"lianxin/internal/errs"
)

// maxSigners is how many deputies may be asked to sign one case (our default).
const maxSigners = 200

// invite asks deputies to sign; who declined or left may be asked again.
func invite(_ context.Context, a *Act) error {
	c := a.Case
	next := slices.Clone(c.Signers.V)
	for _, person := range a.Values.List("deputies") {
		if person == c.Deputy {
			return errs.New(errs.Invalid, "casework.signs_already").At("deputies")
		}
		i := slices.IndexFunc(next, func(s Signer) bool { return s.Person == person })
		switch {
		case i < 0:
			next = append(next, Signer{Person: person, State: SignerInvited, At: a.Micros()})
		case next[i].State == SignerDeclined || next[i].State == SignerLeft:
			next[i] = Signer{Person: person, State: SignerInvited, At: a.Micros()}
		}
	}
	if len(next) > maxSigners {
		return errs.New(errs.Invalid, "casework.too_many_signers").With(errs.Args{"Max": maxSigners}).At("deputies")
	}
	c.Signers.V = next
	return nil
}

// signer is the deputy who signs: the actor, or the one named in an entry for him.
func (a *Act) signer() string {
	if a.Permission.Proxy {
		return a.Values.String("deputy")
	}
	return a.Permission.Person
}

// sign sets the state of one signature. An entry from signed paper may bring a signer who was never invited.
func (a *Act) sign(state string, from ...string) error {
	person := a.signer()
	old, asked := a.Case.Signer(person)
	switch {
	case person == a.Case.Deputy:
		return errs.New(errs.Invalid, "casework.signs_already").At("deputy")
	case !asked && (!a.Permission.Proxy || state != SignerSigned):
		return errs.New(errs.Conflict, "casework.not_asked").At("deputy")
	case asked && !slices.Contains(from, old.State):
		return errs.New(errs.Conflict, "casework.signer_state").At("deputy")
	}
	next := slices.DeleteFunc(slices.Clone(a.Case.Signers.V), func(s Signer) bool { return s.Person == person && !asked })
	now := Signer{Person: person, State: state, At: a.Micros()}
	if i := slices.IndexFunc(next, func(s Signer) bool { return s.Person == person }); i >= 0 {
		next[i] = now
	} else {
		next = append(next, now)
	}
	a.Case.Signers.V = next
	return nil
}

func cosign(_ context.Context, a *Act) error {
	return a.sign(SignerSigned, SignerInvited, SignerDeclined, SignerLeft)
}

func decline(_ context.Context, a *Act) error { return a.sign(SignerDeclined, SignerInvited) }

func leave(_ context.Context, a *Act) error { return a.sign(SignerLeft, SignerSigned, SignerLeaving) }

// consent notes that a signer agrees to withdraw a case signed by several (domain reference §1.4: all must ask for it).
func consent(_ context.Context, a *Act) error { return a.sign(SignerLeaving, SignerSigned) }

// Unsign makes signatures that stand count no more: what was signed has changed, and each signer is asked again.
func (a *Act) Unsign() {
	next := slices.Clone(a.Case.Signers.V)
	for i := range next {
		if next[i].Signs() {
			next[i] = Signer{Person: next[i].Person, State: SignerInvited, At: a.Micros()}
		}
	}
	a.Case.Signers.V = next
}

// allAgree lets a case signed by several be withdrawn only when every signer has agreed.
func allAgree(_ context.Context, a *Act) error {
	if slices.ContainsFunc(a.Case.Signers.V, func(s Signer) bool { return s.State == SignerSigned }) {
		return refuse("casework.signers_disagree")
	}
	return nil
}

// mineToSign holds while the deputy's own signature is in one of the states; an entry for somebody names its deputy later.
func mineToSign(states ...string) Guard {
	return func(_ context.Context, a *Act) error {
		if a.Permission.Proxy {
			return nil
		}
		s, ok := a.Case.Signer(a.Permission.Person)
		if ok && slices.Contains(states, s.State) {
			return nil
		}
		return refuse("casework.signer_state")
	}
}

package identity

import (
	"context"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/store"
)

// Lock-out (GB/T 22239-2019 asks for one; the numbers are our default).
const (
	maxFailures = 5
	lockedFor   = 15 * time.Minute
)

// SignIn checks name and password and returns the account. One that is Enrolled is not signed in yet: SecondStep asks for its code.
// Five failures in a row, of either step, lock the account for a quarter of an hour; unknown names, wrong passwords and closed
// accounts get the same answer, errs.Unauthenticated, in about the same time.
func (s *Service) SignIn(ctx context.Context, name, password string) (Account, error) {
	a, err := s.Find(ctx, name)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return a, err
	}
	if err := s.unlocked(a); err != nil {
		return a, err
	}
	ok, err := s.hasher.verify(ctx, a.Password, password)
	if err != nil {
		return a, err
	}
	wrong := errs.New(errs.Unauthenticated, "identity.wrong")
	switch {
	case a.ID == "":
		return a, wrong
	case !ok || a.Closed(s.Today()):
		return a, s.failed(ctx, a, "password", wrong)
	case a.Enrolled:
		return a, nil // failures are forgotten only when the code was right too
	}
	return s.change(ctx, own(a.ID), a.ID, func(_ context.Context, tx *store.Tx, a *Account) (deed, error) {
		return signedIn(tx, a, "password"), nil
	})
}

// SecondStep takes the code of an account whose password was right: of its authenticator, or a recovery code.
// A wrong or used one is errs.Invalid; too many lock the account as wrong passwords do, errs.Throttled.
func (s *Service) SecondStep(ctx context.Context, id, code string) (Account, error) {
	a, err := s.Get(ctx, id)
	if err != nil {
		return a, err
	}
	if err := s.unlocked(a); err != nil {
		return a, err
	}
	if !a.Enrolled || a.Closed(s.Today()) {
		return a, errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	done, err := s.change(ctx, own(id), id, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
		how, err := s.spend(ctx, tx, id, code)
		if err != nil {
			return deed{}, err
		}
		return signedIn(tx, a, how), nil
	})
	if errs.Is(err, errs.Invalid) {
		return a, s.failed(ctx, a, "code", err)
	}
	return done, err
}

func (s *Service) unlocked(a Account) error {
	if store.Time(a.LockedUntil).After(s.db.Now()) {
		return errs.New(errs.Throttled, "identity.locked").With(errs.Args{"Minutes": int(lockedFor.Minutes())})
	}
	return nil
}

func signedIn(tx *store.Tx, a *Account, how string) deed {
	a.Failures, a.LockedUntil, a.LastSignIn = 0, 0, store.Micros(tx.Now())
	return deed{"sign_in", map[string]any{"by": how}}
}

// failed counts a failure, locks at the fifth, and gives back what to tell.
func (s *Service) failed(ctx context.Context, a Account, step string, told error) error {
	_, err := s.change(ctx, own(a.ID), a.ID, func(_ context.Context, tx *store.Tx, a *Account) (deed, error) {
		a.Failures++
		if a.Failures < maxFailures {
			return deed{"sign_in_failed", map[string]any{"step": step}}, nil
		}
		a.Failures, a.LockedUntil = 0, store.Micros(tx.Now().Add(lockedFor))
		return deed{"locked", map[string]any{"step": step, "minutes": int(lockedFor.Minutes())}}, nil
	})
	if err != nil {
		return err
	}
	return told
}

// day is the date of a transaction.
func day(tx *store.Tx) deadline.Date { return deadline.DateOf(tx.Now()) }

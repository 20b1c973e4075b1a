package identity

import (
	"context"

	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// ResetPassword gives an account a one-time password and ends its sessions.
func (s *Service) ResetPassword(ctx context.Context, actor policy.Actor, id string) (string, error) {
	once := OneTime()
	hash, err := s.hasher.hash(ctx, once)
	if err != nil {
		return "", err
	}
	_, err = s.change(ctx, actor, id, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
		a.Failures, a.LockedUntil = 0, 0
		if err := replace(ctx, tx, a, hash, true); err != nil {
			return deed{}, err
		}
		return deed{action: "reset_password"}, endSessions(ctx, tx, id, "")
	})
	return once, err
}

// ChangePassword lets somebody change his own, knowing the old one, and ends his other sessions.
// Errors: errs.Invalid (the old one is wrong, the new one breaks a rule or was used lately), Throttled.
func (s *Service) ChangePassword(ctx context.Context, id, old, fresh, keepSession string) error {
	a, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.knows(ctx, a, old, "old"); err != nil {
		return err
	}
	rules, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	if err := rules.Check(a.Name, fresh); err != nil {
		return err
	}
	if err := s.unused(ctx, a, rules.History, fresh); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, fresh)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, own(id), id, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
		if err := replace(ctx, tx, a, hash, false); err != nil {
			return deed{}, err
		}
		return deed{action: "change_password"}, endSessions(ctx, tx, id, keepSession)
	})
	return err
}

// knows asks somebody signed in for his password once more; wrong ones are counted, for a desk may be left open.
func (s *Service) knows(ctx context.Context, a Account, password, field string) error {
	key := "password:" + a.ID
	if err := s.Allowed(ctx, key); err != nil {
		return errs.New(errs.Throttled, "identity.wait").With(errs.Args{"Minutes": int(triesWait.Minutes())})
	}
	ok, err := s.hasher.verify(ctx, a.Password, password)
	if err != nil || ok {
		return err
	}
	if err := s.Failed(ctx, key); err != nil {
		return err
	}
	return errs.New(errs.Invalid, "identity.old_password").At(field)
}

// unused refuses the present password and those before it, as many as the rules say.
func (s *Service) unused(ctx context.Context, a Account, history int, fresh string) error {
	hashes, err := store.All[string](ctx, s.db.Reader(), "select hash from password_history where account_id = $1 order by id desc limit $2", a.ID, max(history-1, 0))
	if err != nil {
		return err
	}
	for _, hash := range append([]string{a.Password}, hashes...) {
		used, err := s.hasher.verify(ctx, hash, fresh)
		if err != nil {
			return err
		}
		if used {
			return errs.New(errs.Invalid, "identity.same_password").With(errs.Args{"N": max(history, 1)}).At("password")
		}
	}
	return nil
}

// replace puts a new hash in the old one's place and keeps the old one, as many as any rule could ask for.
func replace(ctx context.Context, tx *store.Tx, a *Account, hash string, once bool) error {
	if _, err := store.Exec(ctx, tx, "insert into password_history (id, account_id, hash) values ($1, $2, $3)", store.NewID(), a.ID, a.Password); err != nil {
		return err
	}
	a.Password, a.MustChange, a.PasswordAt = hash, once, store.Micros(tx.Now())
	_, err := store.Exec(ctx, tx, `delete from password_history where account_id = $1 and id not in
		(select id from password_history where account_id = $1 order by id desc limit 10)`, a.ID)
	return err
}

package identity

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// MaxSession is the longest a session's cookie lasts; the rules in force end sessions earlier.
const MaxSession = maxSession

// Session is one signed-in browser. Its token is known only to the browser; we keep the hash.
type Session struct {
	TokenHash string `db:"token_hash"`
	ID        string `db:"id"`
	Account   string `db:"account_id"`
	CreatedAt int64  `db:"created_at"`
	LastSeen  int64  `db:"last_seen"`
	ExpiresAt int64  `db:"expires_at"`
	Address   string `db:"address"`
	Device    string `db:"device"`
}

// SessionStore keeps scs's sessions in our own table, so that they can be listed, capped and revoked per account.
type SessionStore struct{ s *Service }

// Sessions is the store for scs; use it with HashTokenInStore.
func (s *Service) Sessions() *SessionStore { return &SessionStore{s} }

// live adds the conditions under which a session goes on: not expired, not idle, not older than the rules allow.
func (s *Service) live(ctx context.Context, w *store.Where) error {
	rules, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	now := s.db.Now()
	w.And("expires_at > ? and last_seen > ? and created_at > ?", store.Micros(now), store.Micros(now.Add(-rules.idle())), store.Micros(now.Add(-rules.lifetime())))
	return nil
}

// FindCtx reads a session's data; one that is unknown, expired or idle for too long is not found.
func (t *SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	w := new(store.Where).And("token_hash = ?", token)
	if err := t.s.live(ctx, w); err != nil {
		return nil, false, err
	}
	data, err := store.One[string](ctx, t.s.db.Reader(), "select data from session"+w.String(), w.Args()...)
	if errs.Is(err, errs.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	b, err := base64.StdEncoding.DecodeString(data)
	return b, true, err
}

// CommitCtx writes a session's data.
func (t *SessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return t.s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := store.Micros(tx.Now())
		_, err := store.Exec(ctx, tx, `insert into session (token_hash, id, account_id, created_at, last_seen, expires_at, address, device, data)
			values ($1, $2, '', $3, $3, $4, '', '', $5)
			on conflict (token_hash) do update set data = excluded.data, last_seen = excluded.last_seen, expires_at = excluded.expires_at`,
			token, store.NewID(), now, store.Micros(expiry), base64.StdEncoding.EncodeToString(b))
		return err
	})
}

// DeleteCtx ends a session.
func (t *SessionStore) DeleteCtx(ctx context.Context, token string) error {
	return t.s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "delete from session where token_hash = $1", token)
		return err
	})
}

// Find is FindCtx without a context, as scs's interface wants it.
func (t *SessionStore) Find(token string) ([]byte, bool, error) {
	return t.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context, as scs's interface wants it.
func (t *SessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return t.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx without a context, as scs's interface wants it.
func (t *SessionStore) Delete(token string) error { return t.DeleteCtx(context.Background(), token) }

// HashToken is how scs with HashTokenInStore names a session in the store.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Touch notes whose session it is and that it is in use, at most one write a minute. An account's sessions over the rules' number end, the oldest first.
func (s *Service) Touch(ctx context.Context, token, account, address, device string) error {
	if r := []rune(device); len(r) > 120 {
		device = string(r[:120])
	}
	hash := HashToken(token)
	owners, err := store.All[string](ctx, s.db.Reader(), "select account_id from session where token_hash = $1 and (account_id <> $2 or last_seen < $3)",
		hash, account, store.Micros(s.db.Now().Add(-time.Minute)))
	if err != nil || len(owners) == 0 {
		return err
	}
	rules, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "update session set account_id = $1, last_seen = $2, address = $3, device = $4 where token_hash = $5",
			account, store.Micros(tx.Now()), address, device, hash)
		if err != nil || owners[0] == account {
			return err
		}
		_, err = store.Exec(ctx, tx, `delete from session where account_id = $1 and token_hash <> $2 and token_hash not in
			(select token_hash from session where account_id = $1 and token_hash <> $2 order by created_at desc, id desc limit $3)`, account, hash, rules.Sessions-1)
		return err
	})
}

// ListSessions reads an account's live sessions, newest first.
func (s *Service) ListSessions(ctx context.Context, account string) ([]Session, error) {
	w := new(store.Where).And("account_id = ?", account)
	if err := s.live(ctx, w); err != nil {
		return nil, err
	}
	return store.All[Session](ctx, s.db.Reader(), "select "+store.Columns[Session]("")+" from session"+w.String()+" order by last_seen desc", w.Args()...)
}

// EndSession ends one session of somebody's own account.
func (s *Service) EndSession(ctx context.Context, account, id string) error {
	_, err := s.change(ctx, own(account), account, func(ctx context.Context, tx *store.Tx, _ *Account) (deed, error) {
		n, err := store.Exec(ctx, tx, "delete from session where id = $1 and account_id = $2", id, account)
		if err == nil && n == 0 {
			err = errs.New(errs.NotFound, "identity.no_session")
		}
		return deed{action: "end_session"}, err
	})
	return err
}

// EndSessions ends every session of an account.
func (s *Service) EndSessions(ctx context.Context, actor policy.Actor, account string) error {
	_, err := s.change(ctx, actor, account, func(ctx context.Context, tx *store.Tx, _ *Account) (deed, error) {
		return deed{action: "end_sessions"}, endSessions(ctx, tx, account, "")
	})
	return err
}

// endSessions ends every session of an account but the one with the token; "" ends them all.
func endSessions(ctx context.Context, tx *store.Tx, account, exceptToken string) error {
	_, err := store.Exec(ctx, tx, "delete from session where account_id = $1 and token_hash <> $2", account, HashToken(exceptToken))
	return err
}

// Sweep removes what has expired.
func (s *Service) Sweep(ctx context.Context) error {
	rules, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := tx.Now()
		if _, err := store.Exec(ctx, tx, "delete from session where expires_at <= $1 or last_seen <= $2 or created_at <= $3",
			store.Micros(now), store.Micros(now.Add(-rules.idle())), store.Micros(now.Add(-rules.lifetime()))); err != nil {
			return err
		}
		_, err := store.Exec(ctx, tx, "delete from throttle where at < $1", store.Micros(now.Add(-24*time.Hour)))
		return err
	})
}

package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// How long sessions last (our default).
const (
	IdleFor    = 30 * time.Minute
	SessionFor = 12 * time.Hour
)

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
type SessionStore struct{ db *store.DB }

// Sessions is the store for scs; use it with HashTokenInStore.
func (s *Service) Sessions() *SessionStore { return &SessionStore{db: s.db} }

// FindCtx reads a session's data; one that is unknown, expired or idle for too long is not found.
func (t *SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now := t.db.Now()
	data, err := store.One[string](ctx, t.db.Reader(), "select data from session where token_hash = $1 and expires_at > $2 and last_seen > $3",
		token, store.Micros(now), store.Micros(now.Add(-IdleFor)))
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
	return t.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
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
	return t.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
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

// Touch notes whose session it is and that it is in use; at most one write a minute.
func (s *Service) Touch(ctx context.Context, token, account, address, device string) error {
	now := s.db.Now()
	if r := []rune(device); len(r) > 120 {
		device = string(r[:120])
	}
	hash := HashToken(token)
	stale, err := store.One[int64](ctx, s.db.Reader(), "select count(*) from session where token_hash = $1 and (account_id <> $2 or last_seen < $3)",
		hash, account, store.Micros(now.Add(-time.Minute)))
	if err != nil || stale == 0 {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "update session set account_id = $1, last_seen = $2, address = $3, device = $4 where token_hash = $5",
			account, store.Micros(tx.Now()), address, device, hash)
		return err
	})
}

// ListSessions reads an account's live sessions, newest first.
func (s *Service) ListSessions(ctx context.Context, account string) ([]Session, error) {
	now := s.db.Now()
	return store.All[Session](ctx, s.db.Reader(), "select "+store.Columns[Session]("")+` from session
		where account_id = $1 and expires_at > $2 and last_seen > $3 order by last_seen desc`, account, store.Micros(now), store.Micros(now.Add(-IdleFor)))
}

// Revoke ends one session of an account.
func (s *Service) Revoke(ctx context.Context, account, id string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := store.Exec(ctx, tx, "delete from session where id = $1 and account_id = $2", id, account)
		if err == nil && n == 0 {
			err = errs.New(errs.NotFound, "identity.no_session")
		}
		return err
	})
}

// RevokeAll ends every session of an account but the one with the token (pass "" to end them all).
func (s *Service) RevokeAll(ctx context.Context, account, exceptToken string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "delete from session where account_id = $1 and token_hash <> $2", account, HashToken(exceptToken))
		return err
	})
}

// Sweep removes what has expired.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := tx.Now()
		if _, err := store.Exec(ctx, tx, "delete from session where expires_at <= $1 or last_seen <= $2", store.Micros(now), store.Micros(now.Add(-IdleFor))); err != nil {
			return err
		}
		_, err := store.Exec(ctx, tx, "delete from throttle where at < $1", store.Micros(now.Add(-24*time.Hour)))
		return err
	})
}

// Token is a bearer token of the API, without its secret.
type Token struct {
	ID        string `db:"id"`
	Account   string `db:"account_id"`
	Name      string `db:"name"`
	CreatedAt int64  `db:"created_at"`
	ExpiresAt int64  `db:"expires_at"`
	Revoked   bool   `db:"revoked"`
}

// CreateToken makes a bearer token; the secret is told once.
func (s *Service) CreateToken(ctx context.Context, actor policy.Actor, account, name string, lasts time.Duration) (Token, string, error) {
	secret := "lx_" + strings.ToLower(rand.Text())
	t := Token{ID: store.NewID(), Account: account, Name: name, CreatedAt: store.Micros(s.db.Now()), ExpiresAt: store.Micros(s.db.Now().Add(lasts))}
	_, err := s.change(ctx, actor, account, "create_token", map[string]any{"token": t.ID}, func(*Account) error { return nil })
	if err != nil {
		return t, "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "insert into api_token (id, account_id, name, token_hash, created_at, expires_at, revoked) values ($1, $2, $3, $4, $5, $6, false)",
			t.ID, t.Account, t.Name, secretHash(secret), t.CreatedAt, t.ExpiresAt)
		return err
	})
	return t, secret, err
}

func secretHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// CheckToken returns whose token it is; an unknown, expired or revoked one is errs.Unauthenticated.
func (s *Service) CheckToken(ctx context.Context, secret string) (policy.Actor, Account, error) {
	account, err := store.One[string](ctx, s.db.Reader(), "select account_id from api_token where token_hash = $1 and expires_at > $2 and not revoked",
		secretHash(secret), store.Micros(s.db.Now()))
	if err != nil {
		return policy.Actor{}, Account{}, errs.New(errs.Unauthenticated, "identity.bad_token").Because(err)
	}
	return s.Actor(ctx, account)
}

// RevokeToken ends a token of an account.
func (s *Service) RevokeToken(ctx context.Context, account, id string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "update api_token set revoked = true where id = $1 and account_id = $2", id, account)
		return err
	})
}

// ListTokens reads an account's tokens.
func (s *Service) ListTokens(ctx context.Context, account string) ([]Token, error) {
	return store.All[Token](ctx, s.db.Reader(), "select "+store.Columns[Token]("")+" from api_token where account_id = $1 order by id desc", account)
}

// Wrong tries at a pick-up code (our default).
const (
	maxTries  = 5
	triesWait = 10 * time.Minute
)

// Allowed refuses a try under the key after too many wrong ones: errs.Throttled.
func (s *Service) Allowed(ctx context.Context, key string) error {
	n, err := store.One[int64](ctx, s.db.Reader(), "select count(*) from throttle where key = $1 and until > $2", throttleKey(key), store.Micros(s.db.Now()))
	if err == nil && n > 0 {
		err = errs.New(errs.Throttled, "identity.too_many_tries").With(errs.Args{"Minutes": int(triesWait.Minutes())})
	}
	return err
}

// Failed counts a wrong try under the key; from the fifth on the key has to wait.
func (s *Service) Failed(ctx context.Context, key string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := tx.Now()
		_, err := store.Exec(ctx, tx, `insert into throttle (key, failures, until, at) values ($1, 1, 0, $2)
			on conflict (key) do update set
			failures = case when throttle.at < $3 then 1 else throttle.failures + 1 end,
			until = case when throttle.at >= $3 and throttle.failures + 1 >= $4 then $5 else throttle.until end,
			at = excluded.at`, throttleKey(key), store.Micros(now), store.Micros(now.Add(-triesWait)), maxTries, store.Micros(now.Add(triesWait)))
		return err
	})
}

// throttleKey keeps addresses out of the table.
func throttleKey(key string) string { return secretHash(key) }

// Today is the date grants are judged by.
func (s *Service) Today() deadline.Date { return deadline.DateOf(s.db.Now()) }

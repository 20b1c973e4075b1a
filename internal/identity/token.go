package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/zh"
)

// Scope is what a token is good for.
type Scope string

// The scopes: reading only, or all the account may do.
const (
	Read  Scope = "read"
	Write Scope = "write"
)

// Scopes lists them, the narrowest first.
func Scopes() []Scope { return []Scope{Read, Write} }

// MaxTokenDays is the longest a token lasts (our default).
const MaxTokenDays = 366

// Token is a bearer token of the API, without its secret.
type Token struct {
	ID        string `db:"id"`
	Account   string `db:"account_id"`
	Name      string `db:"name"`
	Scope     Scope  `db:"scope"`
	CreatedAt int64  `db:"created_at"`
	ExpiresAt int64  `db:"expires_at"`
	Revoked   bool   `db:"revoked"`
}

// State tells whether a token is good: "active", "revoked" or "expired".
func (t Token) State(now time.Time) string {
	switch {
	case t.Revoked:
		return "revoked"
	case t.ExpiresAt <= store.Micros(now):
		return "expired"
	}
	return "active"
}

// NewToken is what a token starts from.
type NewToken struct {
	Account string // id
	Name    string // what it is for
	Scope   Scope
	Lasts   time.Duration // at most MaxTokenDays
}

// CreateToken makes a bearer token; the secret is told once.
func (s *Service) CreateToken(ctx context.Context, actor policy.Actor, n NewToken) (Token, string, error) {
	name, err := zh.Clean(n.Name)
	switch {
	case err != nil || name == "" || len(name) > 120:
		return Token{}, "", errs.New(errs.Invalid, "identity.bad_token_name").At("name")
	case !slices.Contains(Scopes(), n.Scope):
		return Token{}, "", errs.New(errs.Invalid, "identity.bad_scope").At("scope")
	case n.Lasts <= 0 || n.Lasts > MaxTokenDays*24*time.Hour:
		return Token{}, "", errs.New(errs.Invalid, "identity.bad_token_days").With(errs.Args{"Max": MaxTokenDays}).At("days")
	}
	secret := "lx_" + strings.ToLower(rand.Text())
	now := s.db.Now()
	t := Token{ID: store.NewID(), Account: n.Account, Name: name, Scope: n.Scope, CreatedAt: store.Micros(now), ExpiresAt: store.Micros(now.Add(n.Lasts))}
	_, err = s.change(ctx, actor, n.Account, func(ctx context.Context, tx *store.Tx, _ *Account) (deed, error) {
		_, err := store.Exec(ctx, tx, "insert into api_token (id, account_id, name, token_hash, created_at, expires_at, revoked, scope) values ($1, $2, $3, $4, $5, $6, false, $7)",
			t.ID, t.Account, t.Name, secretHash(secret), t.CreatedAt, t.ExpiresAt, t.Scope)
		return deed{"create_token", map[string]any{"token": t.ID, "scope": t.Scope, "expires_at": t.ExpiresAt}}, err
	})
	return t, secret, err
}

func secretHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// CheckToken returns who acts under a token, and the token; an unknown, expired or revoked one is errs.Unauthenticated.
func (s *Service) CheckToken(ctx context.Context, secret string) (policy.Actor, Token, error) {
	t, err := store.One[Token](ctx, s.db.Reader(), "select "+store.Columns[Token]("")+" from api_token where token_hash = $1 and expires_at > $2 and not revoked",
		secretHash(secret), store.Micros(s.db.Now()))
	if err != nil {
		return policy.Actor{}, Token{}, errs.New(errs.Unauthenticated, "identity.bad_token").Because(err)
	}
	actor, _, err := s.Actor(ctx, t.Account)
	return actor, t, err
}

// RevokeToken ends a token of an account; one that is no longer good stays as it is.
func (s *Service) RevokeToken(ctx context.Context, actor policy.Actor, account, id string) error {
	_, err := s.change(ctx, actor, account, func(ctx context.Context, tx *store.Tx, _ *Account) (deed, error) {
		n, err := store.Exec(ctx, tx, "update api_token set revoked = true where id = $1 and account_id = $2 and not revoked", id, account)
		if err == nil && n != 1 {
			err = errs.New(errs.NotFound, "identity.no_token")
		}
		return deed{"revoke_token", map[string]any{"token": id}}, err
	})
	return err
}

// ListTokens reads an account's tokens, newest first.
func (s *Service) ListTokens(ctx context.Context, account string) ([]Token, error) {
	return store.All[Token](ctx, s.db.Reader(), "select "+store.Columns[Token]("")+" from api_token where account_id = $1 order by id desc", account)
}

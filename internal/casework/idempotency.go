package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/store"
)

// keptFor is how long a key answers with its first result (design invariant 3).
const keptFor = 7 * 24 * time.Hour

// fingerprint tells two requests under one key apart. Input may be personal, so only its hash is kept.
func (r Request) fingerprint() string {
	return fingerprint(r.Number, r.Assignment, r.Action, r.Version, plain(r.Input), r.OccurredAt)
}

func fingerprint(parts ...any) string {
	b, err := json.Marshal(parts)
	if err != nil {
		b = fmt.Append(nil, parts...) // input of a type JSON does not know is refused later, by name
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// plain replaces files by their hashes.
func plain(in Input) map[string]any {
	out := map[string]any{}
	for name, v := range in {
		if f, ok := v.(files.Accepted); ok {
			v = f.SHA256
		}
		out[name] = v
	}
	return out
}

// maxKey bounds a key: that of a form (200) and what a bulk step adds to it.
const maxKey = 400

// plainKey reports whether a text may be kept as a key: short, printable and plain.
func plainKey(s string) bool {
	return s != "" && len(s) <= maxKey && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// remember claims a key for the request and reports whether it is the first with it. The same key with another request is errs.Invalid.
func (s *Service) remember(ctx context.Context, tx *store.Tx, account, key, hash, number string) (first bool, err error) {
	if key == "" {
		return true, nil
	}
	if !plainKey(key) {
		return false, errs.New(errs.Invalid, "casework.bad_key").With(errs.Args{"Max": maxKey}).At("Idempotency-Key")
	}
	if _, err := store.Exec(ctx, tx, "delete from idempotency where at < $1 and account = $2", store.Micros(tx.Now().Add(-keptFor)), account); err != nil {
		return false, err
	}
	n, err := store.Exec(ctx, tx, `insert into idempotency (account, key, request_hash, number, at) values ($1, $2, $3, $4, $5)
		on conflict (account, key) do nothing`, account, key, hash, number, store.Micros(tx.Now()))
	if err != nil || n == 1 {
		return err == nil, err
	}
	old, err := store.One[string](ctx, tx, "select request_hash from idempotency where account = $1 and key = $2", account, key)
	if err == nil && old != hash {
		err = errs.New(errs.Invalid, "casework.key_reused")
	}
	return false, err
}

package identity

import (
	"context"
	"time"

	"lianxin/internal/errs"
	"lianxin/internal/store"
)

// Wrong tries at a pick-up code, or at a password or code of somebody signed in (our default).
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

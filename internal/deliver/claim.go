package deliver

import (
	"context"
	"math/rand/v2"
	"time"

	"lianxin/internal/store"
)

const (
	firstPause = time.Minute
	longest    = 4 * time.Hour
	batch      = 4 // claimed together and sent side by side, so that none outlives its lease waiting
)

// random is a number between 0 and 1.
func random() float64 { return rand.Float64() }

// pause is how long to wait after the nth failure: doubling from a minute to four hours, three quarters to five quarters of it.
func pause(n int64, jitter float64) time.Duration {
	wait := longest
	if n <= 8 {
		wait = min(longest, firstPause<<(n-1))
	}
	return time.Duration(float64(wait) * (0.75 + jitter/2))
}

// lease is how long a claim holds: several times what an attempt may take.
func (s *Service) lease() time.Duration { return 3*s.opts.Timeout + 10*time.Second }

// job is a delivery claimed by this process.
type job struct {
	ID        string `db:"id"`
	Channel   string `db:"channel"`
	Sealed    string `db:"sealed"`
	Attempts  int64  `db:"attempts"` // this one counted
	TriesLeft int64  `db:"tries_left"`
	Claim     string `db:"claim"`
}

// claim takes deliveries that are due and nobody has, with an attempt begun for each. Two processes never hold the same one:
// the conditions stand on the updated rows themselves, so a loser of the race finds them no longer true.
func (s *Service) claim(ctx context.Context) ([]job, error) {
	open := true
	if s.opts.Gate != nil {
		var err error
		if open, err = s.opts.Gate(s.db.Now()); err != nil {
			return nil, err
		}
	}
	var jobs []job
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now, mine := store.Micros(tx.Now()), store.NewID()
		var err error
		jobs, err = store.All[job](ctx, tx, `update delivery set claim = $1, lease_until = $2, attempts = attempts + 1, tries_left = tries_left - 1
			where id in (select id from delivery where status = $3 and due_at <= $4 and lease_until < $4 and (urgent or $5) order by due_at limit $6)
			and status = $3 and lease_until < $4 and tries_left > 0 returning id, channel, sealed, attempts, tries_left, claim`,
			mine, store.Micros(tx.Now().Add(s.lease())), Queued, now, open, batch)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if err := begin(ctx, tx, j); err != nil {
				return err
			}
		}
		return giveUp(ctx, tx)
	})
	return jobs, err
}

// begin writes the attempt down before it is made, so that one that never ends is seen too.
func begin(ctx context.Context, tx *store.Tx, j job) error {
	now := store.Micros(tx.Now())
	if _, err := store.Exec(ctx, tx, "update delivery_attempt set outcome = $1, ended_at = $2, error_kind = $3 where delivery_id = $4 and outcome = $5",
		Lost, now, string(wentAway), j.ID, Running); err != nil {
		return err
	}
	return store.Insert(ctx, tx, "delivery_attempt", Attempt{Delivery: j.ID, N: j.Attempts, StartedAt: now, Outcome: Running})
}

// giveUp marks those whose last attempt was lost with its process.
func giveUp(ctx context.Context, tx *store.Tx) error {
	now := store.Micros(tx.Now())
	lost, err := store.All[string](ctx, tx, "update delivery set status = $1, done_at = $2 where status = $3 and tries_left <= 0 and lease_until < $2 returning id", Stuck, now, Queued)
	if err != nil {
		return err
	}
	for _, id := range lost {
		if _, err := store.Exec(ctx, tx, "update delivery_attempt set outcome = $1, ended_at = $2, error_kind = $3 where delivery_id = $4 and outcome = $5",
			Lost, now, string(wentAway), id, Running); err != nil {
			return err
		}
	}
	return nil
}

// finish writes down how an attempt ended and what follows. One whose lease was lost meanwhile leaves the delivery to whoever has it now.
func (s *Service) finish(ctx context.Context, j job, failed *failure) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := tx.Now()
		status, due, done, a := s.verdict(j, failed, now)
		if _, err := store.Exec(ctx, tx, "update delivery_attempt set outcome = $1, ended_at = $2, error_kind = $3, code = $4 where delivery_id = $5 and n = $6 and outcome in ($7, $8)",
			a.Outcome, store.Micros(now), a.ErrorKind, a.Code, j.ID, j.Attempts, Running, Lost); err != nil {
			return err
		}
		_, err := store.Exec(ctx, tx, "update delivery set status = $1, due_at = $2, done_at = $3, claim = '', lease_until = 0 where id = $4 and claim = $5",
			status, store.Micros(due), done, j.ID, j.Claim)
		return err
	})
}

func (s *Service) verdict(j job, failed *failure, now time.Time) (status string, due time.Time, done int64, a Attempt) {
	if failed == nil {
		return Sent, now, store.Micros(now), Attempt{Outcome: Taken}
	}
	a = Attempt{Outcome: Failed, ErrorKind: string(failed.kind), Code: int64(failed.code)}
	if failed.final || j.TriesLeft <= 0 {
		return Stuck, now, store.Micros(now), a
	}
	tried := max(1, int64(s.opts.Tries)-j.TriesLeft)
	return Queued, now.Add(pause(tried, s.opts.Jitter())), 0, a
}

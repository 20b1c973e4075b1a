package suggestion

import (
	"context"
	"strconv"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Lock makes a session's numbers of a phase final 锁定编号: those withdrawn, ended or merged before give theirs up, and the others close the
// gaps in the order they were numbered in. From then on a number once given is never given again. It tells how many there are.
// Errors: errs.Denied, errs.Conflict (nothing numbered, or locked already).
func Lock(ctx context.Context, s *casework.Service, actor policy.Actor, congress, session, phase string) (int, error) {
	if !actor.Has(policy.Clerk) || actor.Under(congress).Congress != congress {
		return 0, errs.New(errs.Denied, "suggestion.lock_denied")
	}
	series := SeriesOf(Kind, session, phase)
	at, err := casework.SerialLocked(ctx, s.DB().Reader(), congress, series)
	if err != nil {
		return 0, err
	}
	if at != 0 {
		return 0, refuse("suggestion.lock_done")
	}
	var n int
	err = s.Together(ctx, func(ctx context.Context, tx *store.Tx, b casework.Batch) error {
		c, err := changes(ctx, tx, congress, session, phase)
		if err != nil {
			return err
		}
		n = c.Last
		for _, change := range c.Changes {
			if _, err := b.Apply(change.request(actor)); err != nil {
				return err
			}
		}
		return casework.LockSerials(ctx, tx, congress, series, n)
	})
	return n, err
}

// Change is a number that locking changes: To is 0 where it is given up.
type Change struct {
	Number   string // of the case
	From, To int
}

// Changes is what locking a series would do.
type Changes struct {
	Last    int // how many numbers there will be
	Changes []Change
}

// LockPreview tells what Lock would change. Errors: errs.Conflict where nothing is numbered or the series is locked.
func LockPreview(ctx context.Context, s *casework.Service, congress, session, phase string) (Changes, error) {
	at, err := casework.SerialLocked(ctx, s.DB().Reader(), congress, SeriesOf(Kind, session, phase))
	if err == nil && at != 0 {
		err = refuse("suggestion.lock_done")
	}
	if err != nil {
		return Changes{}, err
	}
	return changes(ctx, s.DB().Reader(), congress, session, phase)
}

// changes close the gaps that what no longer counts leaves.
func changes(ctx context.Context, q store.Querier, congress, session, phase string) (Changes, error) {
	type row struct {
		Number string
		Serial int
		Counts bool
	}
	rows, err := store.All[row](ctx, q, `select number, serial, (counted and ended_at = 0) as counts from suggestion
		where congress_id = $1 and session_id = $2 and phase = $3 and serial > 0 order by serial, number`, congress, session, phase)
	if err != nil {
		return Changes{}, err
	}
	var c Changes
	for _, r := range rows {
		if !r.Counts {
			c.Changes = append(c.Changes, Change{r.Number, r.Serial, 0})
			continue
		}
		c.Last++
		if r.Serial != c.Last {
			c.Changes = append(c.Changes, Change{r.Number, r.Serial, c.Last})
		}
	}
	if c.Last == 0 {
		return c, refuse("suggestion.lock_none")
	}
	return c, nil
}

// request carries a change out.
func (c Change) request(actor policy.Actor) casework.Request {
	if c.To == 0 {
		return casework.Request{Actor: actor, Number: c.Number, Action: "unnumber"}
	}
	return casework.Request{Actor: actor, Number: c.Number, Action: "renumber", Input: casework.Input{"serial": strconv.Itoa(c.To)}}
}

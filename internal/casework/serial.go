package casework

import (
	"context"
	"strconv"

	"lianxin/internal/store"
)

// What a case keeps of its number in a series of the kind's own, such as a session's 第158号.
const (
	Series = "series" // name of the series
	Serial = "serial" // its number in it, from 1
)

// NextSerial allots the case the next number of a series of its congress; an act that fails gives it back.
func (a *Act) NextSerial(ctx context.Context, series string) error {
	n, err := store.One[int64](ctx, a.tx, `insert into serial_series (congress_id, series, last, locked_at) values ($1, $2, 1, 0)
		on conflict (congress_id, series) do update set last = serial_series.last + 1 returning last`, a.Case.CongressID, series)
	if err != nil {
		return err
	}
	a.Case.Put(Series, series)
	a.Case.Put(Serial, strconv.FormatInt(n, 10))
	return nil
}

// SetSerial gives the case another number of its series, before the series is locked.
func (a *Act) SetSerial(n int) { a.Case.Put(Serial, strconv.Itoa(n)) }

// DropSerial takes the case out of its series, before the series is locked.
func (a *Act) DropSerial() {
	a.Case.Put(Series, "")
	a.Case.Put(Serial, "")
}

// SerialLocked tells when a series was locked 锁定编号, microseconds UTC; 0 for not yet.
func SerialLocked(ctx context.Context, q store.Querier, congress, series string) (int64, error) {
	at, err := store.All[int64](ctx, q, "select locked_at from serial_series where congress_id = $1 and series = $2", congress, series)
	if err != nil || len(at) == 0 {
		return 0, err
	}
	return at[0], nil
}

// LockSerials fixes a series at its last number; from then on its numbers are final.
func LockSerials(ctx context.Context, tx *store.Tx, congress, series string, last int) error {
	_, err := store.Exec(ctx, tx, `insert into serial_series (congress_id, series, last, locked_at) values ($1, $2, $3, $4)
		on conflict (congress_id, series) do update set last = $3, locked_at = $4`, congress, series, last, store.Micros(tx.Now()))
	return err
}

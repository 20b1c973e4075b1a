package event

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"lianxin/internal/store"
)

const (
	leaseName = "sequencer"
	leaseFor  = 10 * time.Second
	batchSize = 100
)

// Sequence gives waiting events their place in the common order, if holder has or gets the lease, and tells how many.
// Positions are given only to committed events and never reordered, so a reader that follows them misses none.
func Sequence(ctx context.Context, db *store.DB, holder string) (int, error) {
	placed := 0
	err := db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		placed = 0
		mine, err := lease(ctx, tx, holder)
		if err != nil || !mine {
			return err
		}
		placed, err = place(ctx, tx)
		return err
	})
	return placed, err
}

func lease(ctx context.Context, tx *store.Tx, holder string) (bool, error) {
	now := tx.Now()
	n, err := store.Exec(ctx, tx, `insert into event_lease (name, holder, until) values ($1, $2, $3)
		on conflict (name) do update set holder = excluded.holder, until = excluded.until
		where event_lease.holder = excluded.holder or event_lease.until < $4`,
		leaseName, holder, store.Micros(now.Add(leaseFor)), store.Micros(now))
	return n == 1, err
}

func place(ctx context.Context, tx *store.Tx) (int, error) {
	type key struct {
		Stream string
		Seq    int64
	}
	waiting, err := store.All[key](ctx, tx, "select stream, seq from event_pending order by recorded_at, stream, seq limit $1", batchSize)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	last, err := store.One[int64](ctx, tx, "select coalesce(max(position), 0) from event_position")
	if err != nil {
		return 0, err
	}
	for i, k := range waiting {
		if _, err := store.Exec(ctx, tx, "insert into event_position (position, stream, seq) values ($1, $2, $3)", last+int64(i)+1, k.Stream, k.Seq); err != nil {
			return 0, err
		}
		if _, err := store.Exec(ctx, tx, "delete from event_pending where stream = $1 and seq = $2", k.Stream, k.Seq); err != nil {
			return 0, err
		}
	}
	return len(waiting), nil
}

// Placed is an event with its place in the common order.
type Placed struct {
	Position int64
	Event
}

// Consumer follows the record in order; Handle writes its projection in the transaction that moves the cursor, so each event counts exactly once.
type Consumer struct {
	Name   string
	Handle func(ctx context.Context, tx *store.Tx, events []Placed) error
}

// Advance hands the next batch to the consumer and tells how many events that were; 0 means it has caught up.
func Advance(ctx context.Context, db *store.DB, c Consumer) (int, error) {
	n := 0
	err := db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		n = 0
		at, err := cursor(ctx, tx, c.Name)
		if err != nil {
			return err
		}
		events, err := after(ctx, tx, at)
		if err != nil || len(events) == 0 {
			return err
		}
		moved, err := store.Exec(ctx, tx, "update event_consumer set position = $1 where name = $2 and position = $3", events[len(events)-1].Position, c.Name, at)
		if err != nil || moved == 0 { // another process has taken this batch
			return err
		}
		n = len(events)
		return c.Handle(ctx, tx, events)
	})
	return n, err
}

func cursor(ctx context.Context, tx *store.Tx, name string) (int64, error) {
	if _, err := store.Exec(ctx, tx, "insert into event_consumer (name, position) values ($1, 0) on conflict (name) do nothing", name); err != nil {
		return 0, err
	}
	return store.One[int64](ctx, tx, "select position from event_consumer where name = $1", name)
}

func after(ctx context.Context, q store.Querier, position int64) ([]Placed, error) {
	return store.All[Placed](ctx, q, `select p.position, e.stream, e.seq, e.id, e.act, e.topic, e.congress_id, e.action, e.account, e.role, e.occurred_at, e.recorded_at, e.payload
		from event_position p join event e on e.stream = p.stream and e.seq = p.seq
		where p.position > $1 order by p.position limit $2`, position, batchSize)
}

// CatchUp sequences and hands on everything that is committed now.
func CatchUp(ctx context.Context, db *store.DB, holder string, consumers ...Consumer) error {
	for {
		n, err := Sequence(ctx, db, holder)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	for _, c := range consumers {
		for {
			n, err := Advance(ctx, db, c)
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
		}
	}
	return nil
}

// Follow catches up again and again until ctx ends; a failure is logged and tried anew at the next beat.
func Follow(ctx context.Context, db *store.DB, holder string, every time.Duration, consumers ...Consumer) {
	beat := time.NewTicker(every)
	defer beat.Stop()
	for {
		if err := CatchUp(ctx, db, holder, consumers...); err != nil && !errors.Is(err, context.Canceled) {
			slog.ErrorContext(ctx, "event: catch up", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
	}
}

// Forget lets a consumer begin again from the first event, where what it made of the record is gone.
func Forget(ctx context.Context, db *store.DB, consumer string) error {
	return db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "delete from event_consumer where name = $1", consumer)
		return err
	})
}

// Health is how the record is followed.
type Health struct {
	Newest  int64            // when the newest event was recorded, microseconds UTC; 0 for none
	Waiting int64            // events without a position
	Oldest  int64            // when the oldest of them was recorded
	Last    int64            // the last position given out
	Behind  map[string]int64 // by consumer, positions it has not handled
}

// Look tells how the record is followed.
func Look(ctx context.Context, q store.Querier) (Health, error) {
	h := Health{Behind: map[string]int64{}}
	var err error
	if h.Newest, err = store.One[int64](ctx, q, "select coalesce(max(recorded_at), 0) from event"); err != nil {
		return h, err
	}
	if h.Waiting, err = store.One[int64](ctx, q, "select count(*) from event_pending"); err != nil {
		return h, err
	}
	if h.Oldest, err = store.One[int64](ctx, q, "select coalesce(min(recorded_at), 0) from event_pending"); err != nil {
		return h, err
	}
	if h.Last, err = store.One[int64](ctx, q, "select coalesce(max(position), 0) from event_position"); err != nil {
		return h, err
	}
	type consumer struct {
		Name     string
		Position int64
	}
	list, err := store.All[consumer](ctx, q, "select name, position from event_consumer")
	for _, c := range list {
		h.Behind[c.Name] = h.Last - c.Position
	}
	return h, err
}

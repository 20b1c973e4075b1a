package event_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

var schemas = []store.Schema{event.Schema()}

func write(t testing.TB, db *store.DB, stream string, seq int64) error {
	t.Helper()
	return db.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		return event.Append(ctx, tx, event.Event{Stream: stream, Seq: seq, ID: store.NewID(), Act: store.NewID(), Topic: stream,
			Action: "test.act", Account: "a", Role: "clerk", OccurredAt: store.Micros(tx.Now()), RecordedAt: store.Micros(tx.Now()), Payload: "{}"})
	})
}

func TestTwoWritersOfOneVersionCollide(t *testing.T) {
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		if err := write(t, db, "case:1", 1); err != nil {
			t.Fatal(err)
		}
		if err := write(t, db, "case:1", 1); !errs.Is(err, errs.Stale) {
			t.Errorf("got %v, want stale", err)
		}
	})
}

func TestConsumersMissNothingUnderConcurrentWriters(t *testing.T) {
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		const writers, each = 4, 25
		seen := map[string]int{}
		var last int64
		follower := event.Consumer{Name: "test", Handle: func(_ context.Context, _ *store.Tx, events []event.Placed) error {
			for _, e := range events {
				if e.Position <= last {
					t.Errorf("position %d after %d", e.Position, last)
				}
				last = e.Position
				seen[fmt.Sprint(e.Stream, e.Seq)]++
			}
			return nil
		}}
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					if err := write(t, db, fmt.Sprint("case:", w), int64(i+1)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
			}
			if err := event.CatchUp(t.Context(), db, "one", follower); err != nil {
				t.Fatal(err)
			}
		}
		if err := event.CatchUp(t.Context(), db, "one", follower); err != nil {
			t.Fatal(err)
		}
		if len(seen) != writers*each {
			t.Errorf("saw %d events, want %d", len(seen), writers*each)
		}
		for k, n := range seen {
			if n != 1 {
				t.Errorf("%s seen %d times", k, n)
			}
		}
	})
}

func TestOnlyTheLeaseHolderSequences(t *testing.T) {
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		if _, err := event.Sequence(t.Context(), db, "one"); err != nil {
			t.Fatal(err)
		}
		if err := write(t, db, "case:1", 1); err != nil {
			t.Fatal(err)
		}
		if n, err := event.Sequence(t.Context(), db, "two"); n != 0 || err != nil {
			t.Errorf("the second process placed %d, %v", n, err)
		}
		if n, err := event.Sequence(t.Context(), db, "one"); n != 1 || err != nil {
			t.Errorf("the holder placed %d, %v", n, err)
		}
	})
}

func TestTheRecordIsListedByWhatIsAsked(t *testing.T) {
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		for i, e := range []event.Event{{Stream: "account:1", Action: "account.sign_in", Account: "a"}, {Stream: "account:1", Action: "account.sign_in_failed", Account: "a"},
			{Stream: "account:1", Action: "account.grant", Account: "root"}, {Stream: "account:2", Action: "account.sign_in", Account: "b"}, {Stream: "case:1", Action: "opinion.accept", Account: "a"}} {
			err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				e.Seq, e.ID, e.Topic, e.Payload, e.RecordedAt = int64(i+1), store.NewID(), e.Stream, "{}", store.Micros(tx.Now())
				return event.Append(ctx, tx, e)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for name, c := range map[string]struct {
			f    event.Filter
			want int
		}{"all": {event.Filter{}, 5}, "by whom": {event.Filter{Account: "a"}, 3}, "about whom": {event.Filter{Topic: "account:1"}, 3},
			"signing in": {event.Filter{Prefixes: []string{"account.sign_in", "account.locked"}}, 3}, "cases": {event.Filter{Prefixes: []string{"opinion."}}, 1},
			"one action": {event.Filter{Action: "account.sign_in"}, 2}, "joined": {event.Filter{Topic: "account:1", Prefixes: []string{"account.sign_in"}, Account: "a"}, 2},
			"what reads like a pattern": {event.Filter{Prefixes: []string{"account_"}}, 0}} {
			c.f.Limit = 10
			if got, err := event.List(t.Context(), db.Reader(), c.f); err != nil || len(got) != c.want {
				t.Errorf("%s: %d, want %d, %v", name, len(got), c.want, err)
			}
		}
	})
}

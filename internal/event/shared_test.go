package event_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"lianxin/internal/event"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// TestTwoProcessesHandleEachEventOnce has two processes write to one PostgreSQL and follow it, each with the same consumer.
func TestTwoProcessesHandleEachEventOnce(t *testing.T) {
	const writers, each = 3, 20
	url := storetest.PostgresURL(t)
	all := []store.Schema{event.Schema(), {Room: "handled", FS: fstest.MapFS{"migrations/00001_handled.sql": {Data: []byte("-- +goose Up\ncreate table handled (id text not null, by_whom text not null);")}}}}
	var wg, following sync.WaitGroup
	stop := make(chan struct{})
	var dbs []*store.DB
	for _, name := range []string{"one", "two"} {
		db, err := store.Open(t.Context(), store.Config{URL: url, Clock: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Migrate(t.Context(), all...); err != nil {
			t.Fatal(err)
		}
		dbs = append(dbs, db)
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					if err := write(t, db, fmt.Sprint(name, w), int64(i+1)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		following.Go(func() {
			for {
				if err := event.CatchUp(context.Background(), db, name, noting(name)); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	wg.Wait()
	close(stop)
	following.Wait()
	later := dbs[0].WithClock(func() time.Time { return time.Now().Add(time.Minute) }) // whoever holds the lease, it has run out
	if err := event.CatchUp(t.Context(), later, "last", noting("last")); err != nil {
		t.Fatal(err)
	}
	type sum struct{ Events, Handled, Different int }
	got, err := store.One[sum](t.Context(), dbs[0].Reader(), "select (select count(*) from event) as events, count(*) as handled, count(distinct id) as different from handled")
	if want := 2 * writers * each; err != nil || got != (sum{want, want, want}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// noting writes down every event it is handed, as often as it is.
func noting(name string) event.Consumer {
	return event.Consumer{Name: "noting", Handle: func(ctx context.Context, tx *store.Tx, events []event.Placed) error {
		for _, e := range events {
			if _, err := store.Exec(ctx, tx, "insert into handled (id, by_whom) values ($1, $2)", e.ID, name); err != nil {
				return err
			}
		}
		return nil
	}}
}

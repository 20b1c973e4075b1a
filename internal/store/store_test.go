package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"lianxin/internal/errs"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

var schema = []store.Schema{{Room: "things", FS: fstest.MapFS{
	"migrations/00001_thing.sql":          {Data: []byte("-- +goose Up\ncreate table thing (id text primary key, n bigint not null, ok boolean not null);")},
	"migrations/sqlite/00002_own.sql":     {Data: []byte("-- +goose Up\ninsert into thing values ('own', 1, true);")},
	"migrations/postgres/00002_own.sql":   {Data: []byte("-- +goose Up\ninsert into thing values ('own', 2, true);")},
	"migrations/00003_after_the_fork.sql": {Data: []byte("-- +goose Up\nupdate thing set ok = false where id = 'own';")},
}}}

type thing struct {
	ID string
	N  int64
	OK bool
}

func TestMigrationsOverlayOneEngine(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, db *store.DB) {
		got, err := store.One[thing](t.Context(), db.Reader(), "select id, n, ok from thing where id = $1", "own")
		if err != nil {
			t.Fatal(err)
		}
		want := thing{ID: "own", N: 1}
		if db.Engine() == store.Postgres {
			want.N = 2
		}
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if err := db.Migrate(t.Context(), schema...); err != nil {
			t.Errorf("a second run must change nothing: %v", err)
		}
	})
}

func TestWriteIsAllOrNothing(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, db *store.DB) {
		boom := errors.New("boom")
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := store.Exec(ctx, tx, "insert into thing values ($1, $2, $3)", "a", 1, true); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		if _, err := store.One[thing](t.Context(), db.Reader(), "select id, n, ok from thing where id = 'a'"); !errs.Is(err, errs.NotFound) {
			t.Errorf("half an act was kept: %v", err)
		}
	})
}

func TestWriteOutlivesItsClient(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			cancel()
			_, err := store.Exec(ctx, tx, "insert into thing values ('a', 1, true)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.One[thing](t.Context(), db.Reader(), "select id, n, ok from thing where id = 'a'"); err != nil {
			t.Error(err)
		}
	})
}

func TestDuplicateIsNamed(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, db *store.DB) {
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Exec(ctx, tx, "insert into thing values ('own', 9, true)")
			return err
		})
		if !store.IsDuplicate(err) {
			t.Errorf("got %v", err)
		}
	})
}

func TestCountersDoNotLoseUpdates(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, db *store.DB) {
		const workers, each = 6, 20
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for range each {
					err := db.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
						_, err := store.Exec(ctx, tx, "update thing set n = n + 1 where id = 'own'")
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		before := int64(1)
		if db.Engine() == store.Postgres {
			before = 2
		}
		wg.Wait()
		got, err := store.One[int64](t.Context(), db.Reader(), "select n from thing where id = 'own'")
		if err != nil || got != before+workers*each {
			t.Errorf("got %d, %v", got, err)
		}
	})
}

func TestOrderIsTheSameOnBothEngines(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, db *store.DB) {
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Exec(ctx, tx, "insert into thing values ('b', 1, true), ('A', 1, true), ('a', 1, true), ('_', 1, true), ('中', 1, true)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.All[string](t.Context(), db.Reader(), `select id from thing where id <> 'own' order by id collate "C"`)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"A", "_", "a", "b", "中"}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
	})
}

func TestReadersCannotWrite(t *testing.T) {
	db := storetest.SQLite(t, schema...)
	if _, err := store.Exec(t.Context(), db.Reader(), "delete from thing"); err == nil {
		t.Error("a reader wrote")
	}
}

func TestConditionsGatheredAreBoundAndNotAskedFor(t *testing.T) {
	var w store.Where
	w.And("a = ?", 1)
	cond := w.Cond(func(w *store.Where) { w.And("b = ? or c = ?", 2, 3).In("d", "x") })
	always := w.Cond(func(*store.Where) {})
	w.And("e = ?", 4)
	if cond != "((b = $2 or c = $3) and d in ($4))" || always != "(1 = 1)" || w.String() != " where (a = $1) and (e = $5)" || len(w.Args()) != 5 {
		t.Errorf("got %s, %s, %s, %v", cond, always, w.String(), w.Args())
	}
}

func TestWhereBindsEverything(t *testing.T) {
	var w store.Where
	w.And("a = ?", 1).In("b", "x", "y").And("c > ? or d > ?", 2, 3)
	if got, want := w.String(), " where (a = $1) and b in ($2, $3) and (c > $4 or d > $5)"; got != want {
		t.Errorf("got %q", got)
	}
	if len(w.Args()) != 5 {
		t.Errorf("args: %v", w.Args())
	}
	if got := new(store.Where).In("b").String(); got != " where (1 = 0)" {
		t.Errorf("an empty list must match nothing, got %q", got)
	}
}

func TestViewIsOneSnapshot(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, db *store.DB) {
		count := func(ctx context.Context, q store.Querier) int {
			n, err := store.One[int](ctx, q, "select count(*) from thing")
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		err := db.View(t.Context(), func(ctx context.Context, q store.Querier) error {
			before := count(ctx, q)
			err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Exec(ctx, tx, "insert into thing values ('late', 1, true)")
				return err
			})
			if after := count(ctx, q); after != before {
				t.Errorf("saw %d rows, then %d", before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestWritingAfterClose is refused and does not bring the process down.
func TestWritingAfterClose(t *testing.T) {
	other, err := store.Open(t.Context(), store.Config{URL: filepath.Join(t.TempDir(), "closed.db"), Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Write(t.Context(), func(context.Context, *store.Tx) error { return nil }); err == nil {
		t.Error("a write after the close")
	}
}

// TestOneRefusalLeavesItsBatchMatesAlone writes many acts at once, every third of which is refused or panics, on both engines.
func TestOneRefusalLeavesItsBatchMatesAlone(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, db *store.DB) {
		refused := errors.New("refused")
		var wg sync.WaitGroup
		var kept atomic.Int64
		for i := range 90 {
			wg.Go(func() {
				defer func() { _ = recover() }()
				err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
					if _, err := store.Exec(ctx, tx, "insert into thing (id, n, ok) values ($1, $2, $3)", store.NewID(), i, true); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return refused
					case 2:
						panic("out of order")
					}
					return nil
				})
				if i%3 == 0 && err == nil {
					kept.Add(1)
				}
				if i%3 == 1 && !errors.Is(err, refused) {
					t.Errorf("act %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		n, err := store.One[int64](t.Context(), db.Reader(), "select count(*) from thing where ok")
		if err != nil || n != 30 || kept.Load() != 30 {
			t.Errorf("%d rows, %d answers, want 30; %v", n, kept.Load(), err)
		}
	})
}

func TestBehindNamesRoomsWithMigrationsToCome(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, db *store.DB) {
		later := store.Schema{Room: "later", FS: fstest.MapFS{"migrations/00001_later.sql": {Data: []byte("-- +goose Up\ncreate table later (id text primary key);")}}}
		got, err := db.Behind(t.Context(), append(schema[:1:1], later)...)
		if err != nil || len(got) != 1 || got[0] != "later" {
			t.Errorf("got %v, %v", got, err)
		}
		if err := db.Migrate(t.Context(), later); err != nil {
			t.Fatal(err)
		}
		if got, err := db.Behind(t.Context(), append(schema[:1:1], later)...); err != nil || len(got) != 0 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

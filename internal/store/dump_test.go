package store_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

func put(t *testing.T, db *store.DB, id string, n int64) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "insert into thing (id, n, ok) values ($1, $2, $3)", id, n, true)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestADumpMovesBetweenEngines goes from either engine to the other and back, and sums to the same.
func TestADumpMovesBetweenEngines(t *testing.T) {
	lite, pg := storetest.SQLite(t, schema...), storetest.Postgres(t, schema...)
	for _, way := range [][2]*store.DB{{lite, pg}, {pg, storetest.SQLite(t, schema...)}} {
		from, to := way[0], way[1]
		if from == lite {
			put(t, from, "中文", 1<<53)
			put(t, from, "quote ' \" \\", -1)
		}
		var dump bytes.Buffer
		sums, err := from.Dump(t.Context(), &dump)
		if err != nil {
			t.Fatal(err)
		}
		got, err := to.Load(t.Context(), bytes.NewReader(dump.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(sums, got); d != "" || len(got) != 1 || got[0].Rows != 3 {
			t.Errorf("%s to %s: %s %v", from.Engine(), to.Engine(), d, got)
		}
		again, err := to.Dump(t.Context(), &bytes.Buffer{})
		if err != nil || cmp.Diff(sums, again) != "" {
			t.Errorf("dumped again: %v, %v", again, err)
		}
	}
}

// TestABadDumpChangesNothing cuts and alters a dump, and refuses a database that is in use.
func TestABadDumpChangesNothing(t *testing.T) {
	from := storetest.SQLite(t, schema...)
	put(t, from, "a", 1)
	var dump bytes.Buffer
	if _, err := from.Dump(t.Context(), &dump); err != nil {
		t.Fatal(err)
	}
	whole := dump.String()
	for name, text := range map[string]string{"altered": strings.Replace(whole, `"a"`, `"b"`, 1), "cut": whole[:strings.LastIndex(whole, "{")], "no dump": "{}", "empty": "",
		"another version": strings.Replace(whole, `"lianxin_dump":1`, `"lianxin_dump":9`, 1), "another table": strings.ReplaceAll(whole, `"thing"`, `"nothing"`),
		"a column that is none": strings.Replace(whole, `"n"`, `"n) select 1;--"`, 1)} {
		to := storetest.SQLite(t, schema...)
		if _, err := to.Load(t.Context(), strings.NewReader(text)); err == nil {
			t.Errorf("%s: loaded", name)
		}
		if n, err := store.One[int64](t.Context(), to.Reader(), "select count(*) from thing where id = 'own'"); err != nil || n != 1 {
			t.Errorf("%s: what was there is gone: %d, %v", name, n, err)
		}
	}
	if _, err := from.Load(t.Context(), strings.NewReader(whole), "thing"); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("loaded over rows: %v", err)
	}
}

// TestSnapshot copies a database while it is written.
func TestSnapshot(t *testing.T) {
	db := storetest.SQLite(t, schema...)
	put(t, db, "a", 1)
	path := t.TempDir() + "/copy.db"
	if err := db.Snapshot(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	copied, err := store.Open(t.Context(), store.Config{URL: path, Clock: db.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if n, err := store.One[int64](t.Context(), copied.Reader(), "select count(*) from thing"); err != nil || n != 2 {
		t.Errorf("the copy has %d rows, %v", n, err)
	}
	if wrong, err := copied.QuickCheck(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("the copy is not sound: %v, %v", wrong, err)
	}
}

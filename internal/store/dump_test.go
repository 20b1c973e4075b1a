package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// carried has every kind of column, a key of two columns in another order than theirs, and a table that only one engine has like that.
var carried = []store.Schema{{Room: "carried", Derived: []string{"own"}, FS: fstest.MapFS{
	"migrations/00001_wide.sql":           {Data: []byte("-- +goose Up\ncreate table wide (z text not null, a bigint not null, t text, i bigint, r double precision, b boolean, primary key (z, a));\ncreate table bare (n bigint not null);")},
	"migrations/sqlite/00002_own.sql":     {Data: []byte("-- +goose Up\ncreate table own (n blob);")},
	"migrations/postgres/00002_own.sql":   {Data: []byte("-- +goose Up\ncreate table own (n tsvector);")},
	"migrations/sqlite/00003_bytes.sql":   {Data: []byte("-- +goose Up\ncreate table raw (id text primary key, body blob);")},
	"migrations/postgres/00003_bytes.sql": {Data: []byte("-- +goose Up\ncreate table raw (id text primary key, body bytea);")},
}}}

func filled(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for i, z := range []string{"b", "A", "中", "_", "a", "é", `"quoted" \ <&>` + "\u2028\n"} {
			if _, err := store.Exec(ctx, tx, "insert into wide (z, a, t, i, r, b) values ($1, $2, $3, $4, $5, $6)", z, -int64(i)<<55, "文字 "+z, int64(1)<<62+int64(i), 0.1*float64(i), i%2 == 0); err != nil {
				return err
			}
		}
		if _, err := store.Exec(ctx, tx, "insert into wide (z, a) values ('nothing', 0)"); err != nil {
			return err
		}
		for i := range 123 {
			if _, err := store.Exec(ctx, tx, "insert into bare (n) values ($1)", i%7); err != nil {
				return err
			}
		}
		_, err := store.Exec(ctx, tx, "insert into raw (id, body) values ('x', $1)", []byte{0, 1, 255})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ways calls the test from each engine to each.
func ways(t *testing.T, test func(t *testing.T, from, to *store.DB)) {
	open := map[string]func(testing.TB, ...store.Schema) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}
	for from := range open {
		for to := range open {
			t.Run(from+" to "+to, func(t *testing.T) { test(t, open[from](t, carried...), open[to](t)) })
		}
	}
}

func TestADumpCarriesEverythingFromEngineToEngine(t *testing.T) {
	ways(t, func(t *testing.T, from, to *store.DB) {
		filled(t, from)
		var there, back bytes.Buffer
		dumped, err := from.Dump(t.Context(), &there, carried...)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]int64{"wide": 8, "bare": 123, "raw": 1}; fmt.Sprint(store.Rows(dumped)) != fmt.Sprint(want) {
			t.Errorf("dumped %v", dumped)
		}
		loaded, err := to.Load(t.Context(), bytes.NewReader(there.Bytes()), carried...)
		if err != nil {
			t.Fatal(err)
		}
		again, err := to.Dump(t.Context(), &back, carried...)
		if err != nil || !slices.Equal(dumped, loaded) || !slices.Equal(dumped, again) {
			t.Errorf("dumped %v, loaded %v, dumped again %v, %v", dumped, loaded, again, err)
		}
		_, first, _ := strings.Cut(there.String(), "\n")
		_, second, _ := strings.Cut(back.String(), "\n")
		if first, second = first[:strings.LastIndex(first, `{"tables"`)], second[:strings.LastIndex(second, `{"tables"`)]; first != second {
			t.Error("the lines differ")
		}
		if _, err := to.Load(t.Context(), bytes.NewReader(there.Bytes()), carried...); err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("loaded over what was there: %v", err)
		}
	})
}

func TestADamagedDumpLeavesNothing(t *testing.T) {
	from := storetest.SQLite(t, carried...)
	filled(t, from)
	var dump bytes.Buffer
	if _, err := from.Dump(t.Context(), &dump, carried...); err != nil {
		t.Fatal(err)
	}
	all := dump.String()
	rows := strings.SplitAfter(all, "\n")
	for name, text := range map[string]string{
		"cut in a line": all[:len(all)-30], "cut at a line": strings.Join(rows[:len(rows)-2], ""), "a row gone": strings.Join(slices.Delete(slices.Clone(rows), 3, 4), ""),
		"a value changed": strings.Replace(all, "文字 中", "文字 国", 1), "another format": strings.Replace(all, `dump":1`, `dump":2`, 1), "other migrations": strings.Replace(all, `"carried":3`, `"carried":4`, 1),
		"something after": all + "{}\n", "another table": strings.Replace(all, `{"table":"bare"`, `{"table":"bear"`, 1), "not a dump": "hello\n", "nothing": "",
		"another time": strings.Replace(all, `"at":"2`, `"at":"3`, 1),
	} {
		to := storetest.SQLite(t, carried...)
		if _, err := to.Load(t.Context(), strings.NewReader(text), carried...); err == nil {
			t.Errorf("%s: loaded", name)
		}
		if counts, err := to.Count(t.Context()); err != nil || counts["wide"]+counts["bare"]+counts["raw"] != 0 {
			t.Errorf("%s: left %v, %v", name, counts, err)
		}
	}
}

func TestWhatOneEngineAloneHasIsNotDumpedUnnoticed(t *testing.T) {
	db := storetest.SQLite(t, store.Schema{Room: "odd", FS: fstest.MapFS{"migrations/00001_odd.sql": {Data: []byte("-- +goose Up\ncreate table odd (d date);")}}})
	if _, err := db.Dump(t.Context(), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "odd.d") {
		t.Errorf("got %v", err)
	}
}

func TestQuickCheckFindsDamage(t *testing.T) {
	db := storetest.SQLite(t, carried...)
	filled(t, db)
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := db.Snapshot(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	look := func() ([]string, error) {
		t.Helper()
		copied, err := store.Open(t.Context(), store.Config{URL: path, Clock: time.Now})
		if err != nil {
			return nil, err
		}
		defer copied.Close()
		return copied.QuickCheck(t.Context())
	}
	if wrong, err := look(); len(wrong) > 0 || err != nil {
		t.Errorf("a sound file: %v, %v", wrong, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(4096); at < info.Size(); at += 4096 { // the head of every page but the first
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xa5}, 64), at); err != nil {
			t.Fatal(err)
		}
	}
	if wrong, err := look(); len(wrong) == 0 && err == nil {
		t.Error("a damaged file was found sound")
	}
}

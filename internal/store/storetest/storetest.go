// Package storetest runs one test on every engine, each on an empty database of its own.
// It never runs outside tests.
package storetest

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes and drops schemas

	"lianxin/internal/store"
)

const defaultPostgres = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"

// Required reports whether LIANXIN_REQUIRE names the thing, so that its absence must fail and not skip.
func Required(thing string) bool {
	for _, r := range strings.Split(os.Getenv("LIANXIN_REQUIRE"), ",") {
		if strings.TrimSpace(r) == thing {
			return true
		}
	}
	return false
}

// Each runs the test as a subtest on SQLite and on PostgreSQL, on databases with the given schemas.
func Each(t *testing.T, schemas []store.Schema, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t, schemas...)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t, schemas...)) })
}

// SQLite returns a fresh SQLite database in the test's own folder.
func SQLite(t testing.TB, schemas ...store.Schema) *store.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "test.db"), schemas)
}

// Postgres returns a database in a fresh schema of PostgreSQL.
func Postgres(t testing.TB, schemas ...store.Schema) *store.DB {
	t.Helper()
	return open(t, PostgresURL(t), schemas)
}

// PostgresURL names a fresh schema in the PostgreSQL of LIANXIN_TEST_POSTGRES, or of loopback; where none answers it skips, or fails if LIANXIN_REQUIRE names postgres.
func PostgresURL(t testing.TB) string {
	t.Helper()
	url := os.Getenv("LIANXIN_TEST_POSTGRES")
	if url == "" {
		url = defaultPostgres
	}
	admin, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := admin.PingContext(ctx); err != nil {
		admin.Close()
		if Required("postgres") {
			t.Fatalf("PostgreSQL is required and does not answer at %s: %v", url, err)
		}
		t.Skipf("SKIPPED, NOT TESTED ON POSTGRESQL: none answers at %s: %v", url, err)
	}
	name := "t_" + strings.ReplaceAll(store.NewID(), "-", "")
	if _, err := admin.Exec("create schema " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("drop schema " + name + " cascade"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	sep := "?"
	if strings.Contains(url, "?") {
		sep = "&"
	}
	return url + sep + "search_path=" + name
}

// Disconnect ends every connection to PostgreSQL made under an application's name, as a restart would, and tells how many there were.
func Disconnect(t testing.TB, url, application string) int {
	t.Helper()
	operator, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer operator.Close()
	var n int
	if err := operator.QueryRow("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = $1", application).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func open(t testing.TB, url string, schemas []store.Schema) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{URL: url, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context(), schemas...); err != nil {
		t.Fatal(err)
	}
	return db
}

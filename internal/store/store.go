// Package store keeps SQLite and PostgreSQL behind one SQL text: opening, transactions, scanning and migrations.
// It never knows what a table means; each room of the house owns its own tables and hands in its Schema.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/georgysavva/scany/v2/sqlscan"
	"github.com/google/uuid"

	"lianxin/internal/errs"
)

// Engine names the database behind a DB. Only this package, and one file each in search and job, may care.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Clock tells the time; the only one outside tests is handed in by cmd.
type Clock func() time.Time

// Config says which database to open.
type Config struct {
	URL   string // postgres://… or a file path of a SQLite database; the file's folder must exist
	Clock Clock  // required
	Conns int    // connections to PostgreSQL, or readers of SQLite; 8 if zero

	MaxPages int // greatest size of a SQLite file in pages, for tests of a full disk; 0: none

	Trace func([]Statement) // nil but in benchmarks: told of every write that was carried out, in the writer's time
}

// Querier is what reads and writes are run on: a reader of DB or a Tx.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// DB is an open database of either engine.
type DB struct {
	engine Engine
	write  *sql.DB   // SQLite: for the writer and migrations; PostgreSQL: the pool
	read   *sql.DB   // SQLite: readers that cannot write; PostgreSQL: the same pool
	writer *writer   // SQLite only
	views  *sessions // SQLite only
	reader *reader   // SQLite only
	path   string    // SQLite only: its file
	clock  Clock
	trace  func([]Statement)
}

// Tx is one write transaction with a fixed instant; it must not outlive the function it was handed to.
type Tx struct {
	Querier
	now    time.Time
	engine Engine
}

// Engine tells which database runs, for the few rooms that may know.
func (t *Tx) Engine() Engine { return t.engine }

// Now is the instant of the transaction, the same however often it is asked.
func (t *Tx) Now() time.Time { return t.now }

// Lock makes other transactions that lock the rows w selects wait till this one is committed, and reports whether others may have written them
// since this one began: on SQLite there is one writer at a time, and nothing to wait for.
func (t *Tx) Lock(ctx context.Context, table, column string, w *Where) (bool, error) {
	if t.engine == SQLite {
		return false, nil
	}
	_, err := Exec(ctx, t, "update "+table+" set "+column+" = "+column+w.String(), w.Args()...) // a write of nothing
	return true, err
}

// At is the same transaction under another time.
func (t *Tx) At(now time.Time) *Tx {
	other := *t
	other.now = now
	return &other
}

// Open opens the database; it applies no migrations.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if cfg.Conns == 0 {
		cfg.Conns = 8
	}
	db := &DB{clock: cfg.Clock, trace: cfg.Trace}
	var err error
	if strings.HasPrefix(cfg.URL, "postgres://") || strings.HasPrefix(cfg.URL, "postgresql://") {
		err = db.openPostgres(cfg)
	} else {
		err = db.openSQLite(cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	if err := db.read.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("store: ping: %w", err), db.Close())
	}
	return db, nil
}

// Engine tells which database runs, for the few rooms that may know.
func (d *DB) Engine() Engine { return d.engine }

// Now tells the time by the clock the database was opened with.
func (d *DB) Now() time.Time { return d.clock() }

// WithClock returns the same database under another clock; the demonstration year and imports write history with it.
func (d *DB) WithClock(c Clock) *DB {
	other := *d
	other.clock = c
	return &other
}

// Close closes all connections.
func (d *DB) Close() error {
	if d.engine == Postgres {
		return d.write.Close()
	}
	return errors.Join(d.writer.stop(), d.views.close(), d.reader.close(), d.write.Close())
}

// Reader returns what single reads run on. On SQLite it refuses to write.
func (d *DB) Reader() Querier {
	if d.engine == SQLite {
		return d.reader
	}
	return d.read
}

// Write runs fn in one transaction and commits it to disk before it returns nil.
// fn must do nothing but SQL and may run more than once; a client that hangs up does not stop it, so that an act is either whole or not there.
func (d *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	ctx, fn = context.WithoutCancel(ctx), d.traced(fn)
	if d.engine == SQLite {
		return told(d.writer.write(ctx, d.clock, fn))
	}
	var err error
	for attempt := range 8 {
		if err = d.attempt(ctx, fn); err == nil || !retriable(err) {
			return told(err)
		}
		time.Sleep(time.Duration(attempt*attempt) * time.Millisecond) // losers of a serialization race spread out
	}
	return fmt.Errorf("store: gave up after repeated conflicts: %w", err)
}

func (d *DB) attempt(ctx context.Context, fn func(context.Context, *Tx) error) (err error) {
	sqltx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer func() {
		if p := recover(); p != nil {
			sqltx.Rollback()
			panic(p)
		}
	}()
	if err := fn(ctx, &Tx{Querier: sqltx, now: d.clock(), engine: d.engine}); err != nil {
		if rb := sqltx.Rollback(); rb != nil {
			return errors.Join(err, fmt.Errorf("store: rollback: %w", rb))
		}
		return err
	}
	if err := sqltx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// All runs a query and scans every row into a T, matching columns to `db` tags; a column without a field is an error.
func All[T any](ctx context.Context, q Querier, query string, args ...any) ([]T, error) {
	var out []T
	if err := sqlscan.Select(ctx, q, &out, query, args...); err != nil {
		return nil, fmt.Errorf("store: %s: %w", firstLine(query), err)
	}
	return out, nil
}

// One runs a query that yields at most one row; no row is errs.NotFound under the key "store.not_found".
func One[T any](ctx context.Context, q Querier, query string, args ...any) (T, error) {
	var out T
	err := sqlscan.Get(ctx, q, &out, query, args...)
	if sqlscan.NotFound(err) {
		return out, errs.New(errs.NotFound, "store.not_found")
	}
	if err != nil {
		return out, fmt.Errorf("store: %s: %w", firstLine(query), err)
	}
	return out, nil
}

// Exec runs a statement and returns how many rows it touched.
func Exec(ctx context.Context, q Querier, query string, args ...any) (int64, error) {
	res, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("store: %s: %w", firstLine(query), err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("store: rows affected: %w", err)
	}
	return n, nil
}

// firstLine names a statement in an error without its arguments, which may be personal.
func firstLine(query string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(query), "\n")
	if r := []rune(line); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return line
}

// NewID returns a fresh UUIDv7 in text form: unique everywhere, and in order of making.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Micros is how instants are stored: microseconds since 1970 UTC, 0 for the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time turns stored microseconds into an instant, the zero time for 0.
func Time(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros)
}

// View runs fn over one snapshot of the database, so that several reads fit together.
func (d *DB) View(ctx context.Context, fn func(ctx context.Context, q Querier) error) error {
	if d.engine == SQLite {
		return d.views.with(ctx, func(s *session) (broken bool, err error) { return viewOn(ctx, s, fn) })
	}
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return fmt.Errorf("store: begin view: %w", err)
	}
	defer tx.Rollback() // a view has nothing to keep
	return fn(ctx, tx)
}

// viewOn runs fn over a snapshot of SQLite; a session whose snapshot cannot be ended is broken.
func viewOn(ctx context.Context, s *session, fn func(ctx context.Context, q Querier) error) (broken bool, err error) {
	if err := s.exec(ctx, "begin"); err != nil {
		return true, fmt.Errorf("store: begin view: %w", err)
	}
	err = fn(ctx, s)
	if end := s.exec(context.WithoutCancel(ctx), "rollback"); end != nil {
		return true, errors.Join(err, fmt.Errorf("store: end view: %w", end))
	}
	return false, err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// ErrNoSnapshot means that the engine cannot write itself into one file; a dump does that for every engine.
var ErrNoSnapshot = errors.New("store: only SQLite writes a snapshot into a file: take a dump")

// Snapshot writes the database as it is at one instant into a new SQLite file while others go on writing; the file must not exist.
// It reads on a connection of its own, so that neither the writer nor a reader waits for it.
func (d *DB) Snapshot(ctx context.Context, path string) (err error) {
	if d.engine != SQLite {
		return ErrNoSnapshot
	}
	db, err := sql.Open("sqlite", sqliteDSN(d.path))
	if err != nil {
		return fmt.Errorf("store: snapshot: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, "vacuum into $1", path); err != nil {
		return fmt.Errorf("store: snapshot: %w", err)
	}
	return os.Chmod(path, 0o600) // it holds what the database holds
}

// QuickCheck asks the engine whether its own file is sound, and returns what it complains of; PostgreSQL keeps its own watch.
func (d *DB) QuickCheck(ctx context.Context) ([]string, error) {
	if d.engine != SQLite {
		return nil, nil
	}
	lines, err := All[string](ctx, d.Reader(), "pragma quick_check")
	if err != nil || len(lines) == 1 && lines[0] == "ok" {
		return nil, err
	}
	return lines, nil
}

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pressly/goose/v3"
)

// Schema is a room's migrations: numbered goose files in the folder migrations of FS serve both engines, those in sqlite/ or postgres/ under it only the one.
type Schema struct {
	Room string // names the room's own version table
	FS   fs.FS
}

// Migrate brings every room's tables up to date, in the order given: a room may refer to tables of rooms before it.
func (d *DB) Migrate(ctx context.Context, schemas ...Schema) error {
	dialect := goose.DialectSQLite3
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	for _, s := range schemas {
		files, err := fs.Sub(s.FS, "migrations")
		if err != nil {
			return fmt.Errorf("store: migrations of %s: %w", s.Room, err)
		}
		p, err := goose.NewProvider(dialect, d.write, overlay{files, string(d.engine)}, goose.WithTableName("migrations_"+s.Room))
		if err != nil {
			return fmt.Errorf("store: migrations of %s: %w", s.Room, err)
		}
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("store: migrate %s: %w", s.Room, err)
		}
	}
	return nil
}

// overlay shows the shared files and those of one engine's folder as one flat folder.
type overlay struct {
	base   fs.FS
	engine string
}

// Open opens the engine's own file where there is one, else the shared one.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.base.Open(o.engine + "/" + name)
	if errors.Is(err, fs.ErrNotExist) || name == "." {
		return o.base.Open(name)
	}
	return f, err
}

// ReadDir lists the files of both places by name.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.base, name)
	if err != nil {
		return nil, err
	}
	own, err := fs.ReadDir(o.base, o.engine)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	entries = append(entries, own...)
	entries = slices.DeleteFunc(entries, fs.DirEntry.IsDir)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int {
		if a.Name() < b.Name() {
			return -1
		}
		return 1
	})
	return entries, nil
}

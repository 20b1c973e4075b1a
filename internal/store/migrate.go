package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/pressly/goose/v3"
)

// versionTable begins the name of the table in which goose keeps how far a room's schema has come.
const versionTable = "migrations_"

// Schema is a room's migrations: numbered goose files in the folder migrations of FS serve both engines, those in sqlite/ or postgres/ under it only the one.
type Schema struct {
	Room string // names the room's own version table
	FS   fs.FS

	// Derived names tables that are made from others and look different on each engine: a dump leaves them out, and whoever loads makes them anew.
	Derived []string
}

// Migrate brings every room's tables up to date, in the order given: a room may refer to tables of rooms before it.
func (d *DB) Migrate(ctx context.Context, schemas ...Schema) error {
	dialect := goose.DialectSQLite3
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	for _, s := range schemas {
		p, err := goose.NewProvider(dialect, d.write, overlay{s.FS, string(d.engine)}, goose.WithTableName(versionTable+s.Room))
		if err != nil {
			return fmt.Errorf("store: migrations of %s: %w", s.Room, err)
		}
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("store: migrate %s: %w", s.Room, err)
		}
	}
	return nil
}

// folder is where a room's files lie.
const folder = "migrations"

// overlay shows the shared files of a room and those of one engine's folder as one flat folder.
type overlay struct {
	base   fs.FS
	engine string
}

// Open opens the engine's own file where there is one, else the shared one.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.base.Open(path.Join(folder, o.engine, name))
	if errors.Is(err, fs.ErrNotExist) || name == "." {
		return o.base.Open(path.Join(folder, name))
	}
	return f, err
}

// ReadDir lists the files of both places by name.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.base, path.Join(folder, name))
	if err != nil {
		return nil, err
	}
	own, err := fs.ReadDir(o.base, path.Join(folder, o.engine))
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

// Behind names the rooms whose tables are not as their schema has them now; it changes nothing.
func (d *DB) Behind(ctx context.Context, schemas ...Schema) ([]string, error) {
	have, err := d.versions(ctx, d.Reader())
	if err != nil {
		return nil, err
	}
	var rooms []string
	for _, s := range schemas {
		want, err := s.latest(d.engine)
		if err != nil {
			return nil, err
		}
		if have[s.Room] != want {
			rooms = append(rooms, s.Room)
		}
	}
	return rooms, nil
}

// latest is the number of a room's last migration.
func (s Schema) latest(engine Engine) (last int64, err error) {
	entries, err := overlay{s.FS, string(engine)}.ReadDir(".")
	if err != nil {
		return 0, fmt.Errorf("store: migrations of %s: %w", s.Room, err)
	}
	for _, e := range entries {
		n, err := goose.NumericComponent(e.Name())
		if err != nil {
			return 0, fmt.Errorf("store: migrations of %s: %w", s.Room, err)
		}
		last = max(last, n)
	}
	return last, nil
}

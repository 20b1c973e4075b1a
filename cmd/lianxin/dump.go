package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"lianxin/internal/event"
	"lianxin/internal/store"
)

type dumpCmd struct {
	storage
	Out string `help:"File to write, which must not exist yet; - is standard output. A name that ends in .gz is compressed." default:"-"`
}

// Run writes all tables as JSON lines, also while the site is served.
func (c *dumpCmd) Run(ctx context.Context) error {
	db, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Out == "-" {
		_, err := db.Dump(ctx, os.Stdout, schemas()...)
		return err
	}
	sums, err := dumpTo(ctx, db, c.Out)
	if err != nil {
		return err
	}
	fmt.Printf("%d tables, %d rows in %s\n", len(sums), total(sums), filepath.Clean(c.Out))
	return nil
}

// dumpTo writes a dump to a file, which gets its name when it is whole.
func dumpTo(ctx context.Context, db *store.DB, path string) (sums []store.TableSum, err error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("%s exists: give another name", path)
	}
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	var w io.WriteCloser = f
	if filepath.Ext(path) == ".gz" {
		w = gzip.NewWriter(f)
	}
	sums, err = db.Dump(ctx, w, schemas()...)
	if w != f {
		err = errors.Join(err, w.Close())
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(part))
	}
	return sums, os.Rename(part, path)
}

func total(sums []store.TableSum) (n int64) {
	for _, s := range sums {
		n += s.Rows
	}
	return n
}

type loadCmd struct {
	storage
	From   string `help:"Dump to load, compressed or not; - is standard input." default:"-"`
	Format string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run loads a dump into an empty database of either engine, makes the search index anew, and checks the record.
func (c *loadCmd) Run(ctx context.Context) error {
	in := os.Stdin
	if c.From != "-" {
		f, err := os.Open(c.From)
		if err != nil {
			return err
		}
		defer f.Close() // it was only read
		in = f
	}
	sums, err := c.load(ctx, in)
	if err != nil {
		return err
	}
	rows := [][]string{{"table", "rows", "sha256"}}
	for _, s := range sums {
		rows = append(rows, []string{s.Table, strconv.FormatInt(s.Rows, 10), s.SHA256})
	}
	return errors.Join(show(os.Stdout, c.Format, rows, sums), (&checkCmd{storage: c.storage, Format: c.Format}).Run(ctx))
}

// load fills the database and makes what is derived from it.
func (s storage) load(ctx context.Context, in io.Reader) ([]store.TableSum, error) {
	r, err := unzipped(in)
	if err != nil {
		return nil, err
	}
	h, err := s.openDatabase(ctx)
	if err != nil {
		return nil, err
	}
	sums, err := h.db.Load(ctx, r, schemas()...)
	if err := errors.Join(err, h.close()); err != nil {
		return nil, err
	}
	if h, err = s.openRecord(ctx); err != nil {
		return nil, err
	}
	return sums, errors.Join(h.reindex(ctx), h.close())
}

// reindex makes the search indexes anew from the record.
func (h *house) reindex(ctx context.Context) error {
	indexes := h.cases.Indexers()
	for _, index := range indexes {
		if err := event.Forget(ctx, h.db, index.Name); err != nil {
			return err
		}
	}
	return event.CatchUp(ctx, h.db, store.NewID(), indexes...)
}

// unzipped reads what may be compressed.
func unzipped(in io.Reader) (io.Reader, error) {
	r := bufio.NewReader(in)
	if magic, err := r.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		return gzip.NewReader(r)
	}
	return r, nil
}

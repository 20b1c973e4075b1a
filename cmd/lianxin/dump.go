package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"lianxin/internal/event"
	"lianxin/internal/store"
)

type dumpCmd struct {
	storage
	Out    string `help:"File to write; standard output if left out." type:"path"`
	Format string `help:"What is printed about it: table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run writes every table as checksummed JSON lines, to be loaded into either engine.
func (c *dumpCmd) Run(ctx context.Context) (err error) {
	url := c.Database
	if url == "" {
		url = c.Data + "/" + databaseName
	}
	db, err := store.Open(ctx, store.Config{URL: url, Clock: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var out io.Writer = os.Stdout
	tell := os.Stderr
	if c.Out != "" {
		f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Sync(), f.Close()) }()
		out, tell = f, os.Stdout
	}
	sums, err := db.Dump(ctx, out)
	if err != nil {
		return err
	}
	return showSums(tell, c.Format, sums)
}

type loadCmd struct {
	storage
	From   string `help:"Dump to load; standard input if left out." type:"existingfile"`
	Format string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run loads a dump into an empty deployment of either engine, and builds the search index anew.
func (c *loadCmd) Run(ctx context.Context) (err error) {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	var in io.Reader = os.Stdin
	if c.From != "" {
		f, err := os.Open(c.From)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	sums, err := h.db.Load(ctx, in, "event", "account")
	if err != nil {
		return err
	}
	indexer := h.cases.Indexer()
	if err := event.Forget(ctx, h.db, indexer.Name); err != nil {
		return err
	}
	if err := event.CatchUp(ctx, h.db, store.NewID(), indexer); err != nil {
		return err
	}
	return showSums(os.Stdout, c.Format, sums)
}

func showSums(out *os.File, format string, sums []store.TableSum) error {
	if format == "" {
		format = "table"
	}
	rows := [][]string{{"table", "rows", "sha256"}}
	var total int64
	for _, s := range sums {
		rows = append(rows, []string{s.Table, strconv.FormatInt(s.Rows, 10), s.SHA})
		total += s.Rows
	}
	if format == "table" {
		_, err := fmt.Fprintf(out, "%d tables, %d rows\n", len(sums), total)
		return err
	}
	return show(out, format, rows, sums)
}

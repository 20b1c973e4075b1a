package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"lianxin/internal/backup"
)

type backupCmd struct {
	storage
	Out      string `help:"File to write, such as lianxin-2026-11-23.tar.gz; it must not exist yet." required:"" type:"path"`
	WithKeys bool   `help:"Take the keys along: whoever has the file can then read every contact."`
	Format   string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run writes a backup while the site may be served.
func (c *backupCmd) Run(ctx context.Context) error {
	db, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	d := backup.Deployment{DB: db, Schemas: schemas(), Data: c.Data}
	if c.WithKeys {
		d.Keys = c.keyFile()
	}
	m, err := backup.Make(ctx, d, c.Out)
	if err != nil {
		return err
	}
	if err := showManifest(c.Format, c.Out, m); err != nil {
		return err
	}
	if !m.WithKeys && c.Format == "table" {
		fmt.Printf("The keys are not in it: keep a copy of %s in another place, for without them contacts and pick-up codes are lost.\n", c.keyFile())
	}
	return nil
}

type restoreCmd struct {
	storage
	From   string `help:"Backup to restore." required:"" type:"existingfile"`
	Format string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run restores a backup into an empty folder, and checks the record in it.
func (c *restoreCmd) Run(ctx context.Context) error {
	m, err := backup.Restore(ctx, c.From, c.Data, func(folder string, m *backup.Manifest) error { return c.place(ctx, folder, m) })
	if err != nil {
		return err
	}
	if err := showManifest(c.Format, c.Data, m); err != nil {
		return err
	}
	if _, err := os.Stat(c.keyFile()); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(os.Stderr, "The keys are missing: put the key file of this deployment at %s, readable by its owner only, before you serve it.\n", c.keyFile())
	}
	return (&checkCmd{storage: c.storage, Format: c.Format}).Run(ctx)
}

// place puts the database where it belongs, before the folder gets its name.
func (c *restoreCmd) place(ctx context.Context, folder string, m *backup.Manifest) error {
	if m.Has(backup.Snapshot) {
		if c.Database != "" {
			return errors.New("this backup holds a SQLite database: restore it without --database, then move it with dump and load")
		}
		return nil
	}
	name := filepath.Join(folder, backup.Dump)
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	_, err = storage{Data: folder, Database: c.Database}.load(ctx, f)
	return errors.Join(err, f.Close(), os.Remove(name))
}

// showManifest prints what a backup holds.
func showManifest(format, name string, m *backup.Manifest) error {
	rows := [][]string{{"what", "how many"}, {"files", strconv.Itoa(len(m.Members))}, {"bytes", strconv.FormatInt(m.Bytes(), 10)},
		{"cases", strconv.FormatInt(m.Rows["case_file"], 10)}, {"events", strconv.FormatInt(m.Rows["event"], 10)},
		{"attachments missing", strconv.Itoa(len(m.Missing))}, {"keys", map[bool]string{true: "with", false: "without"}[m.WithKeys]}}
	if format == "table" {
		fmt.Println(filepath.Clean(name))
	}
	return show(os.Stdout, format, rows, m)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lianxin/internal/backup"
	"lianxin/internal/casework"
	"lianxin/internal/deliver"
	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

type doctorCmd struct {
	storage
	Format string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// diagnosis is one thing looked at. Severity is ok, warning or wrong.
type diagnosis struct {
	About    string `json:"about"`
	Severity string `json:"severity"`
	Says     string `json:"says"`
}

// doctor gathers what was found.
type doctor struct {
	found []diagnosis
	now   time.Time
}

func (d *doctor) ok(about, says string, args ...any)   { d.add(about, "ok", says, args...) }
func (d *doctor) warn(about, says string, args ...any) { d.add(about, "warning", says, args...) }
func (d *doctor) bad(about, says string, args ...any)  { d.add(about, "wrong", says, args...) }

func (d *doctor) add(about, severity, says string, args ...any) {
	d.found = append(d.found, diagnosis{about, severity, fmt.Sprintf(says, args...)})
}

// Run looks a deployment over; anything wrong makes the exit code 1.
func (c *doctorCmd) Run(ctx context.Context) error {
	d := &doctor{now: time.Now()}
	d.folder(c.Data, c.keyFile())
	d.inside(ctx, c.storage)
	rows := [][]string{{"about", "severity", "says"}}
	for _, f := range d.found {
		rows = append(rows, []string{f.About, f.Severity, f.Says})
	}
	if err := show(os.Stdout, c.Format, rows, d.found); err != nil {
		return err
	}
	if slices.ContainsFunc(d.found, func(f diagnosis) bool { return f.Severity == "wrong" }) {
		return errors.New("something is wrong")
	}
	return nil
}

// inside opens what is there as far as it goes: looking makes nothing, migrates nothing and writes nothing.
func (d *doctor) inside(ctx context.Context, s storage) {
	h := &house{data: s.Data}
	var err error
	if h.kinds, err = s.kinds(); err != nil {
		d.bad("procedure", "cannot be used (%v): mend the file or take it away, and prove it with lianxin procedure check", err)
		return
	}
	for _, k := range h.kinds {
		d.ok("procedure", "%s %.12s is proven", k.Procedure.Kind, k.Procedure.Hash())
	}
	if h.db, err = s.existing(ctx); err != nil {
		d.bad("database", "cannot be opened: %v", err)
		return
	}
	defer h.db.Close()
	d.look("database", d.engine(ctx, h))
	behind, err := h.db.Behind(ctx, schemas()...)
	if err != nil || len(behind) > 0 {
		d.look("tables", err)
		d.bad("tables", "are older than this program (%s): start lianxin serve once, it brings them up to date", strings.Join(behind, ", "))
		return
	}
	d.rooms(ctx, s, h)
}

// rooms looks into every room; without keys into all that do not need them.
func (d *doctor) rooms(ctx context.Context, s storage, h *house) {
	keys, err := sealed.LoadKeys(s.keyFile())
	if err == nil {
		h.vault, err = sealed.NewVault(keys)
	}
	if err != nil {
		d.bad("keys", "cannot be used (%v): put the key file of this deployment at %s", err, s.keyFile())
	} else {
		d.keys(ctx, h)
	}
	h.cases = casework.New(h.db, h.vault, nil, h.kinds...)
	h.deliver = deliver.New(h.db, h.vault, deliver.Options{})
	d.look("record", d.record(ctx, h))
	d.look("calendar", d.calendar(ctx, h))
	d.look("attachments", d.attachments(ctx, h))
	d.look("deliveries", d.deliveries(ctx, h))
}

// look tells of what could not be looked at.
func (d *doctor) look(about string, err error) {
	if err != nil {
		d.bad(about, "cannot be read: %v", err)
	}
}

// lowDisk and noDisk are when free space is worth a warning, and when it is wrong, in bytes (our default).
const (
	lowDisk = 5 << 30
	noDisk  = 500 << 20
)

func (d *doctor) folder(data, keys string) {
	for _, path := range []string{data, keys} {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && path == keys: // what needs them will say so
		case err != nil:
			d.bad("permissions", "cannot be read (%v): name the data folder with --data, and look as the account that serves", err)
		case info.Mode().Perm()&0o077 != 0:
			d.bad("permissions", "%s can be read by others (%04o): chmod go-rwx it", path, info.Mode().Perm())
		default:
			d.ok("permissions", "%s is its owner's only", path)
		}
	}
	free, known := freeDisk(data)
	switch {
	case !known:
	case free < noDisk:
		d.bad("disk", "only %d MB are left: make room, or acts will be refused", free>>20)
	case free < lowDisk:
		d.warn("disk", "%d MB are left", free>>20)
	default:
		d.ok("disk", "%d GB are left", free>>30)
	}
}

func (d *doctor) engine(ctx context.Context, h *house) error {
	wrong, err := h.db.QuickCheck(ctx)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		d.bad("database", "is damaged (%s): stop serving and restore the last backup", strings.Join(wrong, "; "))
		return nil
	}
	d.ok("database", "answers and is sound")
	return nil
}

func (d *doctor) keys(ctx context.Context, h *house) {
	if err := sealed.Probe(ctx, h.db.Reader(), h.vault); err != nil {
		d.bad("keys", "do not open the data: find the key file this deployment was made with")
		return
	}
	d.ok("keys", "open the data")
}

// farBehind is how many events a consumer may be behind before it is worth a warning.
const farBehind = 1000

func (d *doctor) record(ctx context.Context, h *house) error {
	r, err := event.Look(ctx, h.db.Reader())
	if err != nil {
		return err
	}
	if newest := store.Time(r.Newest); newest.After(d.now.Add(time.Minute)) {
		d.bad("clock", "the newest event is of %s, which lies ahead: set this machine's clock", newest.Format(time.RFC3339))
	} else {
		d.ok("clock", "stands after the newest event")
	}
	if r.Waiting > 0 && d.now.Sub(store.Time(r.Oldest)) > time.Minute {
		d.warn("record", "%d events wait for their place since %s: is anything serving?", r.Waiting, store.Time(r.Oldest).Format(time.RFC3339))
	}
	for name, n := range r.Behind {
		if n > farBehind {
			d.warn("record", "%s is %d events behind", name, n)
		}
	}
	return nil
}

func (d *doctor) calendar(ctx context.Context, h *house) error {
	n, err := h.cases.Uncertain(ctx)
	if err == nil && n > 0 {
		d.warn("calendar", "%d deadlines run into a year whose holidays are not entered yet: enter them when the notice is out", n)
	}
	return err
}

func (d *doctor) attachments(ctx context.Context, h *house) (err error) {
	folder := filepath.Join(h.data, backup.FilesFolder)
	if _, err := os.Stat(folder); err != nil {
		return err
	}
	if h.files, err = files.OpenFolder(folder); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.files.Close()) }()
	missing, err := h.files.Missing(ctx, h.db.Reader())
	if err != nil {
		return err
	}
	orphans, err := h.files.Orphans(ctx, h.db.Reader(), d.now.Add(-2*sweptAfter))
	if err != nil {
		return err
	}
	if missing > 0 {
		d.bad("attachments", "%d are named by rows and missing on disk: restore the folder files from a backup", missing)
	}
	if orphans > 0 {
		d.warn("attachments", "%d on disk are named by no row and should have been swept: is anything serving?", orphans)
	}
	if missing+orphans == 0 {
		d.ok("attachments", "are on disk")
	}
	return nil
}

func (d *doctor) deliveries(ctx context.Context, h *house) error {
	counts, err := h.deliver.Counts(ctx)
	if err == nil && counts[deliver.Stuck] > 0 {
		d.warn("deliveries", "%d letters could not be delivered: see the page of deliveries", counts[deliver.Stuck])
	}
	return err
}

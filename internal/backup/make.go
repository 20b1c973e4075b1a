package backup

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lianxin/internal/files"
	"lianxin/internal/store"
)

// Deployment is what a backup is made of.
type Deployment struct {
	DB      *store.DB
	Schemas []store.Schema
	Data    string // folder of attachments and procedure files
	Keys    string // key file to take along; "" leaves keys out
}

// Make writes a backup into the file out, which appears only once it is whole and on disk. The deployment may be served and written to meanwhile:
// the database is taken first, so that every attachment it names is in the folder when that is read.
func Make(ctx context.Context, d Deployment, out string) (m *Manifest, err error) {
	if _, err := os.Lstat(out); err == nil {
		return nil, fmt.Errorf("backup: %s exists: give another name", out)
	}
	work, err := os.MkdirTemp(filepath.Dir(out), ".lianxin-backup-")
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	m = &Manifest{Format: format, MadeAt: d.DB.Now().Format(time.RFC3339), WithKeys: d.Keys != ""}
	name, err := d.database(ctx, work, m)
	if err != nil {
		return nil, err
	}
	part := out + ".part-" + rand.Text()
	if err := d.pack(ctx, part, filepath.Join(work, name), m); err != nil {
		return nil, errors.Join(err, gone(part))
	}
	if err := os.Rename(part, out); err != nil {
		return nil, errors.Join(err, gone(part))
	}
	return m, syncFolder(filepath.Dir(out))
}

// database writes the whole database at one instant into the work folder, as a snapshot where the engine can, and tells the name of the file.
func (d Deployment) database(ctx context.Context, work string, m *Manifest) (string, error) {
	err := d.DB.Snapshot(ctx, filepath.Join(work, Snapshot))
	if errors.Is(err, store.ErrNoSnapshot) {
		return Dump, d.dump(ctx, filepath.Join(work, Dump), m)
	}
	if err != nil {
		return "", err
	}
	copied, err := store.Open(ctx, store.Config{URL: filepath.Join(work, Snapshot), Clock: d.DB.Now, Conns: 1})
	if err != nil {
		return "", err
	}
	m.Rows, err = copied.Count(ctx)
	return Snapshot, errors.Join(err, copied.Close())
}

func (d Deployment) dump(ctx context.Context, path string, m *Manifest) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	zip := gzip.NewWriter(f)
	sums, err := d.DB.Dump(ctx, zip, d.Schemas...)
	m.Rows = store.Rows(sums)
	return errors.Join(err, zip.Close(), f.Close())
}

// pack writes all members and the manifest.
func (d Deployment) pack(ctx context.Context, part, database string, m *Manifest) (err error) {
	named, err := files.Names(ctx, d.DB.Reader())
	if err != nil {
		return err
	}
	p, err := newPacker(part, d.DB.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.add(ctx, filepath.Base(database), database); err != nil {
		return err
	}
	if d.Keys != "" {
		if err := p.add(ctx, KeysName, d.Keys); err != nil {
			return err
		}
	}
	for _, folder := range []string{FilesFolder, Procedures} {
		if err := p.folder(ctx, folder, filepath.Join(d.Data, folder)); err != nil {
			return err
		}
	}
	m.Members = p.members
	for _, name := range named {
		if !m.Has(FilesFolder + "/" + name) {
			m.Missing = append(m.Missing, name)
		}
	}
	body, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return p.bytes(ManifestName, body)
}

// folder adds the files of a folder by name; parts of files being written are nobody's yet.
func (p *packer) folder(ctx context.Context, name, from string) error {
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	for _, e := range slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.Type().IsRegular() || strings.HasPrefix(e.Name(), "part-") }) {
		err := p.add(ctx, name+"/"+e.Name(), filepath.Join(from, e.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // swept since: no row names it
			return err
		}
	}
	return nil
}

func gone(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}

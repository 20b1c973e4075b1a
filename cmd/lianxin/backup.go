package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lianxin/internal/store"
)

type backupCmd struct {
	storage
	Out      string `help:"File to write, such as lianxin.tar.gz; it must not exist." required:"" type:"path"`
	WithKeys bool   `help:"Put the keys in too. Whoever has such a file can read every contact: without it, keep the keys elsewhere."`
}

// manifest is the first member of a backup: what else is in it.
type manifest struct {
	Version int       `json:"lianxin_backup"`
	At      time.Time `json:"at"`
	Members []member  `json:"members"`
}

type member struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	from   string // path on disk
}

// Names of members. A SQLite database is copied whole, PostgreSQL's tables as a dump.
const (
	manifestName = "manifest.json"
	databaseName = store.CopyName
	dumpName     = store.DumpName
	filesName    = "files"
	keysName     = "keys.json"
)

// Run copies a deployment that may be serving meanwhile. The database is copied first: every attachment it names is on disk by then.
func (c *backupCmd) Run(ctx context.Context) error {
	temp, err := os.MkdirTemp(filepath.Dir(c.Out), ".lianxin-backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	m := manifest{Version: 1, At: time.Now().UTC()}
	if err := c.database(ctx, temp, &m); err != nil {
		return err
	}
	if err := m.folder(filepath.Join(c.Data, filesName)); err != nil {
		return err
	}
	if c.WithKeys {
		if err := m.add(keysName, c.keyFile()); err != nil {
			return err
		}
	}
	if err := m.write(c.Out); err != nil {
		return err
	}
	fmt.Printf("%s: %d members\n", c.Out, len(m.Members))
	if !c.WithKeys {
		fmt.Printf("Keys are not in it. Keep %s elsewhere: without it contacts and pick-up codes are lost.\n", c.keyFile())
	}
	return nil
}

func (c *backupCmd) database(ctx context.Context, temp string, m *manifest) (err error) {
	url := c.Database
	if url == "" {
		url = filepath.Join(c.Data, databaseName)
		if _, err := os.Stat(url); err != nil {
			return fmt.Errorf("there is no database to back up: %w", err)
		}
	}
	db, err := store.Open(ctx, store.Config{URL: url, Clock: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	name, err := db.Copy(ctx, temp)
	if err != nil {
		return err
	}
	return m.add(name, filepath.Join(temp, name))
}

// folder adds the attachments; parts of ones being taken in are left out.
func (m *manifest) folder(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if len(e.Name()) != hex.EncodedLen(sha256.Size) {
			continue
		}
		if err := m.add(filesName+"/"+e.Name(), filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (m *manifest) add(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return err
	}
	m.Members = append(m.Members, member{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil)), from: path})
	return nil
}

// write makes the archive under a temporary name and gives it its own when it is whole and on disk.
func (m *manifest) write(out string) (err error) {
	if _, err := os.Stat(out); err == nil {
		return fmt.Errorf("%s exists already", out)
	}
	part := out + ".part-" + rand.Text()
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part))
		}
	}()
	packed := gzip.NewWriter(f)
	archive := tar.NewWriter(packed)
	err = m.pack(archive)
	if err := errors.Join(err, archive.Close(), packed.Close(), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, out)
}

func (m *manifest) pack(archive *tar.Writer) error {
	head, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := archive.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(head)), ModTime: m.At}); err != nil {
		return err
	}
	if _, err := archive.Write(head); err != nil {
		return err
	}
	for _, one := range m.Members {
		if err := one.pack(archive, m.At); err != nil {
			return err
		}
	}
	return nil
}

func (one member) pack(archive *tar.Writer, at time.Time) error {
	f, err := os.Open(one.from)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := archive.WriteHeader(&tar.Header{Name: one.Name, Mode: 0o600, Size: one.Bytes, ModTime: at}); err != nil {
		return err
	}
	_, err = io.Copy(archive, f)
	return err
}

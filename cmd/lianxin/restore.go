package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

type restoreCmd struct {
	From     string `help:"Backup to restore." required:"" type:"existingfile"`
	Data     string `help:"Folder to restore into; it must be empty or not exist." required:"" type:"path" env:"LIANXIN_DATA_DIR"`
	Database string `help:"postgres://… with no data in it, for a backup of PostgreSQL."`
	Keys     string `help:"Key file, where the backup holds none." type:"path"`
}

// Run restores a backup into a folder beside its place, compares every member with the manifest, and only then moves it there.
func (c *restoreCmd) Run(ctx context.Context) (err error) {
	if entries, err := os.ReadDir(c.Data); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty", c.Data)
	}
	if err := os.MkdirAll(filepath.Dir(c.Data), 0o700); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(c.Data), ".lianxin-restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	m, err := unpack(c.From, temp)
	if err != nil {
		return err
	}
	dumped := slices.ContainsFunc(m.Members, func(one member) bool { return one.Name == dumpName })
	if dumped && c.Database == "" {
		return errors.New("this is a backup of PostgreSQL: name an empty database with --database")
	}
	if err := os.Remove(c.Data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(temp, c.Data); err != nil {
		return err
	}
	return c.check(ctx, m)
}

// check looks the restored deployment over, once there are keys.
func (c *restoreCmd) check(ctx context.Context, m *manifest) (err error) {
	fmt.Printf("Restored %d members of %s into %s.\n", len(m.Members), m.At.Format("2006-01-02 15:04"), c.Data)
	keys := c.Keys
	if keys == "" {
		keys = filepath.Join(c.Data, keysName)
	}
	if _, err := os.Stat(keys); err != nil {
		fmt.Printf("The backup holds no keys. Put the key file of that deployment at %s before serving, then run `lianxin check`.\n", keys)
		return nil
	}
	if c.Database != "" {
		if err := (&loadCmd{storage: storage{Data: c.Data, Database: c.Database, Keys: keys}, From: filepath.Join(c.Data, dumpName)}).Run(ctx); err != nil {
			return err
		}
	}
	return (&checkCmd{storage: storage{Data: c.Data, Database: c.Database, Keys: keys}, Format: "table"}).Run(ctx)
}

// unpack writes the members into a folder. A member that is not in the manifest, differs from it or is missing is refused.
func unpack(from, dir string) (*manifest, error) {
	f, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	packed, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s is no backup: %w", from, err)
	}
	archive := tar.NewReader(packed)
	head, err := archive.Next()
	if err != nil || head.Name != manifestName {
		return nil, fmt.Errorf("%s is no backup of this program", from)
	}
	var m manifest
	if err := json.NewDecoder(archive).Decode(&m); err != nil || m.Version != 1 {
		return nil, fmt.Errorf("%s: its manifest cannot be read", from)
	}
	if err := os.Mkdir(filepath.Join(dir, filesName), 0o700); err != nil {
		return nil, err
	}
	seen := 0
	for {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", from, err)
		}
		i := slices.IndexFunc(m.Members, func(one member) bool { return one.Name == head.Name })
		if i < 0 || !filepath.IsLocal(head.Name) {
			return nil, fmt.Errorf("%s: %q is not in the manifest", from, head.Name)
		}
		if err := m.Members[i].unpack(archive, dir); err != nil {
			return nil, err
		}
		seen++
	}
	if seen != len(m.Members) {
		return nil, fmt.Errorf("%s: %d members of %d are there", from, seen, len(m.Members))
	}
	return &m, nil
}

func (one member) unpack(r io.Reader, dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, one.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(r, one.Bytes+1))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if n != one.Bytes || hex.EncodeToString(sum.Sum(nil)) != one.SHA256 {
		return fmt.Errorf("%s differs from the manifest: the backup is damaged", one.Name)
	}
	return nil
}

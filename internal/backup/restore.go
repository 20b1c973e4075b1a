package backup

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
	"io/fs"
	"os"
	"path/filepath"
)

// maxManifest bounds what is read into memory of a file nobody has verified yet: some 200,000 members.
const maxManifest = 32 << 20

// Restore unpacks a backup into the folder data, which must be empty or not there. Everything is verified in a passing folder beside it; ready may
// finish it there, and only then does it get its name.
func Restore(ctx context.Context, from, data string, ready func(folder string, m *Manifest) error) (m *Manifest, err error) {
	if err := vacant(data); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(data), 0o700); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	work, err := os.MkdirTemp(filepath.Dir(data), ".lianxin-restore-")
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }() // nothing is left there once it has its name
	if m, err = unpack(ctx, from, work); err != nil {
		return nil, err
	}
	if err := ready(work, m); err != nil {
		return nil, err
	}
	if err := gone(data); err != nil { // an empty folder gives way
		return nil, fmt.Errorf("backup: %s cannot be replaced; name a folder inside it: %w", data, err)
	}
	if err := os.Rename(work, data); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return m, syncFolder(filepath.Dir(data))
}

// vacant refuses a folder that holds anything.
func vacant(data string) error {
	entries, err := os.ReadDir(data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("backup: %s is not empty: name a folder that is empty or not there yet", data)
	}
	return nil
}

// unpack writes all members into the folder and compares them with the manifest.
func unpack(ctx context.Context, from, into string) (m *Manifest, err error) {
	f, err := os.Open(from)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer f.Close() // it was only read
	zip, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("backup: %s is no backup: %w", from, err)
	}
	root, err := os.OpenRoot(into)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, folder := range []string{FilesFolder, Procedures} {
		if err := root.Mkdir(folder, 0o700); err != nil {
			return nil, fmt.Errorf("backup: %w", err)
		}
	}
	found, m, err := members(ctx, tar.NewReader(zip), root)
	if _, end := io.Copy(io.Discard, zip); err == nil && end != nil { // the end carries the checksum of the whole, the manifest with it
		err = fmt.Errorf("backup: damaged or cut off: %w", end)
	}
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, fmt.Errorf("backup: %s has no manifest: it was cut off", from)
	}
	return m, m.compare(found)
}

func members(ctx context.Context, r *tar.Reader, root *os.Root) (found map[string]Member, m *Manifest, err error) {
	found = map[string]Member{}
	for {
		head, err := r.Next()
		if err == io.EOF {
			return found, m, nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, nil, fmt.Errorf("backup: damaged or cut off: %w", err)
		}
		if err := known(head.Name); err != nil {
			return nil, nil, err
		}
		if _, twice := found[head.Name]; twice || m != nil || head.Typeflag != tar.TypeReg {
			return nil, nil, fmt.Errorf("backup: %q is out of place", head.Name)
		}
		if head.Name == ManifestName {
			if err := json.NewDecoder(io.LimitReader(r, maxManifest)).Decode(&m); err != nil {
				return nil, nil, fmt.Errorf("backup: manifest: %w", err)
			}
			continue
		}
		if found[head.Name], err = extract(r, root, head.Name); err != nil {
			return nil, nil, err
		}
	}
}

// extract writes a member to disk, for its owner alone.
func extract(r io.Reader, root *os.Root, name string) (Member, error) {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Member{}, fmt.Errorf("backup: %w", err)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), r)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Member{}, fmt.Errorf("backup: %s: damaged or cut off: %w", name, err)
	}
	return Member{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

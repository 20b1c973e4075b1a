// Package sealed keeps personal fields: encrypted at rest, found only by a keyed hash, erasable, and the pick-up codes made from the same keys.
// It never writes a plain personal value to a log, an event or an index.
package sealed

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Keys are a deployment's secrets. They live in a file of their own, apart from the database and its backups.
type Keys struct {
	Current string            `json:"current"` // id of the sealing key new values are sealed with
	Seal    map[string][]byte `json:"seal"`    // 32 bytes each; old ones stay so that old values open
	Lookup  []byte            `json:"lookup"`  // for keyed hashes
	Code    []byte            `json:"code"`    // for pick-up codes
}

// NewKeys makes fresh keys.
func NewKeys() Keys {
	fresh := func() []byte {
		b := make([]byte, 32)
		rand.Read(b) // never fails since Go 1.24
		return b
	}
	return Keys{Current: "1", Seal: map[string][]byte{"1": fresh()}, Lookup: fresh(), Code: fresh()}
}

// LoadKeys reads a key file. One that others than its owner may read is refused.
func LoadKeys(path string) (Keys, error) {
	var k Keys
	info, err := os.Stat(path)
	if err != nil {
		return k, fmt.Errorf("sealed: keys: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return k, fmt.Errorf("sealed: %s may be read by others than its owner: chmod 600 it", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return k, fmt.Errorf("sealed: keys: %w", err)
	}
	if err := json.Unmarshal(b, &k); err != nil {
		return k, fmt.Errorf("sealed: keys in %s: %w", path, err)
	}
	return k, k.valid()
}

func (k Keys) valid() error {
	if len(k.Seal[k.Current]) != 32 || len(k.Lookup) != 32 || len(k.Code) != 32 {
		return errors.New("sealed: the key file does not hold the keys it should")
	}
	return nil
}

// SaveKeys writes a new key file, for its owner alone, and syncs file and folder. It never overwrites one: lost keys mean lost data.
func SaveKeys(path string, k Keys) (err error) {
	b, err := json.Marshal(k)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("sealed: keys: %w", err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sealed: keys: %w", err)
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// OpenKeys loads the key file, or makes one where there is none yet.
func OpenKeys(path string) (Keys, error) {
	k, err := LoadKeys(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	k = NewKeys()
	return k, SaveKeys(path, k)
}

// Package backup packs a whole deployment into one verified file while it is served, and unpacks it into a folder that was not there before.
// It never takes keys along unless it is told to, and never lets anything appear that it has not verified.
package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Names inside a backup. The manifest comes last, for it holds the checksums of all that was written before it.
const (
	ManifestName = "manifest.json"
	Snapshot     = "lianxin.db"        // the database as one SQLite file
	Dump         = "database.jsonl.gz" // the database as a dump of either engine
	KeysName     = "keys.json"
	FilesFolder  = "files"
	Procedures   = "procedures"
)

const format = 1

// Member is one file of a backup.
type Member struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// Manifest tells what a backup holds.
type Manifest struct {
	Format   int              `json:"format"`
	MadeAt   string           `json:"made_at"` // RFC 3339
	Members  []Member         `json:"members"`
	Rows     map[string]int64 `json:"rows"`              // by table
	Missing  []string         `json:"missing,omitempty"` // attachments the record names and the folder did not hold
	WithKeys bool             `json:"with_keys"`
}

// Has tells whether the backup holds a member of that name.
func (m *Manifest) Has(name string) bool {
	_, ok := m.byName()[name]
	return ok
}

// Bytes is the size of all members unpacked.
func (m *Manifest) Bytes() int64 {
	var n int64
	for _, member := range m.Members {
		n += member.Bytes
	}
	return n
}

func (m *Manifest) byName() map[string]Member {
	all := make(map[string]Member, len(m.Members))
	for _, member := range m.Members {
		all[member.Name] = member
	}
	return all
}

// known refuses names a backup does not hold, so that a forged file writes nowhere else.
func known(name string) error {
	folder, base := path.Split(name)
	switch {
	case folder == "" && (base == Snapshot || base == Dump || base == KeysName || base == ManifestName):
		return nil
	case (folder == FilesFolder+"/" || folder == Procedures+"/") && fs.ValidPath(base) && base != "." && !strings.ContainsAny(base, `\`):
		return nil
	}
	return fmt.Errorf("backup: it holds %q, which no backup holds", name)
}

// compare tells how what was unpacked differs from the manifest.
func (m *Manifest) compare(found map[string]Member) error {
	var all error
	if m.Format != format {
		return fmt.Errorf("backup: format %d; this program reads format %d", m.Format, format)
	}
	for _, want := range m.Members {
		got, ok := found[want.Name]
		switch {
		case !ok:
			all = errors.Join(all, fmt.Errorf("backup: %s is missing", want.Name))
		case got != want:
			all = errors.Join(all, fmt.Errorf("backup: %s is damaged: %d bytes with checksum %.12s, made with %d and %.12s", want.Name, got.Bytes, got.SHA256, want.Bytes, want.SHA256))
		}
	}
	wanted := m.byName()
	for name := range found {
		if _, ok := wanted[name]; !ok {
			all = errors.Join(all, fmt.Errorf("backup: %s is not in the manifest", name))
		}
	}
	if all == nil && m.Has(Snapshot) == m.Has(Dump) {
		return errors.New("backup: it must hold one database")
	}
	return all
}

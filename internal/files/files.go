// Package files keeps attachments: cleaned, named by their content, on disk before any row speaks of them.
// It never keeps the name a file came with, and never shows a submitter's attachment to the public.
package files

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"

	"lianxin/internal/errs"
	"lianxin/internal/store"
)

//go:embed migrations
var migrations embed.FS

//go:embed messages
var messages embed.FS

// Schema is the table of attachments.
func Schema() store.Schema { return store.Schema{Room: "files", FS: migrations} }

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Purpose says why a file is kept, and so who may see it.
type Purpose string

// The purposes.
const (
	PurposeSubmitted Purpose = "submitted"  // sent in by the submitter; never public
	PurposeReplyScan Purpose = "reply_scan" // scan of a signed and sealed answer
	PurposeProxyScan Purpose = "proxy_scan" // scan of the paper an entry was made from
)

// Accepted is a file cleaned and on disk, ready to be recorded with an act.
type Accepted struct {
	SHA256        string
	MediaType     string
	Bytes         int64
	Width, Height int
}

// Attachment is a row: a file of an owner.
type Attachment struct {
	CongressID string  `db:"congress_id"`
	ID         string  `db:"id"`
	OwnerID    string  `db:"owner_id"`
	Purpose    Purpose `db:"purpose"`
	SHA256     string  `db:"sha256"`
	MediaType  string  `db:"media_type"`
	Bytes      int64   `db:"bytes"`
	Width      int     `db:"width"`
	Height     int     `db:"height"`
	At         int64   `db:"at"` // microseconds UTC
	ByAccount  string  `db:"by_account"`
}

// Extension is the ending of the name a browser is told.
func (a Attachment) Extension() string {
	switch a.MediaType {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	}
	return ".pdf"
}

// Folder is the store of contents in one directory.
type Folder struct {
	root *os.Root
	mu   sync.Mutex // between a content getting its name and a sweep taking one away
}

// OpenFolder opens a directory as a store, making it if need be.
func OpenFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return &Folder{root: root}, nil
}

// Close lets the directory go.
func (f *Folder) Close() error { return f.root.Close() }

// Accept cleans a file and stores it; when it returns nil the content is on disk. Errors are those of Clean.
func (f *Folder) Accept(r io.Reader) (Accepted, error) {
	c, err := Clean(r)
	if err != nil {
		return Accepted{}, err
	}
	sum := sha256.Sum256(c.Body)
	a := Accepted{SHA256: hex.EncodeToString(sum[:]), MediaType: c.MediaType, Bytes: int64(len(c.Body)), Width: c.Width, Height: c.Height}
	err = f.put(a.SHA256, c.Body)
	if errors.Is(err, syscall.ENOSPC) {
		err = errs.New(errs.Unavailable, "errs.full").Because(err)
	}
	return a, err
}

// put writes under a passing name, syncs file and folder, and only then gives the file its own name: a crash leaves it whole or not there.
// A content that is there already is written anew: as an old one that no row names it would be swept before the act at hand names it.
func (f *Folder) put(name string, body []byte) error {
	part := "part-" + rand.Text()
	file, err := f.root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("files: %w", err)
	}
	_, err = file.Write(body)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("files: write: %w", err), f.root.Remove(part))
	}
	f.mu.Lock()
	err = f.root.Rename(part, name)
	f.mu.Unlock()
	if err != nil {
		return fmt.Errorf("files: %w", err)
	}
	return f.sync()
}

func (f *Folder) sync() error {
	d, err := f.root.Open(".")
	if err != nil {
		return fmt.Errorf("files: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open reads a content.
func (f *Folder) Open(a Attachment) (io.ReadSeekCloser, error) {
	file, err := f.root.Open(a.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errs.New(errs.NotFound, "files.gone").Because(err)
	}
	return file, err
}

// Sweep removes contents that no row names and that are older than before: what was cleaned for an act that was then refused.
func (f *Folder) Sweep(ctx context.Context, q store.Querier, before time.Time) (removed int, err error) {
	names, err := f.unnamed(ctx, q, before)
	for _, name := range names {
		gone, err := f.remove(name, before)
		if err != nil {
			return removed, fmt.Errorf("files: sweep: %w", err)
		}
		if gone {
			removed++
		}
	}
	return removed, err
}

// remove takes a content away, unless it has been taken in again since it was found old.
func (f *Folder) remove(name string, before time.Time) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := f.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.ModTime().After(before) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, f.root.Remove(name)
}

// Orphans counts what Sweep would remove.
func (f *Folder) Orphans(ctx context.Context, q store.Querier, before time.Time) (int, error) {
	names, err := f.unnamed(ctx, q, before)
	return len(names), err
}

func (f *Folder) unnamed(ctx context.Context, q store.Querier, before time.Time) (names []string, err error) {
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("files: sweep: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.ModTime().After(before) {
			continue
		}
		n, err := store.One[int64](ctx, q, "select count(*) from attachment where sha256 = $1", e.Name())
		if err != nil {
			return nil, err
		}
		if n == 0 {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// Record writes the row of an attachment, in the transaction of the act it belongs to.
func Record(ctx context.Context, tx *store.Tx, a Attachment) error {
	return store.Insert(ctx, tx, "attachment", a)
}

// List reads an owner's attachments in order.
func List(ctx context.Context, q store.Querier, congress, owner string) ([]Attachment, error) {
	return store.All[Attachment](ctx, q, "select "+store.Columns[Attachment]("")+" from attachment where congress_id = $1 and owner_id = $2 order by id", congress, owner)
}

// Missing counts the contents that rows name and the folder does not have.
func (f *Folder) Missing(ctx context.Context, q store.Querier) (int, error) {
	sums, err := Names(ctx, q)
	if err != nil {
		return 0, err
	}
	missing := 0
	for _, sum := range sums {
		if _, err := f.root.Stat(sum); err != nil {
			missing++
		}
	}
	return missing, nil
}

// Names lists the contents that rows name, each once, in order.
func Names(ctx context.Context, q store.Querier) ([]string, error) {
	return store.All[string](ctx, q, "select distinct sha256 from attachment order by sha256")
}

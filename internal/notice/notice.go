// Package notice tells people with accounts what has happened to matters they work on: once in the house, and outside it as each of them wishes.
// It never holds a person's data or anybody's words: a notice is a number, an action and a state, worded by the catalogue when it is read.
package notice

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deliver"
	"lianxin/internal/lang"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

//go:embed migrations
var migrations embed.FS

//go:embed messages
var messages embed.FS

// Schema is the tables of this room.
func Schema() store.Schema {
	return store.Schema{Room: "notice", FS: migrations}
}

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// InApp is the channel of what is read on the notices page; the others are those of package deliver.
const InApp = "in_app"

// Notice is one thing one account is told over one channel. Instants are microseconds UTC, 0 for never.
type Notice struct {
	ID       string `db:"id"`
	Event    string `db:"event_id"`
	Account  string `db:"account_id"`
	Channel  string `db:"channel"`
	Action   string `db:"action"` // without its kind, such as assignment.open
	Kind     string `db:"kind"`
	Congress string `db:"congress_id"`
	Case     string `db:"case_id"`
	Number   string `db:"number"` // of the case
	N        int64  `db:"n"`      // of the assignment; 0 for the case itself
	State    string `db:"state"`  // after the event
	At       int64  `db:"at"`     // when it was recorded
	ReadAt   int64  `db:"read_at"`
	QueuedAt int64  `db:"queued_at"` // when it was handed to deliver, alone or in a digest
}

// Service makes notices and keeps who wants them where.
type Service struct {
	db        *store.DB
	vault     *sealed.Vault
	cases     *casework.Service
	deliver   *deliver.Service
	catalogue *lang.Catalogue
	link      string
}

// New makes the service.
func New(db *store.DB, vault *sealed.Vault, cases *casework.Service, out *deliver.Service, catalogue *lang.Catalogue) *Service {
	return &Service{db: db, vault: vault, cases: cases, deliver: out, catalogue: catalogue}
}

// Linked returns the service with the address people type, which stands in what goes outside.
func (s *Service) Linked(url string) *Service {
	other := *s
	other.link = url
	return &other
}

// Begin sets from when on events make notices, where that was not set before: what a deployment did until then, or took over, tells nobody.
func (s *Service) Begin(ctx context.Context, since time.Time) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "insert into notice_start (id, since) values (1, $1) on conflict (id) do nothing", store.Micros(since))
		return err
	})
}

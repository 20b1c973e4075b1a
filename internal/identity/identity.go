// Package identity keeps accounts: sign-in, second factors, sessions, tokens, and what each account is granted, lends and hands over.
// It never decides what a role may do; package policy's table does.
package identity

import (
	"context"
	"embed"
	"io/fs"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/policy"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

//go:embed migrations
var migrations embed.FS

//go:embed messages
var messages embed.FS

// Schema is the tables of this room.
func Schema() store.Schema {
	return store.Schema{Room: "identity", FS: migrations}
}

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Account is somebody, or some office, who can sign in.
type Account struct {
	ID          string        `db:"id"`
	Name        string        `db:"name"` // for signing in
	Display     string        `db:"display"`
	Person      string        `db:"person_id"`
	Password    string        `db:"password"` // PHC string
	MustChange  bool          `db:"must_change"`
	Disabled    bool          `db:"disabled"`
	Failures    int64         `db:"failures"`
	LockedUntil int64         `db:"locked_until"`
	LastSignIn  int64         `db:"last_sign_in"`
	CreatedAt   int64         `db:"created_at"`
	PasswordAt  int64         `db:"password_at"` // when the password was set, microseconds UTC
	Enrolled    bool          `db:"enrolled"`    // has a second factor
	ClosesOn    deadline.Date `db:"closes_on"`   // first day it is closed; empty: no such day is set
	Version     int64         `db:"version"`
}

// Closed reports whether the account can be used no more on a date.
func (a Account) Closed(on deadline.Date) bool {
	return a.Disabled || a.ClosesOn != "" && a.ClosesOn <= on
}

// Grant is a role of an account with its days.
type Grant struct {
	ID        string        `db:"id"`
	Account   string        `db:"account_id"`
	Role      policy.Role   `db:"role"`
	Congress  string        `db:"congress_id"`
	Office    string        `db:"office_id"`
	Agency    string        `db:"agency_id"`
	Station   string        `db:"station_id"`
	Person    string        `db:"person_id"`
	ValidFrom deadline.Date `db:"valid_from"` // empty: since ever
	ValidTo   deadline.Date `db:"valid_to"`   // last day; empty: until further notice
}

// Holds reports whether the grant is in force on a date.
func (g Grant) Holds(on deadline.Date) bool { return g.ValidFrom <= on && !g.Ended(on) }

// Ended reports whether the grant's last day lies before a date.
func (g Grant) Ended(on deadline.Date) bool { return g.ValidTo != "" && g.ValidTo < on }

func (g Grant) plain() policy.Grant {
	return policy.Grant{Role: g.Role, Congress: g.Congress, Office: g.Office, Agency: g.Agency, Station: g.Station, Person: g.Person}
}

// Service is the way in to accounts.
type Service struct {
	db     *store.DB
	vault  *sealed.Vault
	hasher *hasher
}

// New makes the service; the vault seals the secrets of second factors.
func New(db *store.DB, vault *sealed.Vault) *Service {
	return &Service{db: db, vault: vault, hasher: newHasher()}
}

// Today is the date grants are judged by.
func (s *Service) Today() deadline.Date { return deadline.DateOf(s.db.Now()) }

// Find reads an account by the name it signs in with; none is errs.NotFound.
func (s *Service) Find(ctx context.Context, name string) (Account, error) {
	return store.One[Account](ctx, s.db.Reader(), "select "+store.Columns[Account]("")+" from account where name = $1", strings.ToLower(name))
}

// Get reads an account by id.
func (s *Service) Get(ctx context.Context, id string) (Account, error) {
	return readAccount(ctx, s.db.Reader(), id)
}

func readAccount(ctx context.Context, q store.Querier, id string) (Account, error) {
	return store.One[Account](ctx, q, "select "+store.Columns[Account]("")+" from account where id = $1", id)
}

// List reads all accounts by name.
func (s *Service) List(ctx context.Context) ([]Account, error) {
	return store.All[Account](ctx, s.db.Reader(), "select "+store.Columns[Account]("")+` from account order by name collate "C"`)
}

// Grants reads an account's own grants, past and future ones too.
func (s *Service) Grants(ctx context.Context, id string) ([]Grant, error) {
	return readGrants(ctx, s.db.Reader(), id)
}

func readGrants(ctx context.Context, q store.Querier, id string) ([]Grant, error) {
	return store.All[Grant](ctx, q, "select "+store.Columns[Grant]("")+" from account_grant where account_id = $1 order by id", id)
}

// Displays words account ids for people.
func Displays(ctx context.Context, q store.Querier) (map[string]string, error) {
	type row struct{ ID, Display string }
	rows, err := store.All[row](ctx, q, "select id, display from account")
	names := make(map[string]string, len(rows))
	for _, r := range rows {
		names[r.ID] = r.Display
	}
	return names, err
}

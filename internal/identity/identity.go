// Package identity keeps accounts: sign-in, sessions, tokens, and what each account is granted.
// It never decides what a role may do; package policy's table does.
package identity

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/zh"
)

//go:embed migrations
var migrations embed.FS

//go:embed messages
var messages embed.FS

// Schema is the tables of this room.
func Schema() store.Schema {
	return store.Schema{Room: "identity", FS: folder(migrations, "migrations")}
}

// Messages is the sentences of this room.
func Messages() fs.FS { return folder(messages, "messages") }

func folder(e embed.FS, name string) fs.FS {
	sub, err := fs.Sub(e, name)
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Lock-out (GB/T 22239-2019 asks for one; the numbers are our default).
const (
	maxFailures = 5
	lockedFor   = 15 * time.Minute
)

// Account is somebody, or some office, who can sign in.
type Account struct {
	ID          string `db:"id"`
	Name        string `db:"name"` // for signing in
	Display     string `db:"display"`
	Person      string `db:"person_id"`
	Password    string `db:"password"` // PHC string
	MustChange  bool   `db:"must_change"`
	Disabled    bool   `db:"disabled"`
	Failures    int64  `db:"failures"`
	LockedUntil int64  `db:"locked_until"`
	LastSignIn  int64  `db:"last_sign_in"`
	CreatedAt   int64  `db:"created_at"`
	Version     int64  `db:"version"`
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
	ValidFrom deadline.Date `db:"valid_from"`
	ValidTo   deadline.Date `db:"valid_to"`
}

// Service is the way in to accounts.
type Service struct {
	db     *store.DB
	hasher *hasher
}

// New makes the service.
func New(db *store.DB) *Service { return &Service{db: db, hasher: newHasher()} }

const accountColumns = "id, name, display, person_id, password, must_change, disabled, failures, locked_until, last_sign_in, created_at, version"

// Find reads an account by the name it signs in with; none is errs.NotFound.
func (s *Service) Find(ctx context.Context, name string) (Account, error) {
	return store.One[Account](ctx, s.db.Reader(), "select "+accountColumns+" from account where name = $1", strings.ToLower(name))
}

// Get reads an account by id.
func (s *Service) Get(ctx context.Context, id string) (Account, error) {
	return store.One[Account](ctx, s.db.Reader(), "select "+accountColumns+" from account where id = $1", id)
}

// List reads all accounts by name.
func (s *Service) List(ctx context.Context) ([]Account, error) {
	return store.All[Account](ctx, s.db.Reader(), "select "+accountColumns+` from account order by name collate "C"`)
}

// Grants reads an account's grants, past and future ones too.
func (s *Service) Grants(ctx context.Context, id string) ([]Grant, error) {
	return store.All[Grant](ctx, s.db.Reader(), "select "+store.Columns[Grant]("")+" from account_grant where account_id = $1 order by id", id)
}

// Actor is what an account may be today. A disabled one is errs.Unauthenticated.
func (s *Service) Actor(ctx context.Context, id string) (policy.Actor, Account, error) {
	a, err := s.Get(ctx, id)
	if err != nil || a.Disabled {
		return policy.Actor{}, a, errs.New(errs.Unauthenticated, "errs.unauthenticated").Because(err)
	}
	grants, err := s.Grants(ctx, id)
	if err != nil {
		return policy.Actor{}, a, err
	}
	actor := policy.Actor{Account: a.ID}
	today := deadline.DateOf(s.db.Now())
	for _, g := range grants {
		if g.ValidFrom <= today && (g.ValidTo == "" || g.ValidTo >= today) {
			actor.Grants = append(actor.Grants, policy.Grant{Role: g.Role, Congress: g.Congress, Office: g.Office, Agency: g.Agency, Station: g.Station, Person: g.Person})
		}
	}
	return actor, a, nil
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

// SignIn checks name and password and returns the account. Five failures in a row lock the account for a quarter of an hour;
// unknown names, wrong passwords and disabled accounts get the same answer, errs.Unauthenticated, in about the same time.
func (s *Service) SignIn(ctx context.Context, name, password string) (Account, error) {
	a, err := s.Find(ctx, name)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return a, err
	}
	now := s.db.Now()
	if store.Time(a.LockedUntil).After(now) {
		return a, errs.New(errs.Throttled, "identity.locked").With(errs.Args{"Minutes": int(lockedFor.Minutes())})
	}
	ok, err := s.hasher.verify(ctx, a.Password, password)
	if err != nil {
		return a, err
	}
	if !ok || a.Disabled {
		return a, s.failed(ctx, a)
	}
	_, err = s.change(ctx, policy.Actor{Account: a.ID}, a.ID, "sign_in", nil, func(a *Account) error {
		a.Failures, a.LockedUntil, a.LastSignIn = 0, 0, store.Micros(now)
		return nil
	})
	return a, err
}

// failed counts a failure, and locks at the fifth.
func (s *Service) failed(ctx context.Context, a Account) error {
	wrong := errs.New(errs.Unauthenticated, "identity.wrong")
	if a.ID == "" {
		return wrong
	}
	_, err := s.change(ctx, policy.Actor{Account: a.ID}, a.ID, "sign_in_failed", nil, func(a *Account) error {
		a.Failures++
		if a.Failures >= maxFailures {
			a.Failures, a.LockedUntil = 0, store.Micros(s.db.Now().Add(lockedFor))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return wrong
}

// change reads an account, lets fn change it, and writes it with an event; facts must hold nothing personal.
func (s *Service) change(ctx context.Context, actor policy.Actor, id, action string, facts map[string]any, fn func(a *Account) error) (Account, error) {
	var a Account
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var err error
		if a, err = store.One[Account](ctx, tx, "select "+accountColumns+" from account where id = $1", id); err != nil {
			return err
		}
		if err := fn(&a); err != nil {
			return err
		}
		a.Version++
		n, err := store.Update(ctx, tx, "account", a, new(store.Where).And("id = ? and version = ?", a.ID, a.Version-1))
		if err != nil {
			return err
		}
		if n != 1 {
			return errs.New(errs.Stale, "event.stale")
		}
		return record(ctx, tx, actor, a, action, facts)
	})
	return a, err
}

func record(ctx context.Context, tx *store.Tx, actor policy.Actor, a Account, action string, facts map[string]any) error {
	payload, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	role := string(policy.System)
	if len(actor.Grants) > 0 {
		role = string(actor.Grants[0].Role)
	}
	now := store.Micros(tx.Now())
	return event.Append(ctx, tx, event.Event{Stream: "account:" + a.ID, Seq: a.Version, ID: store.NewID(), Act: store.NewID(), Topic: "account:" + a.ID,
		Action: "account." + action, Account: actor.Account, Role: role, OccurredAt: now, RecordedAt: now, Payload: string(payload)})
}

// nameForm is what sign-in names may look like.
var nameForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,39}$`)

// NewAccount is what an account starts from.
type NewAccount struct {
	Name     string
	Display  string
	Person   string
	Password string // "" for a one-time password that must be changed
	Grants   []Grant
}

// Create makes an account and returns its one-time password, where none was given.
// Errors: errs.Invalid (a bad or taken name, a weak password, roles that must not be joined).
func (s *Service) Create(ctx context.Context, actor policy.Actor, n NewAccount) (Account, string, error) {
	n.Name = strings.ToLower(strings.TrimSpace(n.Name))
	display, err := zh.Clean(n.Display)
	if err != nil || display == "" || len(display) > 120 {
		return Account{}, "", errs.New(errs.Invalid, "identity.bad_display").At("display")
	}
	if !nameForm.MatchString(n.Name) {
		return Account{}, "", errs.New(errs.Invalid, "identity.bad_name").At("name")
	}
	password, once := n.Password, ""
	if password == "" {
		once = OneTime()
		password = once
	}
	if err := CheckPassword(n.Name, password); err != nil {
		return Account{}, "", err
	}
	if err := checkGrants(n.Grants); err != nil {
		return Account{}, "", err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return Account{}, "", err
	}
	a := Account{ID: store.NewID(), Name: n.Name, Display: display, Person: n.Person, Password: hash, MustChange: once != "", CreatedAt: store.Micros(s.db.Now()), Version: 1}
	err = s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := store.Insert(ctx, tx, "account", a); err != nil {
			if store.IsDuplicate(err) {
				return errs.New(errs.Invalid, "identity.name_taken").At("name")
			}
			return err
		}
		if err := writeGrants(ctx, tx, a.ID, n.Grants); err != nil {
			return err
		}
		return record(ctx, tx, actor, a, "create", facts(n.Grants))
	})
	return a, once, err
}

func checkGrants(grants []Grant) error {
	var plain []policy.Grant
	for _, g := range grants {
		if !g.Role.Valid() {
			return errs.New(errs.Invalid, "identity.bad_role").At("role")
		}
		missing := map[policy.Role]string{policy.Clerk: g.Office, policy.Street: g.Office, policy.Agency: g.Agency, policy.AgencyLead: g.Agency,
			policy.Supervision: g.Agency, policy.Station: g.Station, policy.Deputy: g.Person}
		if need, asked := missing[g.Role]; asked && need == "" || g.Role.Power() == policy.Business && g.Congress == "" {
			return errs.New(errs.Invalid, "identity.grant_incomplete").At("role")
		}
		plain = append(plain, policy.Grant{Role: g.Role})
	}
	return policy.CheckSeparation(plain)
}

func facts(grants []Grant) map[string]any {
	var roles []policy.Role
	for _, g := range grants {
		roles = append(roles, g.Role)
	}
	return map[string]any{"roles": roles}
}

func writeGrants(ctx context.Context, tx *store.Tx, account string, grants []Grant) error {
	if _, err := store.Exec(ctx, tx, "delete from account_grant where account_id = $1", account); err != nil {
		return err
	}
	for _, g := range grants {
		g.ID, g.Account = store.NewID(), account
		if err := store.Insert(ctx, tx, "account_grant", g); err != nil {
			return err
		}
	}
	return nil
}

// SetGrants replaces what an account is granted. Nobody changes his own.
func (s *Service) SetGrants(ctx context.Context, actor policy.Actor, id string, version int64, grants []Grant) error {
	if err := checkGrants(grants); err != nil {
		return err
	}
	if actor.Account == id {
		return errs.New(errs.Denied, "identity.own_grants")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		a, err := store.One[Account](ctx, tx, "select "+accountColumns+" from account where id = $1", id)
		if err != nil {
			return err
		}
		if version != 0 && version != a.Version {
			return errs.New(errs.Stale, "event.stale")
		}
		a.Version++
		if _, err := store.Update(ctx, tx, "account", a, new(store.Where).And("id = ?", id)); err != nil {
			return err
		}
		if err := writeGrants(ctx, tx, id, grants); err != nil {
			return err
		}
		return record(ctx, tx, actor, a, "grant", facts(grants))
	})
}

// ResetPassword gives an account a one-time password and ends its sessions.
func (s *Service) ResetPassword(ctx context.Context, actor policy.Actor, id string) (string, error) {
	once := OneTime()
	hash, err := s.hasher.hash(ctx, once)
	if err != nil {
		return "", err
	}
	_, err = s.change(ctx, actor, id, "reset_password", nil, func(a *Account) error {
		a.Password, a.MustChange, a.Failures, a.LockedUntil = hash, true, 0, 0
		return nil
	})
	if err != nil {
		return "", err
	}
	return once, s.RevokeAll(ctx, id, "")
}

// ChangePassword lets somebody change his own, knowing the old one, and ends his other sessions.
func (s *Service) ChangePassword(ctx context.Context, id, old, fresh, keepSession string) error {
	a, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	ok, err := s.hasher.verify(ctx, a.Password, old)
	if err != nil {
		return err
	}
	if !ok {
		return errs.New(errs.Invalid, "identity.old_password").At("old")
	}
	if err := CheckPassword(a.Name, fresh); err != nil {
		return err
	}
	if old == fresh {
		return errs.New(errs.Invalid, "identity.same_password").At("password")
	}
	hash, err := s.hasher.hash(ctx, fresh)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, policy.Actor{Account: id}, id, "change_password", nil, func(a *Account) error {
		a.Password, a.MustChange = hash, false
		return nil
	})
	if err != nil {
		return err
	}
	return s.RevokeAll(ctx, id, keepSession)
}

// SetDisabled closes an account, or opens it again; closing ends its sessions.
func (s *Service) SetDisabled(ctx context.Context, actor policy.Actor, id string, disabled bool) error {
	if actor.Account == id {
		return errs.New(errs.Denied, "identity.own_account")
	}
	action := "enable"
	if disabled {
		action = "disable"
	}
	if _, err := s.change(ctx, actor, id, action, nil, func(a *Account) error { a.Disabled = disabled; return nil }); err != nil || !disabled {
		return err
	}
	return s.RevokeAll(ctx, id, "")
}

// Bootstrap makes the first administrator of an empty deployment and returns the one-time password; "" where accounts exist.
func (s *Service) Bootstrap(ctx context.Context) (string, error) {
	n, err := store.One[int64](ctx, s.db.Reader(), "select count(*) from account")
	if err != nil || n > 0 {
		return "", err
	}
	_, once, err := s.Create(ctx, policy.Actor{Account: string(policy.System)}, NewAccount{Name: "admin", Display: "系统管理员", Grants: []Grant{{Role: policy.Admin}}})
	return once, err
}

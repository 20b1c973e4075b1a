package identity

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/zh"
)

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
	if err := checkGrants(n.Grants, s.Today()); err != nil {
		return Account{}, "", err
	}
	hash, once, err := s.firstPassword(ctx, n)
	if err != nil {
		return Account{}, "", err
	}
	now := store.Micros(s.db.Now())
	a := Account{ID: store.NewID(), Name: n.Name, Display: display, Person: n.Person, Password: hash, MustChange: once != "", CreatedAt: now, PasswordAt: now, Version: 1}
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
		return record(ctx, tx, actor, a, store.NewID(), deed{"create", facts(n.Grants)})
	})
	return a, once, err
}

// firstPassword hashes the password given, or a one-time one that is told.
func (s *Service) firstPassword(ctx context.Context, n NewAccount) (hash, once string, err error) {
	if n.Password == "" {
		once = OneTime()
		hash, err = s.hasher.hash(ctx, once)
		return hash, once, err
	}
	rules, err := s.Rules(ctx)
	if err != nil {
		return "", "", err
	}
	if err := rules.Check(n.Name, n.Password); err != nil {
		return "", "", err
	}
	hash, err = s.hasher.hash(ctx, n.Password)
	return hash, "", err
}

// checkGrants looks at every grant, and at those that have not ended together.
func checkGrants(grants []Grant, today deadline.Date) error {
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
		if g.ValidTo != "" && g.ValidTo < g.ValidFrom {
			return errs.New(errs.Invalid, "identity.ends_before_start").At("to")
		}
		if !g.Ended(today) {
			plain = append(plain, g.plain())
		}
	}
	return policy.CheckSeparation(plain)
}

// granted is a grant as events tell it: references only.
type granted struct {
	Role     policy.Role   `json:"role"`
	Congress string        `json:"congress,omitempty"`
	Office   string        `json:"office,omitempty"`
	Agency   string        `json:"agency,omitempty"`
	Station  string        `json:"station,omitempty"`
	Person   string        `json:"person,omitempty"`
	From     deadline.Date `json:"from,omitempty"`
	To       deadline.Date `json:"to,omitempty"`
}

func facts(grants []Grant) map[string]any {
	told := []granted{}
	for _, g := range grants {
		told = append(told, granted{g.Role, g.Congress, g.Office, g.Agency, g.Station, g.Person, g.ValidFrom, g.ValidTo})
	}
	return map[string]any{"grants": told}
}

// writeGrants makes an account's grants those of the list. A grant keeps its id, for what was lent under it names it.
func writeGrants(ctx context.Context, tx *store.Tx, account string, grants []Grant) error {
	old, err := readGrants(ctx, tx, account)
	if err != nil {
		return err
	}
	for _, g := range old {
		if _, err := store.Exec(ctx, tx, "delete from account_grant where id = $1", g.ID); err != nil {
			return err
		}
	}
	for _, g := range grants {
		if !slices.ContainsFunc(old, func(o Grant) bool { return o.ID == g.ID }) {
			g.ID = store.NewID()
		}
		g.Account = account
		if err := store.Insert(ctx, tx, "account_grant", g); err != nil {
			return err
		}
	}
	return nil
}

// SetGrants replaces what an account is granted; a version other than 0 must be the account's. Nobody changes his own.
func (s *Service) SetGrants(ctx context.Context, actor policy.Actor, id string, version int64, grants []Grant) error {
	return s.regrant(ctx, actor, id, version, func([]Grant) ([]Grant, error) { return grants, nil })
}

// EndGrant sets the last day of one grant; "" lets it go on. One whose first day is later is taken away. Nobody ends his own.
func (s *Service) EndGrant(ctx context.Context, actor policy.Actor, id, grant string, last deadline.Date) error {
	return s.regrant(ctx, actor, id, 0, func(grants []Grant) ([]Grant, error) {
		i := slices.IndexFunc(grants, func(g Grant) bool { return g.ID == grant })
		if i < 0 {
			return nil, errs.New(errs.NotFound, "identity.no_grant")
		}
		return until(grants, last, func(g Grant) bool { return g.ID == grant }), nil
	})
}

// until sets the last day of some grants; those that would begin later are left out.
func until(grants []Grant, last deadline.Date, which func(Grant) bool) []Grant {
	var kept []Grant
	for _, g := range grants {
		if which(g) {
			g.ValidTo = last
		}
		if g.ValidTo == "" || g.ValidTo >= g.ValidFrom {
			kept = append(kept, g)
		}
	}
	return kept
}

func (s *Service) regrant(ctx context.Context, actor policy.Actor, id string, version int64, fn func(old []Grant) ([]Grant, error)) error {
	if actor.Account == id {
		return errs.New(errs.Denied, "identity.own_grants")
	}
	_, err := s.change(ctx, actor, id, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
		if version != 0 && version != a.Version {
			return deed{}, errs.New(errs.Stale, "event.stale")
		}
		old, err := readGrants(ctx, tx, id)
		if err != nil {
			return deed{}, err
		}
		grants, err := fn(old)
		if err != nil {
			return deed{}, err
		}
		if err := checkGrants(grants, day(tx)); err != nil {
			return deed{}, err
		}
		return deed{"grant", facts(grants)}, writeGrants(ctx, tx, id, grants)
	})
	return err
}

// Yesterday is the last day of what ends at once.
func (s *Service) Yesterday() deadline.Date { return s.Today().AddDays(-1) }

// SetDisabled closes an account, or opens it again; closing ends its sessions.
func (s *Service) SetDisabled(ctx context.Context, actor policy.Actor, id string, disabled bool) error {
	if actor.Account == id {
		return errs.New(errs.Denied, "identity.own_account")
	}
	_, err := s.change(ctx, actor, id, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
		a.Disabled, a.ClosesOn = disabled, ""
		if !disabled {
			return deed{action: "enable"}, nil
		}
		return deed{action: "disable"}, endSessions(ctx, tx, id, "")
	})
	return err
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

package identity

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// MaxLending is how many days a grant can be lent for at most (our default).
const MaxLending = 90

// Delegation is a grant lent to a colleague for some days 委托代办. It is in force while its days last, nobody ended it,
// the grant holds, and the lender's account is open.
type Delegation struct {
	ID        string        `db:"id"`
	GrantID   string        `db:"grant_id"`
	Lender    string        `db:"lender_id"`
	Delegate  string        `db:"delegate_id"`
	ValidFrom deadline.Date `db:"valid_from"`
	ValidTo   deadline.Date `db:"valid_to"`
	CreatedAt int64         `db:"created_at"`
	EndedAt   int64         `db:"ended_at"` // 0: not ended before its last day
	EndedBy   string        `db:"ended_by"`
}

// Lent is a delegation with the grant it lends, which may have been taken away since: its role is empty then.
type Lent struct {
	Delegation
	Role      policy.Role   `db:"role"`
	GrantTo   deadline.Date `db:"grant_to"`
	Disabled  bool          `db:"disabled"`  // the lender's account
	LeavingOn deadline.Date `db:"closes_on"` // likewise
}

// State tells how the delegation stands on a date: "ended" by somebody, "over" by itself, "later", or "active".
func (l Lent) State(on deadline.Date) string {
	lender := Account{Disabled: l.Disabled, ClosesOn: l.LeavingOn}
	switch {
	case l.EndedAt != 0:
		return "ended"
	case l.ValidTo < on, l.Role == "", Grant{ValidTo: l.GrantTo}.Ended(on), lender.Closed(on):
		return "over"
	case l.ValidFrom > on:
		return "later"
	}
	return "active"
}

// Lending asks to lend a grant of one's own.
type Lending struct {
	Grant    string // id of the lender's own grant
	To       string // account
	From, On deadline.Date
}

// Lend lends one of the actor's own grants to another account, days From to On. What is lent to somebody cannot be lent on, for it is no grant of theirs.
// Errors: errs.Invalid (a grant that is not theirs or not lendable, a colleague it may not come to, days out of bounds).
func (s *Service) Lend(ctx context.Context, lender string, l Lending) (Delegation, error) {
	d := Delegation{ID: store.NewID(), GrantID: l.Grant, Lender: lender, Delegate: l.To, ValidFrom: l.From, ValidTo: l.On}
	if err := s.checkDays(d); err != nil {
		return d, err
	}
	_, err := s.change(ctx, own(lender), lender, func(ctx context.Context, tx *store.Tx, _ *Account) (deed, error) {
		d.CreatedAt = store.Micros(tx.Now())
		g, err := lendable(ctx, tx, d)
		if err != nil {
			return deed{}, err
		}
		told := map[string]any{"delegation": d.ID, "to": d.Delegate, "role": g.Role, "congress": g.Congress, "from_day": d.ValidFrom, "last_day": d.ValidTo}
		return deed{"lend", told}, store.Insert(ctx, tx, "delegation", d)
	})
	return d, err
}

func (s *Service) checkDays(d Delegation) error {
	switch {
	case d.ValidFrom < s.Today():
		return errs.New(errs.Invalid, "identity.day_past").At("from")
	case d.ValidTo < d.ValidFrom:
		return errs.New(errs.Invalid, "identity.ends_before_start").At("to_day")
	case d.ValidFrom.Until(d.ValidTo) >= MaxLending:
		return errs.New(errs.Invalid, "identity.lent_too_long").With(errs.Args{"Days": MaxLending}).At("to_day")
	}
	return nil
}

// lendable finds the grant and looks whether the colleague may have it.
func lendable(ctx context.Context, tx *store.Tx, d Delegation) (Grant, error) {
	mine, err := readGrants(ctx, tx, d.Lender)
	if err != nil {
		return Grant{}, err
	}
	i := slices.IndexFunc(mine, func(g Grant) bool { return g.ID == d.GrantID && !g.Ended(d.ValidFrom) })
	if i < 0 {
		return Grant{}, errs.New(errs.Invalid, "identity.no_grant").At("grant")
	}
	to, err := readAccount(ctx, tx, d.Delegate)
	if errs.Is(err, errs.NotFound) || err == nil && (to.Closed(d.ValidFrom) || to.ID == d.Lender) {
		return Grant{}, errs.New(errs.Invalid, "identity.no_colleague").At("to")
	}
	if err != nil {
		return Grant{}, err
	}
	theirs, err := readGrants(ctx, tx, to.ID)
	if err != nil {
		return Grant{}, err
	}
	return mine[i], policy.CheckLending(mine[i].plain(), inForce(asHeld(theirs), day(tx)))
}

func asHeld(grants []Grant) []held {
	rows := make([]held, len(grants))
	for i, g := range grants {
		rows[i].Grant = g
	}
	return rows
}

// Colleagues lists the open accounts any of somebody's own grants could be lent to, by display name.
func (s *Service) Colleagues(ctx context.Context, lender string) ([]Account, error) {
	accounts, err := s.List(ctx)
	if err != nil {
		return nil, err
	}
	all, err := store.All[Grant](ctx, s.db.Reader(), "select "+store.Columns[Grant]("")+" from account_grant order by id")
	if err != nil {
		return nil, err
	}
	held := map[string][]Grant{}
	for _, g := range all {
		held[g.Account] = append(held[g.Account], g)
	}
	today := s.Today()
	return slices.DeleteFunc(accounts, func(a Account) bool {
		theirs := inForce(asHeld(held[a.ID]), today)
		return a.ID == lender || a.Closed(today) || !slices.ContainsFunc(held[lender], func(g Grant) bool {
			return !g.Ended(today) && policy.CheckLending(g.plain(), theirs) == nil
		})
	}), nil
}

// Delegations lists what an account lends and what is lent to it, newest first.
func (s *Service) Delegations(ctx context.Context, id string) ([]Lent, error) {
	return store.All[Lent](ctx, s.db.Reader(), "select "+store.Columns[Delegation]("d.")+`, coalesce(g.role, '') as role, coalesce(g.valid_to, '') as grant_to, a.disabled, a.closes_on
		from delegation d join account a on a.id = d.lender_id left join account_grant g on g.id = d.grant_id where d.lender_id = $1 or d.delegate_id = $1 order by d.id desc`, id)
}

// EndDelegation ends one before its last day: the lender takes it back, the delegate gives it back, or whoever manages accounts ends it.
func (s *Service) EndDelegation(ctx context.Context, actor policy.Actor, id string, manages bool) error {
	d, err := store.One[Delegation](ctx, s.db.Reader(), "select "+store.Columns[Delegation]("")+" from delegation where id = $1", id)
	if err == nil && !manages && actor.Account != d.Lender && actor.Account != d.Delegate {
		err = errs.New(errs.NotFound, "identity.no_delegation")
	}
	if err != nil {
		return err
	}
	_, err = s.change(ctx, actor, d.Lender, func(ctx context.Context, tx *store.Tx, _ *Account) (deed, error) {
		n, err := store.Exec(ctx, tx, "update delegation set ended_at = $1, ended_by = $2 where id = $3 and ended_at = 0", store.Micros(tx.Now()), actor.Account, id)
		if err == nil && n != 1 {
			err = errs.New(errs.Conflict, "identity.delegation_over")
		}
		return deed{"end_lending", map[string]any{"delegation": id, "to": d.Delegate}}, err
	})
	return err
}

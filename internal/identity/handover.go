package identity

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/zh"
)

// How many days ahead a hand-over can be set, and how many back it can be dated (our default).
const (
	maxAhead = 90
	maxBack  = 31
)

// Reasons for which somebody leaves a post.
func Reasons() []string { return []string{"moved", "retired", "left", "other"} }

// Handover is what one account left to another 工作移交.
type Handover struct {
	ID     string        `db:"id"`
	From   string        `db:"from_id"`
	To     string        `db:"to_id"`
	On     deadline.Date `db:"on_date"` // first day the other has the grants
	Reason string        `db:"reason"`
	Note   string        `db:"note"` // free text: never in the event
	By     string        `db:"by_id"`
	At     int64         `db:"at"`
}

// HandOver gives an account's grants to another from a day on and closes the first from that day; its acts stay its own in every record.
// What belongs to the person and not to the post (a deputy's mandate) ends and is not handed over.
// Errors: errs.Denied (one's own account), Invalid (a reason or day that cannot be, an account that is closed, nothing to hand over, powers that would mix).
func (s *Service) HandOver(ctx context.Context, actor policy.Actor, h Handover) error {
	note, err := zh.Clean(h.Note)
	if err != nil {
		return err
	}
	h.ID, h.Note, h.By = store.NewID(), note, actor.Account
	if err := s.checkHandover(actor, h); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		h.At = store.Micros(tx.Now())
		var moved []Grant
		if _, err := alter(ctx, tx, actor, h.From, h.ID, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
			var err error
			moved, err = leave(ctx, tx, a, h)
			return h.deed("hand_over", "to", h.To, moved), err
		}); err != nil {
			return err
		}
		if _, err := alter(ctx, tx, actor, h.To, h.ID, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
			return h.deed("take_over", "from", h.From, moved), takeOver(ctx, tx, a, h, moved)
		}); err != nil {
			return err
		}
		return store.Insert(ctx, tx, "handover", h)
	})
}

func (s *Service) checkHandover(actor policy.Actor, h Handover) error {
	switch {
	case actor.Account == h.From:
		return errs.New(errs.Denied, "identity.own_account")
	case actor.Account == h.To:
		return errs.New(errs.Denied, "identity.own_grants")
	case h.From == h.To:
		return errs.New(errs.Invalid, "identity.no_colleague").At("to")
	case !slices.Contains(Reasons(), h.Reason):
		return errs.New(errs.Invalid, "identity.bad_reason").At("reason")
	case h.On > s.Today().AddDays(maxAhead) || h.On < s.Today().AddDays(-maxBack):
		return errs.New(errs.Invalid, "identity.handover_day").With(errs.Args{"Back": maxBack, "Ahead": maxAhead}).At("on")
	}
	return nil
}

func (h Handover) deed(action, other, account string, moved []Grant) deed {
	told := facts(moved)
	told["handover"], told[other], told["on"], told["reason"] = h.ID, account, h.On, h.Reason
	return deed{action, told}
}

// leave ends the grants of who leaves the day before, closes the account, and tells which grants go on with the other.
func leave(ctx context.Context, tx *store.Tx, a *Account, h Handover) ([]Grant, error) {
	if a.Disabled {
		return nil, errs.New(errs.Conflict, "identity.closed_already")
	}
	grants, err := readGrants(ctx, tx, a.ID)
	if err != nil {
		return nil, err
	}
	var moved []Grant
	for _, g := range grants {
		if !g.Ended(h.On) && !g.Role.Personal() {
			moved = append(moved, g)
		}
	}
	if len(moved) == 0 {
		return nil, errs.New(errs.Invalid, "identity.nothing_to_hand_over").At("to")
	}
	ending := until(grants, h.On.AddDays(-1), func(g Grant) bool { return !g.Ended(h.On) })
	if err := writeGrants(ctx, tx, a.ID, ending); err != nil {
		return nil, err
	}
	a.ClosesOn = h.On
	if h.On > day(tx) {
		return moved, nil
	}
	a.Disabled = true
	return moved, endSessions(ctx, tx, a.ID, "")
}

// takeOver adds the grants to those the other has; one it has already is not doubled.
func takeOver(ctx context.Context, tx *store.Tx, a *Account, h Handover, moved []Grant) error {
	if a.Closed(h.On) {
		return errs.New(errs.Invalid, "identity.no_colleague").At("to")
	}
	grants, err := readGrants(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for _, g := range moved {
		g.ID, g.ValidFrom = "", max(g.ValidFrom, h.On)
		if !slices.ContainsFunc(grants, func(have Grant) bool {
			return have.plain() == g.plain() && have.Holds(g.ValidFrom) && have.ValidTo == ""
		}) {
			grants = append(grants, g)
		}
	}
	if err := checkGrants(grants, day(tx)); err != nil {
		return err
	}
	return writeGrants(ctx, tx, a.ID, grants)
}

// Handovers lists what an account left to others and took over, newest first.
func (s *Service) Handovers(ctx context.Context, id string) ([]Handover, error) {
	return store.All[Handover](ctx, s.db.Reader(), "select "+store.Columns[Handover]("")+" from handover where from_id = $1 or to_id = $1 order by id desc", id)
}

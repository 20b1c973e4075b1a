package identity

import (
	"context"
	"encoding/json"

	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Self is the role in events of what people do to their own account; pages word it like a role.
const Self = "self"

// Actions lists what events of accounts can say was done, each recorded as "account.<action>".
func Actions() []string {
	return []string{"create", "sign_in", "sign_in_failed", "locked", "change_password", "reset_password", "begin_factor", "factor_on", "factor_off", "renew_recovery",
		"reset_factor", "grant", "lend", "end_lending", "hand_over", "take_over", "disable", "enable", "end_session", "end_sessions", "create_token", "revoke_token"}
}

// deed is what was done to an account, as its event tells it. Facts hold nothing personal and no secret.
type deed struct {
	action string // recorded as "account.<action>"
	facts  map[string]any
}

// alteration changes an account read in the transaction and tells the deed.
type alteration func(ctx context.Context, tx *store.Tx, a *Account) (deed, error)

// change alters one account and records the deed, in one transaction.
func (s *Service) change(ctx context.Context, actor policy.Actor, id string, fn alteration) (Account, error) {
	var a Account
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var err error
		a, err = alter(ctx, tx, actor, id, store.NewID(), fn)
		return err
	})
	return a, err
}

// alter is change within a transaction; events of one act share its id.
func alter(ctx context.Context, tx *store.Tx, actor policy.Actor, id, act string, fn alteration) (Account, error) {
	a, err := readAccount(ctx, tx, id)
	if err != nil {
		return a, err
	}
	done, err := fn(ctx, tx, &a)
	if err != nil {
		return a, err
	}
	a.Version++
	n, err := store.Update(ctx, tx, "account", a, new(store.Where).And("id = ? and version = ?", a.ID, a.Version-1))
	if err == nil && n != 1 {
		err = errs.New(errs.Stale, "event.stale")
	}
	if err != nil {
		return a, err
	}
	return a, record(ctx, tx, actor, a, act, done)
}

func record(ctx context.Context, tx *store.Tx, actor policy.Actor, a Account, act string, done deed) error {
	payload, err := json.Marshal(done.facts)
	if err != nil {
		return err
	}
	now, stream := store.Micros(tx.Now()), Stream(a.ID)
	return event.Append(ctx, tx, event.Event{Stream: stream, Seq: a.Version, ID: store.NewID(), Act: act, Topic: stream,
		Action: "account." + done.action, Account: actor.Account, Role: roleOf(actor, a), OccurredAt: now, RecordedAt: now, Payload: string(payload)})
}

// Stream names an account's stream in the record.
func Stream(account string) string { return "account:" + account }

func roleOf(actor policy.Actor, a Account) string {
	switch {
	case actor.Account == a.ID:
		return Self
	case len(actor.Grants) > 0:
		return string(actor.Grants[0].Role)
	}
	return string(policy.System)
}

// own is somebody acting on his own account.
func own(id string) policy.Actor { return policy.Actor{Account: id} }

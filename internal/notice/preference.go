package notice

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"

	"lianxin/internal/deliver"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Preference is what an account wants sent outside, and where. It prints and logs as "[sealed]".
type Preference struct {
	Channel string // "" for none
	Address string
	Topics  []string
	Digest  bool // once a working day instead of one by one
	Version int64
}

// String hides the preference.
func (Preference) String() string { return "[sealed]" }

// GoString hides the preference.
func (Preference) GoString() string { return "[sealed]" }

// LogValue hides the preference.
func (Preference) LogValue() slog.Value { return slog.StringValue("[sealed]") }

// preferenceRow is a row of the table.
type preferenceRow struct {
	Account   string               `db:"account_id"`
	Channel   string               `db:"channel"`
	Sealed    string               `db:"sealed"` // the address
	Topics    store.JSON[[]string] `db:"topics"`
	Digest    bool                 `db:"digest"`
	ChangedAt int64                `db:"changed_at"`
	Version   int64                `db:"version"`
}

func place(account string) string { return "notice/" + account }

// Preference reads an account's; one never set sends nothing outside.
func (s *Service) Preference(ctx context.Context, account string) (Preference, error) {
	return s.preference(ctx, s.db.Reader(), account)
}

func (s *Service) preference(ctx context.Context, q store.Querier, account string) (Preference, error) {
	row, err := store.One[preferenceRow](ctx, q, "select "+store.Columns[preferenceRow]("")+" from notice_preference where account_id = $1", account)
	if errs.Is(err, errs.NotFound) {
		return Preference{}, nil
	}
	if err != nil {
		return Preference{}, err
	}
	p := Preference{Channel: row.Channel, Topics: row.Topics.V, Digest: row.Digest, Version: row.Version}
	if p.Address, err = s.vault.Open(place(account), row.Sealed); err != nil {
		slog.ErrorContext(ctx, "notice: an address does not open, its account is told in the house only", "account", account, "error", err)
		p.Channel = ""
	}
	return p, nil
}

// SetPreference keeps the actor's own, with an event that does not name the address.
// Errors: errs.Invalid (a topic, channel or address that cannot be), errs.Stale.
func (s *Service) SetPreference(ctx context.Context, actor policy.Actor, p Preference) error {
	if p.Channel == "" {
		p.Address, p.Topics = "", nil
	}
	if err := p.check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		old, err := s.preference(ctx, tx, actor.Account)
		if err != nil {
			return err
		}
		if old.Version != p.Version {
			return errs.New(errs.Stale, "event.stale")
		}
		text, err := s.vault.Seal(place(actor.Account), p.Address)
		if err != nil {
			return err
		}
		row := preferenceRow{Account: actor.Account, Channel: p.Channel, Sealed: text, Digest: p.Digest, ChangedAt: store.Micros(tx.Now()), Version: p.Version + 1}
		row.Topics.V = p.Topics
		_, err = store.Exec(ctx, tx, `insert into notice_preference (account_id, channel, sealed, topics, digest, changed_at, version) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (account_id) do update set channel = excluded.channel, sealed = excluded.sealed, topics = excluded.topics, digest = excluded.digest,
			changed_at = excluded.changed_at, version = excluded.version`, row.Account, row.Channel, row.Sealed, row.Topics, row.Digest, row.ChangedAt, row.Version)
		if err != nil {
			return err
		}
		return record(ctx, tx, actor, row)
	})
}

func (p Preference) check() error {
	if p.Channel == "" {
		return nil
	}
	if err := deliver.CheckAddress(p.Channel, p.Address); err != nil {
		return err
	}
	if len(p.Topics) == 0 {
		return errs.New(errs.Invalid, "notice.no_topic").At("topics")
	}
	for _, t := range p.Topics {
		if !slices.Contains(Topics(), t) {
			return errs.New(errs.Invalid, "notice.bad_topic").At("topics")
		}
	}
	return nil
}

func record(ctx context.Context, tx *store.Tx, actor policy.Actor, row preferenceRow) error {
	payload, err := json.Marshal(map[string]any{"channel": row.Channel, "topics": row.Topics.V, "digest": row.Digest})
	if err != nil {
		return err
	}
	role := string(policy.System)
	if len(actor.Grants) > 0 {
		role = string(actor.Grants[0].Role)
	}
	now, stream := store.Micros(tx.Now()), "notice:"+row.Account
	return event.Append(ctx, tx, event.Event{Stream: stream, Seq: row.Version, ID: store.NewID(), Act: store.NewID(), Topic: stream,
		Action: "notice.set_preference", Account: actor.Account, Role: role, OccurredAt: now, RecordedAt: now, Payload: string(payload)})
}

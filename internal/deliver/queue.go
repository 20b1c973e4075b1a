package deliver

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Letter is a message with its address. It prints and logs as "[sealed]".
type Letter struct {
	To      string `json:"to"` // e-mail address, telephone number, or the name a webhook's receiver knows
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// String hides the letter.
func (Letter) String() string { return "[sealed]" }

// GoString hides the letter.
func (Letter) GoString() string { return "[sealed]" }

// LogValue hides the letter.
func (Letter) LogValue() slog.Value { return slog.StringValue("[sealed]") }

// Message is what is to be delivered.
type Message struct {
	Key     string // queued once under it, however often it is asked
	Channel string
	Purpose string // what it is for, worded under "deliver.purpose.<purpose>"
	Letter  Letter
	At      time.Time // not before; zero: now
	Urgent  bool      // goes out at any hour
}

// CheckAddress refuses what cannot be an address of the channel.
func CheckAddress(channel, to string) error {
	ok := false
	switch channel {
	case Email:
		a, err := mail.ParseAddress(to)
		ok = err == nil && a.Address == to && len(to) <= 254
	case SMS:
		ok = telephone(to)
	case Webhook:
		ok = to != "" && utf8.RuneCountInString(to) <= 120 && !strings.ContainsFunc(to, func(r rune) bool { return r < ' ' })
	}
	if !ok {
		return errs.New(errs.Invalid, "deliver.bad_address."+channel).At("address")
	}
	return nil
}

// telephone takes five to fifteen digits, with spaces, hyphens and a leading plus.
func telephone(to string) bool {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimPrefix(to, "+"))
	return len(digits) >= 5 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == ""
}

func place(id string) string { return "deliver/" + id }

// Queue keeps a message for delivery in the caller's transaction. It reports false where its key was queued before.
func (s *Service) Queue(ctx context.Context, tx *store.Tx, m Message) (bool, error) {
	if !slices.Contains(Channels(), m.Channel) {
		return false, errs.New(errs.Invalid, "deliver.no_channel")
	}
	id := store.NewID()
	plain, err := json.Marshal(m.Letter)
	if err != nil {
		return false, err
	}
	text, err := s.vault.Seal(place(id), string(plain))
	if err != nil {
		return false, err
	}
	now := store.Micros(tx.Now())
	n, err := store.Exec(ctx, tx, `insert into delivery (id, dedup, channel, purpose, sealed, urgent, status, created_at, due_at, attempts, tries_left, claim, lease_until, done_at, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, '', 0, 0, 0) on conflict (dedup) do nothing`,
		id, m.Key, m.Channel, m.Purpose, text, m.Urgent, Queued, now, max(now, store.Micros(m.At)), s.opts.Tries)
	return n == 1, err
}

// Test queues a message of the administrator's own to an address he names, at any hour.
func (s *Service) Test(ctx context.Context, channel string, l Letter) error {
	if err := CheckAddress(channel, l.To); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := s.Channel(ctx, tx, channel)
		if err != nil {
			return err
		}
		if !c.Enabled {
			return errs.New(errs.Conflict, "deliver.channel_off").At("address")
		}
		_, err = s.Queue(ctx, tx, Message{Key: "test:" + store.NewID(), Channel: channel, Purpose: "test", Letter: l, Urgent: true})
		return err
	})
}

// Retry gives a delivery that is stuck its full number of attempts again, and the first at once.
func (s *Service) Retry(ctx context.Context, actor policy.Actor, id string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, err := store.One[Delivery](ctx, tx, "select "+store.Columns[Delivery]("")+" from delivery where id = $1", id)
		if err != nil {
			return err
		}
		n, err := store.Exec(ctx, tx, `update delivery set status = $1, tries_left = $2, due_at = $3, done_at = 0, version = version + 1
			where id = $4 and status = $5 and version = $6`, Queued, s.opts.Tries, store.Micros(tx.Now()), id, Stuck, d.Version)
		if err != nil {
			return err
		}
		if n != 1 {
			return errs.New(errs.Conflict, "deliver.not_stuck")
		}
		return record(ctx, tx, actor, id, d.Version+1, "retry", map[string]any{"channel": d.Channel})
	})
}

// Sweep forgets addresses and words of what was sent or given up before an instant; the rows and their attempts stay.
func (s *Service) Sweep(ctx context.Context, before time.Time) (int64, error) {
	var n int64
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var err error
		n, err = store.Exec(ctx, tx, "update delivery set sealed = '' where sealed <> '' and status in ($1, $2) and done_at > 0 and done_at < $3", Sent, Stuck, store.Micros(before))
		return err
	})
	return n, err
}

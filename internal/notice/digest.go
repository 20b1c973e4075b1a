package notice

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/deliver"
	"lianxin/internal/store"
)

// Digests queues what waits for a digest, a letter for each account, at most limit of them, and tells how many. It does so within working hours only,
// and takes what was recorded before they began, so that an account gets one a working day.
func (s *Service) Digests(ctx context.Context, limit int) (int, error) {
	hours, err := ReadHours(ctx, s.db.Reader())
	if err != nil || !hours.Open(s.db.Now()) {
		return 0, err
	}
	began := store.Micros(hours.began(s.db.Now()))
	accounts, err := store.All[string](ctx, s.db.Reader(), "select distinct account_id from notice where channel <> 'in_app' and queued_at = 0 and at < $1 order by account_id limit $2", began, limit)
	if err != nil {
		return 0, err
	}
	sent := 0
	for _, account := range accounts {
		queued, err := s.digestOf(ctx, account, began)
		if err != nil {
			return sent, err
		}
		if queued {
			sent++
		}
	}
	return sent, nil
}

// digestOf takes an account's waiting notices and queues those not read meanwhile. A second process finds none left.
func (s *Service) digestOf(ctx context.Context, account string, before int64) (bool, error) {
	queued := false
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		queued = false
		list, err := store.All[Notice](ctx, tx, "update notice set queued_at = $1 where account_id = $2 and channel <> 'in_app' and queued_at = 0 and at < $3 returning "+
			store.Columns[Notice](""), store.Micros(tx.Now()), account, before)
		if err != nil || len(list) == 0 {
			return err
		}
		p, err := s.wanted(ctx, tx, account)
		if err != nil || p.Channel == "" {
			return err
		}
		unread, err := store.All[string](ctx, tx, "select event_id from notice where account_id = $1 and channel = 'in_app' and read_at = 0", account)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(n Notice) bool { return !slices.Contains(unread, n.Event) })
		if len(list) == 0 {
			return nil
		}
		queued, err = s.queueDigest(ctx, tx, p, list)
		return err
	})
	return queued, err
}

func (s *Service) queueDigest(ctx context.Context, tx *store.Tx, p Preference, list []Notice) (bool, error) {
	slices.SortFunc(list, func(a, b Notice) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	l, err := s.digest(ctx, tx, list)
	if err != nil {
		return false, err
	}
	l.To = p.Address
	return s.deliver.Queue(ctx, tx, deliver.Message{Key: "digest:" + list[0].ID, Channel: p.Channel, Purpose: "digest", Letter: l})
}

// wanted is where an account wants letters now; its channel is "" where that is nowhere: not wanted any more, switched off, or the account closed.
func (s *Service) wanted(ctx context.Context, tx *store.Tx, account string) (Preference, error) {
	p, err := s.preference(ctx, tx, account)
	if err != nil || p.Channel == "" {
		return p, err
	}
	on, err := deliver.Enabled(ctx, tx)
	if err != nil || !slices.Contains(on, p.Channel) {
		return Preference{}, err
	}
	today := string(deadline.DateOf(tx.Now()))
	open, err := store.One[int](ctx, tx, "select count(*) from account where id = $1 and not disabled and (closes_on = '' or closes_on > $2)", account, today)
	if err != nil || open == 0 {
		return Preference{}, err
	}
	return p, nil
}

package deliver

import (
	"context"
	"encoding/json"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/store"
)

// Delivery is one message on its way, without address and words. Instants are microseconds UTC.
type Delivery struct {
	ID         string `db:"id"`
	Channel    string `db:"channel"`
	Purpose    string `db:"purpose"`
	Urgent     bool   `db:"urgent"`
	Status     string `db:"status"`
	CreatedAt  int64  `db:"created_at"`
	DueAt      int64  `db:"due_at"` // when the next attempt may start
	Attempts   int64  `db:"attempts"`
	TriesLeft  int64  `db:"tries_left"`
	LeaseUntil int64  `db:"lease_until"`
	DoneAt     int64  `db:"done_at"`
	Version    int64  `db:"version"` // how often an administrator has tried again
}

// Outcomes of an attempt.
const (
	Running = "running" // not ended yet
	Taken   = "taken"   // by the channel
	Failed  = "failed"
	Lost    = "lost" // the process that made it has ended, or took longer than its lease
)

// Attempt is one try.
type Attempt struct {
	Delivery  string `db:"delivery_id"`
	N         int64  `db:"n"`
	StartedAt int64  `db:"started_at"`
	EndedAt   int64  `db:"ended_at"`
	Outcome   string `db:"outcome"`
	ErrorKind string `db:"error_kind"` // worded under "deliver.error.<kind>"
	Code      int64  `db:"code"`       // answered by the other side; 0 for none
}

// Row is a delivery as administrators see it.
type Row struct {
	Delivery
	Masked string // enough of the address to tell one from another, and no more
	Tried  []Attempt
}

// Filter narrows a list; zero values do not.
type Filter struct {
	Status  string
	Channel string
	Before  string // id to page on from, newest first
	Limit   int
}

// List reads deliveries newest first, each with its attempts.
func (s *Service) List(ctx context.Context, f Filter) ([]Row, error) {
	var w store.Where
	if f.Status != "" {
		w.And("status = ?", f.Status)
	}
	if f.Channel != "" {
		w.And("channel = ?", f.Channel)
	}
	if f.Before != "" {
		w.And("id < ?", f.Before)
	}
	type sealedRow struct {
		Delivery
		Sealed string `db:"sealed"`
	}
	list, err := store.All[sealedRow](ctx, s.db.Reader(), "select "+store.Columns[sealedRow]("")+" from delivery"+w.String()+
		" order by id desc limit "+w.Bind(f.Limit), w.Args()...)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(list))
	for i, d := range list {
		rows[i] = Row{Delivery: d.Delivery}
		if l, err := s.open(d.ID, d.Sealed); err == nil { // one that was swept, or sealed with lost keys, shows none
			rows[i].Masked = Mask(d.Channel, l.To)
		}
	}
	return rows, s.addAttempts(ctx, rows)
}

func (s *Service) addAttempts(ctx context.Context, rows []Row) error {
	at := map[string]*Row{}
	var ids []string
	for i := range rows {
		at[rows[i].ID] = &rows[i]
		ids = append(ids, rows[i].ID)
	}
	w := new(store.Where).In("delivery_id", ids...)
	tried, err := store.All[Attempt](ctx, s.db.Reader(), "select "+store.Columns[Attempt]("")+" from delivery_attempt"+w.String()+" order by n", w.Args()...)
	for _, a := range tried {
		at[a.Delivery].Tried = append(at[a.Delivery].Tried, a)
	}
	return err
}

// Counts tells how many deliveries stand in each status.
func (s *Service) Counts(ctx context.Context) (map[string]int, error) {
	type count struct {
		Status string
		N      int
	}
	rows, err := store.All[count](ctx, s.db.Reader(), "select status, count(*) as n from delivery group by status")
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Status] = r.N
	}
	return counts, err
}

func (s *Service) open(id, text string) (Letter, error) {
	var l Letter
	if text == "" {
		return l, errs.New(errs.NotFound, "deliver.swept")
	}
	plain, err := s.vault.Open(place(id), text)
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal([]byte(plain), &l)
}

// Mask leaves of an address what tells one from another: the domain of an e-mail address, the last two digits of a number, the first letter of a name.
func Mask(channel, to string) string {
	const stars = "***"
	switch channel {
	case Email:
		_, domain, _ := strings.Cut(to, "@")
		return stars + "@" + domain
	case SMS:
		return stars + to[max(0, len(to)-2):]
	}
	for _, r := range to {
		return string(r) + stars
	}
	return stars
}

// Package event is the append-only record of what happened, with the sequencer that puts it in one order and the consumers that follow it.
// It never changes or deletes a row of the record, and never sees personal data: payloads carry decisions and commitments to texts, not texts.
package event

import (
	"context"
	"embed"
	"strings"
	"unicode/utf8"

	"lianxin/internal/errs"
	"lianxin/internal/store"
)

//go:embed migrations
var migrations embed.FS

// Schema is the tables of the record.
func Schema() store.Schema {
	return store.Schema{Room: "event", FS: migrations}
}

// Event is one thing that happened 办理记录, kept for ever.
type Event struct {
	Stream     string `json:"stream"`      // the aggregate, such as "case:<id>"
	Seq        int64  `json:"seq"`         // the aggregate's version after it; 1 is the first
	ID         string `json:"id"`          // UUIDv7
	Act        string `json:"act"`         // shared by the events of one transaction
	Topic      string `json:"topic"`       // whose story it belongs to: a case's id joins the streams of its assignments
	CongressID string `json:"congress"`    // congress whose act it is; empty for the deployment's own
	Action     string `json:"action"`      // "<kind>.<action>"
	Account    string `json:"account"`     // who acted
	Role       string `json:"role"`        // in which role
	OccurredAt int64  `json:"occurred_at"` // microseconds UTC; the claimed time where it was entered later
	RecordedAt int64  `json:"recorded_at"` // microseconds UTC
	Payload    string `json:"payload"`     // JSON of the room that wrote it
}

const columns = "stream, seq, id, act, topic, congress_id, action, account, role, occurred_at, recorded_at, payload"

// Append writes events in the caller's transaction, each waiting for its place in the common order.
// A stream that already has the number has moved on since it was read: errs.Stale.
func Append(ctx context.Context, tx *store.Tx, events ...Event) error {
	if len(events) == 0 {
		return nil
	}
	all, pending := new(store.Where), new(store.Where)
	rows, waiting := make([]string, len(events)), make([]string, len(events))
	for i, e := range events {
		rows[i] = all.Row(e.Stream, e.Seq, e.ID, e.Act, e.Topic, e.CongressID, e.Action, e.Account, e.Role, e.OccurredAt, e.RecordedAt, e.Payload)
		waiting[i] = pending.Row(e.Stream, e.Seq, e.RecordedAt)
	}
	_, err := store.Exec(ctx, tx, "insert into event ("+columns+") values "+strings.Join(rows, ", "), all.Args()...)
	if store.IsDuplicate(err) {
		return errs.New(errs.Stale, "event.stale").Because(err)
	}
	if err != nil {
		return err
	}
	_, err = store.Exec(ctx, tx, "insert into event_pending (stream, seq, recorded_at) values "+strings.Join(waiting, ", "), pending.Args()...)
	return err
}

// Stream reads a stream from its first event on.
func Stream(ctx context.Context, q store.Querier, stream string) ([]Event, error) {
	return store.All[Event](ctx, q, "select "+columns+" from event where stream = $1 order by seq", stream)
}

// Topic reads the whole story of a topic in the order it was recorded.
func Topic(ctx context.Context, q store.Querier, topic string) ([]Event, error) {
	return store.All[Event](ctx, q, "select "+columns+" from event where topic = $1 order by recorded_at, id", topic)
}

// Filter narrows a reading of the record; zero values do not narrow.
type Filter struct {
	Congress string
	Account  string
	Action   string
	Topic    string
	Prefixes []string // beginnings of actions, any of which will do
	Since    int64    // recorded at or after, microseconds UTC
	Until    int64    // recorded before, microseconds UTC
	Before   string   // event id to page on from, newest first
	Limit    int
}

// List reads the record newest first, for auditors.
func List(ctx context.Context, q store.Querier, f Filter) ([]Event, error) {
	var w store.Where
	for column, v := range map[string]string{"congress_id": f.Congress, "account": f.Account, "action": f.Action, "topic": f.Topic} {
		if v != "" {
			w.And(column+" = ?", v)
		}
	}
	if len(f.Prefixes) > 0 {
		var either []string
		for _, p := range f.Prefixes {
			either = append(either, "substr(action, 1, "+w.Bind(utf8.RuneCountInString(p))+") = "+w.Bind(p))
		}
		w.And(strings.Join(either, " or "))
	}
	if f.Since != 0 {
		w.And("recorded_at >= ?", f.Since)
	}
	if f.Until != 0 {
		w.And("recorded_at < ?", f.Until)
	}
	if f.Before != "" {
		w.And("id < ?", f.Before)
	}
	limit := w.Bind(f.Limit)
	return store.All[Event](ctx, q, "select "+columns+" from event"+w.String()+" order by id desc limit "+limit, w.Args()...)
}

// Any reports whether anything has ever happened.
func Any(ctx context.Context, q store.Querier) (bool, error) {
	n, err := store.One[int64](ctx, q, "select count(*) from (select 1 from event limit 1) e")
	return n > 0, err
}

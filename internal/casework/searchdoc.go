package casework

import (
	"context"
	"slices"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/search"
	"lianxin/internal/store"
)

// Kinds of document that cases are indexed as. They never share a document: what is public is found by published words alone.
const (
	SearchKind = "case"   // everything said of a case, for staff
	PublicKind = "public" // what was published of it, for anybody
)

// Indexer follows the record and keeps the staff's full-text index of cases: number, words, place, answers and what was said of them.
func (s *Service) Indexer() event.Consumer {
	return event.Consumer{Name: "search.case", Handle: func(ctx context.Context, tx *store.Tx, events []event.Placed) error {
		return eachCase(events, func(e event.Placed) bool {
			return strings.HasPrefix(e.Stream, "case:") || strings.HasPrefix(e.Stream, "assignment:")
		}, func(id string) error { return s.index(ctx, tx, id) })
	}}
}

// PublicIndexer follows the record and keeps the public's full-text index of what stands published now.
// It has a cursor of its own, so that a deployment older than it is indexed from the record's beginning.
func (s *Service) PublicIndexer() event.Consumer {
	return event.Consumer{Name: "search.public", Handle: func(ctx context.Context, tx *store.Tx, events []event.Placed) error {
		return eachCase(events, func(e event.Placed) bool {
			return strings.HasPrefix(e.Stream, "case:") && strings.Contains(e.Payload, `"publication"`)
		}, func(id string) error { return s.indexPublic(ctx, tx, id) })
	}}
}

// Indexers are the consumers that keep both indexes.
func (s *Service) Indexers() []event.Consumer {
	return []event.Consumer{s.Indexer(), s.PublicIndexer()}
}

// eachCase calls do once for every case that one of the events is about.
func eachCase(events []event.Placed, concerns func(event.Placed) bool, do func(id string) error) error {
	var ids []string
	for _, e := range events {
		if concerns(e) {
			ids = append(ids, e.Topic)
		}
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if err := do(id); err != nil {
			return err
		}
	}
	return nil
}

// indexPublic makes a published case findable by its published texts, and any other unfindable.
func (s *Service) indexPublic(ctx context.Context, tx *store.Tx, id string) error {
	rows, err := store.All[Case](ctx, tx, "select "+store.Columns[Case]("")+" from case_file where id = $1 and publication = $2", id, Published)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return search.Remove(ctx, tx, PublicKind, id)
	}
	c := &rows[0]
	words := []string{c.Number}
	for _, text := range []string{c.PublicTitleText, c.PublicBodyText, c.PublicReplyText, c.Get(PublicSecond)} {
		if text == "" {
			continue
		}
		body, err := store.One[string](ctx, tx, "select body from case_text where congress_id = $1 and id = $2", c.CongressID, text)
		if err != nil {
			return err
		}
		words = append(words, body)
	}
	return search.Put(ctx, tx, search.Doc{Kind: PublicKind, ID: id, Text: strings.Join(words, "\n")})
}

func (s *Service) index(ctx context.Context, tx *store.Tx, id string) error {
	number, err := store.One[string](ctx, tx, "select number from case_file where id = $1", id)
	if err != nil {
		return err
	}
	bodies, err := store.All[string](ctx, tx, "select body from case_text where case_id = $1 order by id", id)
	if err != nil {
		return err
	}
	return search.Put(ctx, tx, search.Doc{Kind: SearchKind, ID: id, Text: number + "\n" + strings.Join(bodies, "\n")})
}

// ByImportKey finds the number of the case that was imported under a key; "" where there is none yet.
func (s *Service) ByImportKey(ctx context.Context, key string) (string, error) {
	number, err := store.One[string](ctx, s.db.Reader(), "select number from case_file where import_key = $1 and import_key <> ''", key)
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return number, err
}

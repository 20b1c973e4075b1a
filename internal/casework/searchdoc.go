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

// SearchKind is the kind of document cases are indexed as.
const SearchKind = "case"

// Indexer follows the record and keeps the staff's full-text index of cases: number, words, place, answers and what was said of them.
func (s *Service) Indexer() event.Consumer {
	return event.Consumer{Name: "search.case", Handle: func(ctx context.Context, tx *store.Tx, events []event.Placed) error {
		var ids []string
		for _, e := range events {
			if strings.HasPrefix(e.Stream, "case:") || strings.HasPrefix(e.Stream, "assignment:") {
				ids = append(ids, e.Topic)
			}
		}
		slices.Sort(ids)
		for _, id := range slices.Compact(ids) {
			if err := s.index(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	}}
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

package casework

import (
	"context"
	"time"

	"lianxin/internal/store"
)

// Batch is several acts that are carried out in one transaction.
type Batch struct {
	service *Service
	ctx     context.Context
	tx      *store.Tx
	told    *[]string // actions carried out
}

// Together carries out acts, and what SQL belongs to them, in one transaction: all of it or nothing. do may run again.
func (s *Service) Together(ctx context.Context, do func(ctx context.Context, tx *store.Tx, b Batch) error) error {
	var actions []string
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		actions = nil
		return do(ctx, tx, Batch{service: s, ctx: ctx, tx: tx, told: &actions})
	})
	for _, action := range actions {
		s.told(action, false, err)
	}
	return err
}

// At returns the batch under another time: history is written with it.
func (b Batch) At(t time.Time) Batch {
	b.tx = b.tx.At(t)
	return b
}

// Open makes a case.
func (b Batch) Open(o Opening) (Result, error) {
	*b.told = append(*b.told, opened)
	return b.service.open(b.ctx, b.tx, o)
}

// Apply carries out one action.
func (b Batch) Apply(r Request) (Result, error) {
	*b.told = append(*b.told, r.Action)
	return b.service.apply(b.ctx, b.tx, r)
}

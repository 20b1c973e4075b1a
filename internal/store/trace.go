package store

import (
	"context"
	"database/sql"
)

// Statement is one statement of a write, as it was run.
type Statement struct {
	Query string
	Args  []any
	Reads bool // it asked for rows
}

// tracer notes what a write runs. It belongs to one transaction.
type tracer struct {
	Querier
	noted []Statement
}

// QueryContext runs and notes a query.
func (t *tracer) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	t.noted = append(t.noted, Statement{query, args, true})
	return t.Querier.QueryContext(ctx, query, args...)
}

// ExecContext runs and notes a statement.
func (t *tracer) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	t.noted = append(t.noted, Statement{query, args, false})
	return t.Querier.ExecContext(ctx, query, args...)
}

// traced lets a write be noted where somebody asked for it.
func (d *DB) traced(fn func(ctx context.Context, tx *Tx) error) func(ctx context.Context, tx *Tx) error {
	if d.trace == nil {
		return fn
	}
	return func(ctx context.Context, tx *Tx) error {
		t := &tracer{Querier: tx.Querier}
		tx.Querier = t
		err := fn(ctx, tx)
		if err == nil {
			d.trace(t.noted)
		}
		return err
	}
}

// Replay runs noted statements in one transaction; what they answer is read and dropped.
func (d *DB) Replay(ctx context.Context, noted []Statement) error {
	return d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		for _, s := range noted {
			if !s.Reads {
				if _, err := tx.ExecContext(ctx, s.Query, s.Args...); err != nil {
					return err
				}
				continue
			}
			rows, err := tx.QueryContext(ctx, s.Query, s.Args...)
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
}

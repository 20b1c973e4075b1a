package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
)

// reader runs single reads of SQLite by prepared statements, which the pool keeps on each of its connections.
type reader struct {
	db *sql.DB

	mu   sync.RWMutex
	kept map[string]*sql.Stmt
}

func newReader(db *sql.DB) *reader { return &reader{db: db, kept: map[string]*sql.Stmt{}} }

// stmt prepares a statement or finds it prepared; nil for one that is not kept.
func (r *reader) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.RLock()
	stmt, full := r.kept[query], len(r.kept) >= maxStatements
	r.mu.RUnlock()
	if stmt != nil || full || strings.Contains(query, ";") {
		return stmt, nil
	}
	stmt, err := r.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if other := r.kept[query]; other != nil {
		return other, stmt.Close()
	}
	r.kept[query] = stmt
	return stmt, nil
}

// QueryContext runs a query.
func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := r.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return r.db.QueryContext(ctx, query, args...)
	}
	return stmt.QueryContext(ctx, args...)
}

// ExecContext runs a statement, which SQLite refuses if it writes.
func (r *reader) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return r.db.ExecContext(ctx, query, args...)
}

func (r *reader) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all error
	for _, stmt := range r.kept {
		all = errors.Join(all, stmt.Close())
	}
	r.kept = map[string]*sql.Stmt{}
	return errors.Join(all, r.db.Close())
}

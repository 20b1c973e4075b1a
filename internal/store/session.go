package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// maxStatements is how many different statements a session keeps prepared; further ones are prepared each time.
const maxStatements = 400

// session is one connection to SQLite with what was prepared on it: preparing costs as much as running. One goroutine uses it at a time, and reads
// every result to its end before the same text runs again, as All, One and Exec do.
type session struct {
	conn *sql.Conn
	kept map[string]*sql.Stmt
}

func openSession(ctx context.Context, db *sql.DB) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, kept: map[string]*sql.Stmt{}}, nil
}

func (s *session) close() error {
	var all error
	for _, stmt := range s.kept {
		all = errors.Join(all, stmt.Close())
	}
	return errors.Join(all, s.conn.Close())
}

// stmt prepares a statement or finds it prepared; nil for one that is not kept.
func (s *session) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := s.kept[query]; stmt != nil || len(s.kept) >= maxStatements || strings.Contains(query, ";") {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(ctx, query)
	if err == nil {
		s.kept[query] = stmt
	}
	return stmt, err
}

// QueryContext runs a query.
func (s *session) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return s.conn.QueryContext(ctx, query, args...)
	}
	return stmt.QueryContext(ctx, args...)
}

// ExecContext runs a statement.
func (s *session) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return s.conn.ExecContext(ctx, query, args...)
	}
	return stmt.ExecContext(ctx, args...)
}

func (s *session) exec(ctx context.Context, query string) error {
	_, err := s.ExecContext(ctx, query)
	return err
}

// sessions are the connections views of SQLite run on, made when they are first needed.
type sessions struct {
	db   *sql.DB
	free chan *session // holds nil for one not made yet
}

func newSessions(db *sql.DB, n int) *sessions {
	s := &sessions{db: db, free: make(chan *session, n)}
	for range n {
		s.free <- nil
	}
	return s
}

// with lends a session; one that broke is thrown away.
func (s *sessions) with(ctx context.Context, fn func(*session) (broken bool, err error)) error {
	var one *session
	select {
	case one = <-s.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	var err error
	if one == nil {
		if one, err = openSession(ctx, s.db); err != nil {
			s.free <- nil
			return err
		}
	}
	var back *session // stays nil where the session broke, or what it was lent for panicked
	defer func() {
		if back == nil {
			_ = one.close() // it is of no use any more
		}
		s.free <- back
	}()
	broken, err := fn(one)
	if !broken {
		back = one
	}
	return err
}

func (s *sessions) close() error {
	var all error
	for range cap(s.free) {
		if one := <-s.free; one != nil {
			all = errors.Join(all, one.close())
		}
	}
	return all
}

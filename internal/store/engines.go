package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"lianxin/internal/errs"
)

// SQLite knows no collation "C"; with one, ORDER BY … COLLATE "C" is the same text on both engines.
func init() {
	sqlite.MustRegisterCollationUtf8("C", strings.Compare)
}

// sqliteDSN puts every pragma into the name, so that each new connection has them; busy_timeout stands first because changing the journal mode may itself have to wait.
func sqliteDSN(path string, pragmas ...string) string {
	v := url.Values{"_txlock": {"immediate"}, "_pragma": append([]string{"busy_timeout(10000)"}, pragmas...)}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

func (d *DB) openSQLite(cfg Config) error {
	d.engine, d.path = SQLite, cfg.URL
	write, err := sql.Open("sqlite", sqliteDSN(cfg.URL, writerPragmas(cfg)...))
	if err != nil {
		return err
	}
	session, err := openSession(context.Background(), write)
	if err != nil {
		return errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite", sqliteDSN(cfg.URL, "query_only(1)", "foreign_keys(1)"))
	if err != nil {
		return errors.Join(err, session.close(), write.Close())
	}
	read.SetMaxOpenConns(2 * cfg.Conns) // as many for views as for single reads
	read.SetMaxIdleConns(2 * cfg.Conns)
	d.write, d.read = write, read
	d.writer, d.views = startWriter(session), newSessions(read, cfg.Conns)
	d.reader = newReader(read)
	return nil
}

func writerPragmas(cfg Config) []string {
	pragmas := []string{"journal_mode(wal)", "synchronous(full)", "foreign_keys(1)"}
	if cfg.MaxPages > 0 {
		pragmas = append(pragmas, fmt.Sprintf("max_page_count(%d)", cfg.MaxPages))
	}
	return pragmas
}

func (d *DB) openPostgres(cfg Config) error {
	d.engine = Postgres
	pool, err := sql.Open("pgx", cfg.URL)
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(cfg.Conns)
	pool.SetMaxIdleConns(cfg.Conns)
	d.write, d.read = pool, pool
	return nil
}

// retriable reports whether PostgreSQL asks to run the transaction again: serialization failure or deadlock.
func retriable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// told tells a full disk and a database that is away from faults of ours: the asker may try again later.
func told(err error) error {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	var connect *pgconn.ConnectError
	switch {
	case err == nil || errs.KindOf(err) != errs.Internal:
		return err
	case errors.As(err, &pg) && pg.Code == "53100", errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_FULL, errors.Is(err, syscall.ENOSPC):
		return errs.New(errs.Unavailable, "errs.full").Because(err)
	case errors.As(err, &pg) && (strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P")), errors.As(err, &connect), errors.Is(err, driver.ErrBadConn),
		errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, io.ErrUnexpectedEOF):
		return errs.New(errs.Unavailable, "errs.away").Because(err)
	}
	return err
}

// IsDuplicate reports whether err says that a row with that key exists already.
func IsDuplicate(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) &&
		(lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE)
}

// Describe names the database for logs and for `doctor`, without a password.
func (d *DB) Describe() string { return fmt.Sprintf("%s database", d.engine) }

package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Snapshot writes a consistent copy of a SQLite database to a new file, while others read and write.
func (d *DB) Snapshot(ctx context.Context, path string) error {
	if d.engine != SQLite {
		return errors.New("store: only SQLite is copied as a file")
	}
	if _, err := d.write.ExecContext(ctx, "vacuum into $1", path); err != nil {
		return fmt.Errorf("store: snapshot: %w", err)
	}
	return nil
}

// Names of the file a copy is.
const (
	CopyName = "lianxin.db"
	DumpName = "dump.jsonl"
)

// Copy writes a consistent copy into a folder, while others read and write, and returns its name: SQLite's file, or a dump.
func (d *DB) Copy(ctx context.Context, dir string) (name string, err error) {
	if d.engine == SQLite {
		return CopyName, d.Snapshot(ctx, filepath.Join(dir, CopyName))
	}
	f, err := os.OpenFile(filepath.Join(dir, DumpName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = d.Dump(ctx, f)
	return DumpName, errors.Join(err, f.Close())
}

// QuickCheck asks SQLite whether its file is sound, and returns what it finds wrong; PostgreSQL looks after its own.
func (d *DB) QuickCheck(ctx context.Context) ([]string, error) {
	if d.engine != SQLite {
		return nil, nil
	}
	lines, err := All[string](ctx, d.Reader(), "pragma quick_check")
	if err == nil && len(lines) == 1 && lines[0] == "ok" {
		lines = nil
	}
	return lines, err
}

// TableSum is a table's content in short: rows, and the exclusive or of the SHA-256 of every row, which does not depend on their order.
type TableSum struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	SHA   string `json:"sha256"`
}

// dumpLine is one line of a dump but for rows, which are plain arrays.
type dumpLine struct {
	Version int       `json:"lianxin_dump,omitempty"`
	Engine  Engine    `json:"engine,omitempty"`
	Table   string    `json:"table,omitempty"`
	Columns []string  `json:"columns,omitempty"`
	Ends    *TableSum `json:"ends,omitempty"`
	Tables  int       `json:"tables,omitempty"` // of the last line: how many there were
}

// tables lists the tables whose content moves between engines: not what counts migrations, nor the search index, which each engine builds its own way.
func (d *DB) tables(ctx context.Context, q Querier) ([]string, error) {
	query := "select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'"
	if d.engine == SQLite {
		query = "select name from sqlite_master where type = 'table'"
	}
	names, err := All[string](ctx, q, query)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(n string) bool {
		return strings.HasPrefix(n, "migrations_") || strings.HasPrefix(n, "search_") || strings.HasPrefix(n, "sqlite_")
	})
	slices.Sort(names)
	return names, nil
}

// Dump writes every table as JSON lines with a checksum each, from one snapshot, and returns the checksums.
func (d *DB) Dump(ctx context.Context, w io.Writer) (sums []TableSum, err error) {
	out := bufio.NewWriterSize(w, 1<<16)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	err = d.View(ctx, func(ctx context.Context, q Querier) error {
		names, err := d.tables(ctx, q)
		if err != nil {
			return err
		}
		if err := lines.Encode(dumpLine{Version: 1, Engine: d.engine}); err != nil {
			return err
		}
		for _, name := range names {
			sum, err := dumpTable(ctx, q, name, lines)
			if err != nil {
				return fmt.Errorf("store: dump %s: %w", name, err)
			}
			sums = append(sums, sum)
		}
		return lines.Encode(dumpLine{Tables: len(names)})
	})
	return sums, errors.Join(err, out.Flush())
}

func dumpTable(ctx context.Context, q Querier, name string, lines *json.Encoder) (TableSum, error) {
	rows, err := q.QueryContext(ctx, "select * from "+name)
	if err != nil {
		return TableSum{}, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return TableSum{}, err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return TableSum{}, err
	}
	if err := lines.Encode(dumpLine{Table: name, Columns: columns}); err != nil {
		return TableSum{}, err
	}
	sum := newSummer(name)
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return TableSum{}, err
		}
		for i, v := range values {
			if n, whole := v.(int64); whole && strings.HasPrefix(types[i].DatabaseTypeName(), "BOOL") {
				values[i] = n != 0 // SQLite keeps truth as a number
			}
		}
		if err := sum.add(columns, values); err != nil {
			return TableSum{}, err
		}
		if err := lines.Encode(values); err != nil {
			return TableSum{}, err
		}
	}
	if err := rows.Err(); err != nil {
		return TableSum{}, err
	}
	done := sum.done()
	return done, lines.Encode(dumpLine{Ends: &done})
}

// summer adds up a table.
type summer struct {
	table string
	rows  int64
	sum   [sha256.Size]byte
}

func newSummer(table string) *summer { return &summer{table: table} }

// add takes a row in; columns are summed by name, for engines may order them differently.
func (s *summer) add(columns []string, values []any) error {
	row := make(map[string]any, len(columns))
	for i, c := range columns {
		row[c] = values[i]
	}
	text, err := json.Marshal(row) // with its keys in order
	if err != nil {
		return err
	}
	for i, b := range sha256.Sum256(text) {
		s.sum[i] ^= b
	}
	s.rows++
	return nil
}

func (s *summer) done() TableSum {
	return TableSum{Table: s.table, Rows: s.rows, SHA: hex.EncodeToString(s.sum[:])}
}

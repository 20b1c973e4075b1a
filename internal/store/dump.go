package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A dump is JSON lines: a head, then for each table its shape, its rows as arrays in the order of the primary key, and how many they were with their
// checksum; at last the checksum of all lines before. Nothing in it depends on the engine, so equal records make equal tables.

const dumpFormat = 1

type dumpHead struct {
	Format  int              `json:"lianxin_dump"`
	At      string           `json:"at"`      // RFC 3339
	Schemas map[string]int64 `json:"schemas"` // how far each room's migrations had come
}

type dumpTable struct {
	Table   string   `json:"table"`
	Columns []column `json:"columns"`
}

// TableSum is what a table held: its rows and the SHA-256 over their lines, in hexadecimal.
type TableSum struct {
	Table  string `json:"end"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

type dumpEnd struct {
	Tables int    `json:"tables"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// Rows tells how many rows each table held.
func Rows(sums []TableSum) map[string]int64 {
	rows := make(map[string]int64, len(sums))
	for _, s := range sums {
		rows[s.Table] = s.Rows
	}
	return rows
}

// lines writes JSON lines and keeps their checksum.
type lines struct {
	w   *bufio.Writer
	sum hash.Hash
}

func newLines(w io.Writer) *lines { return &lines{w: bufio.NewWriter(w), sum: sha256.New()} }

func (l *lines) put(v any) ([]byte, error) {
	line, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	line = append(line, '\n')
	l.sum.Write(line) // a hash never fails
	_, err = l.w.Write(line)
	return line, err
}

// Dump writes every table at one instant, engine's own ones (Schema.Derived) excepted, and tells what each held.
func (d *DB) Dump(ctx context.Context, w io.Writer, schemas ...Schema) (sums []TableSum, err error) {
	out := newLines(w)
	err = d.View(ctx, func(ctx context.Context, q Querier) error {
		versions, err := d.versions(ctx, q)
		if err != nil {
			return err
		}
		if _, err := out.put(dumpHead{Format: dumpFormat, At: d.Now().Format(time.RFC3339), Schemas: versions}); err != nil {
			return err
		}
		all, err := d.carried(ctx, q, schemas)
		if err != nil {
			return err
		}
		end := dumpEnd{Tables: len(all)}
		for _, t := range all {
			sum, err := d.dumpTable(ctx, q, t, out)
			if err != nil {
				return err
			}
			sums, end.Rows = append(sums, sum), end.Rows+sum.Rows
		}
		end.SHA256 = hex.EncodeToString(out.sum.Sum(nil))
		if _, err := out.put(end); err != nil {
			return err
		}
		return out.w.Flush()
	})
	if err != nil {
		return nil, fmt.Errorf("store: dump: %w", err)
	}
	return sums, nil
}

// carried lists the tables a dump holds.
func (d *DB) carried(ctx context.Context, q Querier, schemas []Schema) ([]tableShape, error) {
	all, err := d.tables(ctx, q)
	if err != nil {
		return nil, err
	}
	derived := map[string]bool{}
	for _, s := range schemas {
		for _, name := range s.Derived {
			derived[name] = true
		}
	}
	all = slices.DeleteFunc(all, func(t tableShape) bool { return derived[t.Name] })
	for _, t := range all {
		for _, c := range t.Columns {
			if c.Kind == "" {
				return nil, fmt.Errorf("column %s.%s is of a type only one engine has: its table must be named as derived", t.Name, c.Name)
			}
		}
	}
	return all, nil
}

// versions reads how far each room's migrations have come.
func (d *DB) versions(ctx context.Context, q Querier) (map[string]int64, error) {
	query := "select name from pragma_table_list where schema = 'main' and type = 'table'"
	if d.engine == Postgres {
		query = "select table_name from information_schema.tables where table_schema = current_schema()"
	}
	names, err := All[string](ctx, q, query)
	if err != nil {
		return nil, err
	}
	versions := map[string]int64{}
	for _, n := range names {
		if room, ok := strings.CutPrefix(n, versionTable); ok {
			if versions[room], err = One[int64](ctx, q, "select coalesce(max(version_id), 0) from "+quoted(n)); err != nil {
				return nil, err
			}
		}
	}
	return versions, nil
}

// dumpTable writes a table's shape, rows and end.
func (d *DB) dumpTable(ctx context.Context, q Querier, t tableShape, out *lines) (TableSum, error) {
	if _, err := out.put(dumpTable{Table: t.Name, Columns: t.Columns}); err != nil {
		return TableSum{}, err
	}
	sum, err := t.each(ctx, q, func(row []any) ([]byte, error) { return out.put(row) })
	if err != nil {
		return TableSum{}, fmt.Errorf("table %s: %w", t.Name, err)
	}
	_, err = out.put(sum)
	return sum, err
}

// each hands over every row in order and sums the lines it is told they make.
func (t tableShape) each(ctx context.Context, q Querier, line func(row []any) ([]byte, error)) (TableSum, error) {
	sum := TableSum{Table: t.Name}
	rows, err := q.QueryContext(ctx, "select "+t.names()+" from "+quoted(t.Name)+" order by "+t.order())
	if err != nil {
		return sum, err
	}
	defer rows.Close() // its error is that of rows.Err
	values, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		into[i] = &values[i]
	}
	h := sha256.New()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return sum, err
		}
		for i, c := range t.Columns {
			if values[i], err = c.carry(values[i]); err != nil {
				return sum, err
			}
		}
		b, err := line(values)
		if err != nil {
			return sum, err
		}
		h.Write(b) // a hash never fails
		sum.Rows++
	}
	sum.SHA256 = hex.EncodeToString(h.Sum(nil))
	return sum, rows.Err()
}

func (t tableShape) names() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quoted(c.Name)
	}
	return strings.Join(names, ", ")
}

// order is the primary key, or every column where a table has none; text by its bytes, as both engines can.
func (t tableShape) order() string {
	keys := slices.DeleteFunc(slices.Clone(t.Columns), func(c column) bool { return c.Key == 0 })
	slices.SortFunc(keys, func(a, b column) int { return a.Key - b.Key })
	if len(keys) == 0 {
		keys = t.Columns
	}
	terms := make([]string, len(keys))
	for i, c := range keys {
		terms[i] = quoted(c.Name)
		if c.Kind == kindText {
			terms[i] += ` collate "C"`
		}
	}
	return strings.Join(terms, ", ")
}

// carry turns what a driver gave into what JSON carries.
func (c column) carry(v any) (any, error) {
	if b, ok := v.([]byte); ok && c.Kind == kindText {
		v = string(b)
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		if c.Kind == kindText && utf8.ValidString(v) && !strings.Contains(v, "\x00") {
			return v, nil
		}
	case int64:
		if c.Kind == kindBoolean {
			return v != 0, nil
		}
		if c.Kind == kindInteger {
			return v, nil
		}
	case float64:
		if c.Kind == kindReal {
			return v, nil
		}
	case bool:
		if c.Kind == kindBoolean {
			return v, nil
		}
	case []byte:
		if c.Kind == kindBytes {
			return v, nil
		}
	}
	return nil, fmt.Errorf("column %s holds what no %s column of both engines can", c.Name, c.Kind)
}

// differ names what two sets of versions do not share.
func differ(a, b map[string]int64) []string {
	var rooms []string
	for room := range maps.Keys(a) {
		if a[room] != b[room] {
			rooms = append(rooms, fmt.Sprintf("%s %d and %d", room, a[room], b[room]))
		}
	}
	slices.Sort(rooms)
	return rooms
}

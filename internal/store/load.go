package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
)

// rowsAtOnce is how many rows one statement inserts; with the widest table that stays far below both engines' limit of values.
const rowsAtOnce = 50

// loader reads a dump line by line into one transaction.
type loader struct {
	db   *DB
	r    *bufio.Reader
	sum  hash.Hash // of all lines read
	sums []TableSum
}

// Load reads a dump into an empty database whose tables are those of the schemas, all or nothing, and reads every table again to compare checksums.
func (d *DB) Load(ctx context.Context, r io.Reader, schemas ...Schema) ([]TableSum, error) {
	if err := d.Migrate(ctx, schemas...); err != nil {
		return nil, err
	}
	l := &loader{db: d, r: bufio.NewReader(r), sum: sha256.New()}
	begun := false
	err := d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		if begun {
			return errors.New("somebody else writes to the database: load again once nobody does")
		}
		begun = true // what was read of the dump cannot be read twice
		return l.load(ctx, tx, schemas)
	})
	if err != nil {
		return nil, fmt.Errorf("store: load: %w", err)
	}
	return l.sums, nil
}

func (l *loader) load(ctx context.Context, tx *Tx, schemas []Schema) error {
	all, err := l.db.carried(ctx, tx, schemas)
	if err != nil {
		return err
	}
	if err := vacant(ctx, tx, all); err != nil {
		return err
	}
	if err := l.head(ctx, tx); err != nil {
		return err
	}
	for _, t := range all {
		if err := l.table(ctx, tx, t); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return l.end(len(all))
}

// vacant refuses a database that holds anything.
func vacant(ctx context.Context, q Querier, all []tableShape) error {
	for _, t := range all {
		n, err := One[int64](ctx, q, "select count(*) from "+quoted(t.Name))
		if err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("the database is not empty (%s has %d rows): load into a new one", t.Name, n)
		}
	}
	return nil
}

// line reads the next line, which is part of what the end has the checksum of.
func (l *loader) line() ([]byte, error) {
	b, err := l.r.ReadBytes('\n')
	if err == io.EOF {
		return nil, errors.New("the dump is cut off")
	}
	l.sum.Write(b) // a hash never fails
	return b, err
}

// read reads the next line as one of the marks between the rows.
func (l *loader) read(into any) error {
	b, err := l.line()
	if err != nil {
		return err
	}
	return strict(b, into)
}

func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("this is not the dump it should be: %w", err)
	}
	return nil
}

func (l *loader) head(ctx context.Context, q Querier) error {
	var head dumpHead
	if err := l.read(&head); err != nil {
		return err
	}
	if head.Format != dumpFormat {
		return fmt.Errorf("dump of format %d; this program reads format %d", head.Format, dumpFormat)
	}
	have, err := l.db.versions(ctx, q)
	if err != nil {
		return err
	}
	if rooms := append(differ(head.Schemas, have), differ(have, head.Schemas)...); len(rooms) > 0 {
		return fmt.Errorf("the dump and this program are of different versions (%s): load with the program that dumped", strings.Join(rooms, "; "))
	}
	return nil
}

// table inserts a table's rows, and reads them again.
func (l *loader) table(ctx context.Context, tx *Tx, t tableShape) error {
	var shape dumpTable
	if err := l.read(&shape); err != nil {
		return err
	}
	if shape.Table != t.Name || !slices.Equal(shape.Columns, t.Columns) {
		return fmt.Errorf("the dump has a table %s of another shape", shape.Table)
	}
	sum, err := l.rows(ctx, tx, t)
	if err != nil {
		return err
	}
	kept, err := t.each(ctx, tx, func(row []any) ([]byte, error) {
		line, err := json.Marshal(row)
		return append(line, '\n'), err
	})
	if err != nil {
		return err
	}
	if kept != sum {
		return fmt.Errorf("%d rows were kept with checksum %.12s, dumped were %d with %.12s", kept.Rows, kept.SHA256, sum.Rows, sum.SHA256)
	}
	l.sums = append(l.sums, sum)
	return nil
}

// rows inserts until the table's end, which it returns once it fits what was read.
func (l *loader) rows(ctx context.Context, tx *Tx, t tableShape) (TableSum, error) {
	h, n := sha256.New(), int64(0)
	var values []any
	for {
		b, err := l.line()
		if err != nil {
			return TableSum{}, err
		}
		if b[0] != '[' {
			var sum TableSum
			if err := errors.Join(strict(b, &sum), t.insert(ctx, tx, values)); err != nil {
				return sum, err
			}
			if want := (TableSum{t.Name, n, hex.EncodeToString(h.Sum(nil))}); sum != want {
				return sum, fmt.Errorf("the dump is damaged: %d rows with checksum %.12s where %d with %.12s should be", want.Rows, want.SHA256, sum.Rows, sum.SHA256)
			}
			return sum, nil
		}
		h.Write(b) // a hash never fails
		n++
		row, err := t.parse(b)
		if err != nil {
			return TableSum{}, err
		}
		if values = append(values, row...); len(values) == rowsAtOnce*len(t.Columns) {
			if err := t.insert(ctx, tx, values); err != nil {
				return TableSum{}, err
			}
			values = values[:0]
		}
	}
}

// end compares the checksum of all lines.
func (l *loader) end(tables int) error {
	want := hex.EncodeToString(l.sum.Sum(nil))
	var end dumpEnd
	if err := l.read(&end); err != nil {
		return err
	}
	if end.SHA256 != want || end.Tables != tables {
		return errors.New("the dump is damaged: its checksum is another")
	}
	if _, err := l.r.ReadByte(); err != io.EOF {
		return errors.New("something follows the dump's end")
	}
	return nil
}

// parse turns a line into a row's values.
func (t tableShape) parse(line []byte) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	if len(raw) != len(t.Columns) {
		return nil, fmt.Errorf("a row has %d values, not %d", len(raw), len(t.Columns))
	}
	row := make([]any, len(raw))
	for i, c := range t.Columns {
		v, err := c.parse(raw[i])
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		row[i] = v
	}
	return row, nil
}

func (c column) parse(raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch c.Kind {
	case kindText:
		return parsed[string](raw)
	case kindInteger:
		return parsed[int64](raw)
	case kindReal:
		return parsed[float64](raw)
	case kindBoolean:
		return parsed[bool](raw)
	}
	return parsed[[]byte](raw)
}

func parsed[T any](raw json.RawMessage) (any, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}

// insert writes whole rows, whose values stand one after the other.
func (t tableShape) insert(ctx context.Context, q Querier, values []any) error {
	if len(values) == 0 {
		return nil
	}
	var w Where
	rows := make([]string, 0, rowsAtOnce)
	for row := range slices.Chunk(values, len(t.Columns)) {
		marks := make([]string, len(row))
		for i, v := range row {
			marks[i] = w.Bind(v)
		}
		rows = append(rows, "("+strings.Join(marks, ", ")+")")
	}
	_, err := Exec(ctx, q, "insert into "+quoted(t.Name)+" ("+t.names()+") values "+strings.Join(rows, ", "), w.Args()...)
	return err
}

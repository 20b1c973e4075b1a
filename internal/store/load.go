package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDumpLine bounds a line of a dump, in bytes.
const maxDumpLine = 64 << 20

// Load reads a dump of either engine into this database, whose tables must exist; those named in empty must have no rows, else nothing is done.
// Every checksum is compared before the transaction is committed: a dump that is cut short or altered changes nothing.
func (d *DB) Load(ctx context.Context, r io.Reader, empty ...string) (sums []TableSum, err error) {
	err = d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		sums = nil
		for _, name := range empty {
			n, err := One[int64](ctx, tx, "select count(*) from "+name)
			if err != nil {
				return err
			}
			if n > 0 {
				return fmt.Errorf("store: the database is not empty: %s has %d rows", name, n)
			}
		}
		l := &loader{tx: tx}
		if l.known, err = d.tables(ctx, tx); err != nil {
			return err
		}
		if err := l.read(ctx, r); err != nil {
			return err
		}
		sums = l.sums
		return nil
	})
	return sums, err
}

// loader is a dump being read.
type loader struct {
	tx      *Tx
	known   []string
	columns []string
	insert  string
	sum     *summer
	sums    []TableSum
	begun   bool
	ended   bool
}

func (l *loader) read(ctx context.Context, r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<16), maxDumpLine)
	for n := 1; lines.Scan(); n++ {
		if err := l.line(ctx, lines.Bytes()); err != nil {
			return fmt.Errorf("store: load: line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("store: load: %w", err)
	}
	if !l.ended {
		return errors.New("store: load: the dump ends too early")
	}
	return nil
}

func (l *loader) line(ctx context.Context, text []byte) error {
	if bytes.HasPrefix(text, []byte("[")) {
		return l.row(ctx, text)
	}
	var head dumpLine
	if err := json.Unmarshal(text, &head); err != nil {
		return err
	}
	switch {
	case head.Version != 0:
		l.begun = head.Version == 1
		if !l.begun {
			return fmt.Errorf("dump version %d is not known", head.Version)
		}
		return nil
	case !l.begun:
		return errors.New("this is no dump")
	case head.Table != "":
		return l.table(ctx, head)
	case head.Ends != nil:
		return l.end(*head.Ends)
	}
	l.ended = head.Tables == len(l.sums)
	if !l.ended {
		return fmt.Errorf("%d tables announced, %d read", head.Tables, len(l.sums))
	}
	return nil
}

// table begins a table: what its migrations had put in gives way to the dump.
func (l *loader) table(ctx context.Context, head dumpLine) error {
	known := false
	for _, name := range l.known {
		known = known || name == head.Table
	}
	if !known {
		return fmt.Errorf("table %q is not known here: load with the version that dumped", head.Table)
	}
	marks := make([]string, len(head.Columns))
	for i, c := range head.Columns {
		if strings.ContainsFunc(c, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
			return fmt.Errorf("%q is no column", c)
		}
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	l.columns, l.sum = head.Columns, newSummer(head.Table)
	l.insert = "insert into " + head.Table + " (" + strings.Join(head.Columns, ", ") + ") values (" + strings.Join(marks, ", ") + ")"
	_, err := Exec(ctx, l.tx, "delete from "+head.Table)
	return err
}

func (l *loader) row(ctx context.Context, text []byte) error {
	if l.sum == nil {
		return errors.New("a row outside any table")
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	var values []any
	if err := in.Decode(&values); err != nil {
		return err
	}
	if len(values) != len(l.columns) {
		return fmt.Errorf("%d values for %d columns", len(values), len(l.columns))
	}
	for i, v := range values {
		n, ok := v.(json.Number)
		if !ok {
			continue
		}
		whole, err := n.Int64()
		if err != nil {
			return fmt.Errorf("%s is no whole number", n)
		}
		values[i] = whole
	}
	if err := l.sum.add(l.columns, values); err != nil {
		return err
	}
	_, err := l.tx.ExecContext(ctx, l.insert, values...)
	return err
}

func (l *loader) end(want TableSum) error {
	if l.sum == nil {
		return errors.New("the end of no table")
	}
	got := l.sum.done()
	if got != want {
		return fmt.Errorf("table %s was altered: %d rows with sum %.12s, want %d with %.12s", want.Table, got.Rows, got.SHA, want.Rows, want.SHA)
	}
	l.sums, l.sum = append(l.sums, got), nil
	return nil
}

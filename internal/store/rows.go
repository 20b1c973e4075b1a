package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// JSON keeps a value as JSON text in one column; it is read and written whole and never queried into.
type JSON[T any] struct{ V T }

// Value writes the column.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	return string(b), err
}

// Scan reads the column.
func (j *JSON[T]) Scan(src any) error {
	switch s := src.(type) {
	case string:
		return j.UnmarshalJSON([]byte(s))
	case []byte:
		return j.UnmarshalJSON(s)
	}
	return fmt.Errorf("store: a JSON column holds %T", src)
}

// MarshalJSON shows the value itself.
func (j JSON[T]) MarshalJSON() ([]byte, error) { return json.Marshal(j.V) }

// UnmarshalJSON replaces the value; it never merges into the old one.
func (j *JSON[T]) UnmarshalJSON(b []byte) error {
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	j.V = v
	return nil
}

// Columns lists the `db` columns of T in field order, each behind the prefix: "c." for a joined table, or "".
func Columns[T any](prefix string) string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if c := f.Tag.Get("db"); c != "" {
			names = append(names, prefix+c)
		}
	}
	return strings.Join(names, ", ")
}

// fields pairs the `db` columns of a row with its values.
func fields(row any) (columns []string, values []any) {
	v := reflect.Indirect(reflect.ValueOf(row))
	for _, f := range reflect.VisibleFields(v.Type()) {
		if c := f.Tag.Get("db"); c != "" {
			columns = append(columns, c)
			values = append(values, v.FieldByIndex(f.Index).Interface())
		}
	}
	return columns, values
}

// Insert writes a row whose fields carry `db` tags. Table is a name of the program's, never of a user's.
func Insert(ctx context.Context, q Querier, table string, row any) error {
	columns, values := fields(row)
	marks := make([]string, len(columns))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	_, err := Exec(ctx, q, "insert into "+table+" ("+strings.Join(columns, ", ")+") values ("+strings.Join(marks, ", ")+")", values...)
	return err
}

// Holds reports whether a table has exactly one row with the values of row.
func Holds(ctx context.Context, q Querier, table string, row any) (bool, error) {
	columns, values := fields(row)
	w := new(Where)
	for i, c := range columns {
		w.And(c+" = ?", values[i])
	}
	n, err := One[int](ctx, q, "select count(*) from "+table+w.String(), w.Args()...)
	return n == 1, err
}

// Update writes every column of the row that w selects, and tells how many rows that were.
func Update(ctx context.Context, q Querier, table string, row any, w *Where) (int64, error) {
	columns, values := fields(row)
	set := make([]string, len(columns))
	for i, c := range columns {
		set[i] = c + " = " + w.Bind(values[i])
	}
	return Exec(ctx, q, "update "+table+" set "+strings.Join(set, ", ")+w.String(), w.Args()...)
}

package registry

import (
	"context"
	"fmt"
	"io"
	"slices"

	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/table"
)

// Labels words field names and enum values for a file's header and cells; package lang's Printer.T is one, under the keys of this room's catalogue.
type Labels func(key string, args ...any) string

// columnsOf are a table's fields as a file shows them.
func columnsOf(t Table) []string {
	names := []string{"id"}
	for _, f := range t.Fields {
		names = append(names, f.Name)
	}
	return append(names, "valid_from", "valid_to")
}

func fieldLabel(label Labels, name string) string { return label("registry.field." + name) }

// Template writes the header of a table's import file.
func Template(w io.Writer, t Table, label Labels) error {
	var header []string
	for _, name := range columnsOf(t) {
		header = append(header, fieldLabel(label, name))
	}
	return table.WriteCSV(w, [][]string{header})
}

// Export writes a whole table in the form Import reads.
func Export(ctx context.Context, q store.Querier, w io.Writer, t Table, label Labels) error {
	rows, err := Rows(ctx, q, t, nil)
	if err != nil {
		return err
	}
	var out [][]string
	var header []string
	for _, name := range columnsOf(t) {
		header = append(header, fieldLabel(label, name))
	}
	out = append(out, header)
	for _, r := range rows {
		var cells []string
		for _, name := range columnsOf(t) {
			cells = append(cells, cellOut(t, name, r[name], label))
		}
		out = append(out, cells)
	}
	return table.WriteCSV(w, out)
}

func cellOut(t Table, name, value string, label Labels) string {
	f, ok := t.Field(name)
	switch {
	case ok && f.Type == Enum && value != "":
		return label("registry.option." + value)
	case ok && f.Type == Flag && value == "true":
		return label("registry.yes")
	case ok && f.Type == Flag:
		return label("registry.no")
	}
	return value
}

// Import reads a file in the form of Template (columns by label or by name, in any order) and puts its rows. Columns it does not know are refused by name.
func Import(ctx context.Context, db *store.DB, actor policy.Actor, t Table, r io.Reader, label Labels, dry bool) (*Report, error) {
	file, err := table.Read(r)
	if err != nil {
		return nil, err
	}
	byLabel := map[string]string{}
	for _, name := range append(columnsOf(t), "congress_id") {
		byLabel[name], byLabel[fieldLabel(label, name)] = name, name
	}
	for _, h := range file.Header {
		if byLabel[h] == "" {
			return nil, errs.New(errs.Invalid, "registry.unknown_column").With(errs.Args{"Column": h})
		}
	}
	var rows []Row
	bad := &Report{Rows: len(file.Rows)}
	for _, row := range file.Rows {
		if row.Err != nil {
			bad.Wrong = append(bad.Wrong, CellError{Line: row.Line, Err: errs.All(row.Err)[0]})
			continue
		}
		values := map[string]string{}
		for h, v := range row.Fields {
			values[byLabel[h]] = cellIn(t, byLabel[h], v, label)
		}
		rows = append(rows, Row{Line: row.Line, Values: values})
	}
	report, err := Put(ctx, db, actor, t.Name, rows, dry || len(bad.Wrong) > 0)
	if err != nil {
		return nil, err
	}
	report.Rows = len(file.Rows)
	report.Wrong = append(report.Wrong, bad.Wrong...)
	slices.SortStableFunc(report.Wrong, func(a, b CellError) int { return a.Line - b.Line })
	return report, nil
}

// cellIn turns an option's label back into its value.
func cellIn(t Table, name, value string, label Labels) string {
	if f, ok := t.Field(name); ok && f.Type == Enum {
		for _, o := range f.Options {
			if value == label("registry.option."+o) {
				return o
			}
		}
	}
	return value
}

// Rows reads a table as texts, for pages and files; without a where all of it.
func Rows(ctx context.Context, q store.Querier, t Table, w *store.Where) ([]map[string]string, error) {
	if w == nil {
		w = new(store.Where)
	}
	columns := append(columnsOf(t), "congress_id", "version")
	text := ""
	for i, c := range columns {
		if i > 0 {
			text += ", "
		}
		text += c
	}
	rows, err := q.QueryContext(ctx, "select "+text+" from "+t.Name+w.String()+` order by id collate "C"`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("registry: rows of %s: %w", t.Name, err)
	}
	defer rows.Close()
	var out []map[string]string
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return nil, fmt.Errorf("registry: rows of %s: %w", t.Name, err)
		}
		row := map[string]string{}
		for i, c := range columns {
			row[c] = asText(*values[i].(*any), t, c)
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// asText words a scanned value; SQLite keeps booleans as numbers.
func asText(v any, t Table, column string) string {
	f, ok := t.Field(column)
	switch x := v.(type) {
	case []byte:
		return string(x)
	case int64:
		if ok && f.Type == Flag {
			return fmt.Sprint(x != 0)
		}
	}
	return fmt.Sprint(v)
}

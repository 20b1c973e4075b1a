package store

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// kind is what a column holds, in words both engines share.
type kind string

const (
	kindText    kind = "text"
	kindInteger kind = "integer"
	kindReal    kind = "real"
	kindBoolean kind = "boolean"
	kindBytes   kind = "bytes"
)

// column is one column of a table.
type column struct {
	Name string `json:"name"`
	Kind kind   `json:"kind"` // empty where only one engine has it
	Key  int    `json:"key"`  // place in the primary key from 1 on, 0 outside it
}

// tableShape is a table as it can be carried to the other engine.
type tableShape struct {
	Name    string
	Columns []column
}

// tables reads which tables the rooms have made, by name; goose's version tables and the engines' own are not among them.
func (d *DB) tables(ctx context.Context, q Querier) ([]tableShape, error) {
	query := `select name from pragma_table_list where schema = 'main' and type = 'table' and substr(name, 1, 7) <> 'sqlite_'`
	if d.engine == Postgres {
		query = `select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`
	}
	names, err := All[string](ctx, q, query)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, versionTable) })
	slices.Sort(names)
	all := make([]tableShape, len(names))
	for i, n := range names {
		columns, err := d.columns(ctx, q, n)
		if err != nil {
			return nil, err
		}
		all[i] = tableShape{Name: n, Columns: columns}
	}
	return all, nil
}

// columns reads a table's columns by name, for the engines may have them in another order.
func (d *DB) columns(ctx context.Context, q Querier, table string) ([]column, error) {
	type row struct {
		Name string
		Type string
		Key  int
	}
	query := "select name, lower(type) as type, pk as key from pragma_table_info($1)"
	if d.engine == Postgres {
		query = `select c.column_name as name, c.data_type as type, coalesce((select k.ordinal_position from information_schema.table_constraints t
			join information_schema.key_column_usage k on k.constraint_schema = t.constraint_schema and k.constraint_name = t.constraint_name
			where t.table_schema = c.table_schema and t.table_name = c.table_name and t.constraint_type = 'PRIMARY KEY' and k.column_name = c.column_name), 0) as key
			from information_schema.columns c where c.table_schema = current_schema() and c.table_name = $1`
	}
	rows, err := All[row](ctx, q, query, table)
	if err != nil {
		return nil, err
	}
	columns := make([]column, len(rows))
	for i, r := range rows {
		columns[i] = column{Name: r.Name, Kind: kindOf(r.Type), Key: r.Key}
	}
	slices.SortFunc(columns, func(a, b column) int { return strings.Compare(a.Name, b.Name) })
	return columns, nil
}

func kindOf(declared string) kind {
	switch declared {
	case "text", "character varying":
		return kindText
	case "bigint", "integer", "smallint", "int":
		return kindInteger
	case "real", "double precision":
		return kindReal
	case "boolean":
		return kindBoolean
	case "blob", "bytea":
		return kindBytes
	}
	return ""
}

// Has tells whether a table of that name is there; rooms that may not be furnished are asked for by their table.
func (d *DB) Has(ctx context.Context, table string) (bool, error) {
	columns, err := d.columns(ctx, d.Reader(), table)
	return len(columns) > 0, err
}

// Count tells how many rows each table holds, all at one instant.
func (d *DB) Count(ctx context.Context) (map[string]int64, error) {
	counts := map[string]int64{}
	err := d.View(ctx, func(ctx context.Context, q Querier) error {
		all, err := d.tables(ctx, q)
		for _, t := range all {
			n, cerr := One[int64](ctx, q, "select count(*) from "+quoted(t.Name))
			err = errors.Join(err, cerr)
			counts[t.Name] = n
		}
		return err
	})
	return counts, err
}

// quoted is a name of the database's own as SQL.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

package store

import (
	"fmt"
	"strings"
)

// Where gathers conditions of a query whose shape is only known at run time; values are always bound, never written into the text.
type Where struct {
	conds []string
	args  []any
}

// Bind adds a value and returns its placeholder.
func (w *Where) Bind(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

// Row binds the values of one row and returns it for an insert's list.
func (w *Where) Row(values ...any) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = w.Bind(v)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

// And adds a condition in which each ? stands for the next of args.
func (w *Where) And(cond string, args ...any) *Where {
	for _, a := range args {
		cond = strings.Replace(cond, "?", w.Bind(a), 1)
	}
	w.conds = append(w.conds, "("+cond+")")
	return w
}

// In adds "column in (values)"; without values nothing matches.
func (w *Where) In(column string, values ...string) *Where {
	if len(values) == 0 {
		return w.And("1 = 0")
	}
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = w.Bind(v)
	}
	w.conds = append(w.conds, column+" in ("+strings.Join(marks, ", ")+")")
	return w
}

// Args are the bound values in the order of their placeholders.
func (w *Where) Args() []any { return w.args }

// String is " where …", or nothing where there is no condition.
func (w *Where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " where " + strings.Join(w.conds, " and ")
}

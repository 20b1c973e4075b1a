package store

import (
	"fmt"
	"strings"
)

// Where gathers conditions of a query whose shape is only known at run time; values are always bound, never written into the text.
type Where struct {
	conds []string
	args  []any
	outer *Where // that binds the values instead; nil where this one does
}

// Bind adds a value and returns its placeholder.
func (w *Where) Bind(v any) string {
	if w.outer != nil {
		return w.outer.Bind(v)
	}
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

// Cond gathers the conditions that fn adds into one expression: their values are bound here, but w does not ask for them yet. Without any it is always true.
func (w *Where) Cond(fn func(w *Where)) string {
	before := w.conds
	w.conds = nil
	fn(w)
	cond := "(1 = 1)"
	if len(w.conds) > 0 {
		cond = "(" + strings.Join(w.conds, " and ") + ")"
	}
	w.conds = before
	return cond
}

// Inner gathers conditions of a query within w's: it binds into the same values.
func Inner(w *Where) *Where { return &Where{outer: w} }

// Tail is the conditions as they go on after others: " and …", or nothing.
func (w *Where) Tail() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " and " + strings.Join(w.conds, " and ")
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

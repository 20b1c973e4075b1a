package casework

import (
	"context"
	"slices"

	"lianxin/internal/procedure"
	"lianxin/internal/table"
)

// Pasted is a row pasted back from an office's sheet, and what it asks for: the acts in their order, or why not.
type Pasted struct {
	Line     int
	Number   string
	Actions  []string // labels
	Changes  []Change
	Requests []Request
	Err      error
}

// Change is a value that a pasted row would change.
type Change struct{ Field, From, To string }

// Ask adds an act on the case, or on an assignment of it, to what a row asks for.
func (p *Pasted) Ask(a *procedure.Action, r Request) {
	r.Number = p.Number
	p.Actions = append(p.Actions, a.Label)
	p.Requests = append(p.Requests, r)
}

// Fail keeps the first thing that is wrong with a row.
func (p *Pasted) Fail(err error) {
	if p.Err == nil {
		p.Err = err
	}
}

// PasteBack has read tell what every row asks for, and rehearses each; with apply it also carries them out, all or none.
func (s *Service) PasteBack(ctx context.Context, rows []table.Row, apply bool, read func(row table.Row, out *Pasted)) ([]Pasted, error) {
	var all []Request
	var found []Pasted
	for _, row := range rows {
		out := Pasted{Line: row.Line, Err: row.Err}
		if out.Err == nil {
			read(row, &out)
		}
		if out.Err == nil && len(out.Requests) > 0 {
			out.Err = s.Rehearse(ctx, out.Requests...)
		}
		all = append(all, out.Requests...)
		found = append(found, out)
	}
	if !apply || len(all) == 0 || slices.ContainsFunc(found, func(p Pasted) bool { return p.Err != nil }) {
		return found, nil
	}
	return found, s.ApplyAll(ctx, all...)
}

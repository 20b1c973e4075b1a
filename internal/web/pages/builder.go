package pages

import (
	"cmp"
	"context"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

// builder makes the form of an action out of the procedure's own description of its input.
type builder struct {
	s         *Site
	ctx       context.Context
	p         *web.Page
	procedure *procedure.Procedure
	entries   []casework.Entry // that could be checked, for the action that checks one
	office    string           // that has the case
	view      *casework.View   // the case acted on; nil where there are several or it is a resident's
}

// form is the action's; for an entry for somebody else it also asks when it really happened, and takes the scan of the paper.
func (b builder) form(path string, action *procedure.Action, proxy bool) (*web.Form, error) {
	f := b.p.Form(path)
	for _, in := range action.Input {
		if in.ProxyOnly && !proxy {
			continue
		}
		field, err := b.field(action, in)
		if err != nil {
			return nil, err
		}
		f.Add(field)
	}
	if proxy {
		f.Add(&web.Field{Name: casework.ClaimedAt, Kind: web.DateTime, Label: b.p.T("case.claimed_at"), Hint: b.p.T("case.claimed_at_hint"), Narrow: true},
			&web.Field{Name: casework.Proof, Kind: web.File, Label: b.p.T("case.proof"), Hint: b.p.T("case.proof_hint"), Max: 1, Accept: "image/*,application/pdf"})
	}
	f.Submit = action.Label
	f.Danger = action.Name == "withdraw" || action.Name == casework.Rescind
	return f, nil
}

func (b builder) field(action *procedure.Action, in procedure.Field) (*web.Field, error) {
	f := &web.Field{Name: in.Name, Label: in.Label, Required: in.Required, Max: in.Max}
	var err error
	switch in.Type {
	case "text":
		f.Kind = web.Area
	case "line":
		f.Kind = web.Line
		if in.Name == "entry" {
			f.Kind, f.Options = web.Radio, b.entryOptions(action)
		}
	case "bool":
		f.Kind = web.Check
	case "date":
		f.Kind, f.Narrow = web.Date, true
	case "number":
		f.Kind, f.Narrow, f.Max = web.Line, true, 6
	case "case":
		f.Kind, f.Narrow, f.Max = web.Line, true, 40
	case "office":
		f.Kind = web.Select
		f.Options, err = b.offices(in.Choices)
	case "file":
		f.Kind, f.Max, f.Accept = web.File, 1, "image/*,application/pdf"
	case "choice":
		f.Kind = web.Radio
		for _, c := range b.procedure.Choices[in.Choices] {
			if !c.Import {
				f.Options = append(f.Options, web.Option{Value: c.Value, Label: c.Label})
			}
		}
	case "category":
		f.Kind = web.Select
		f.Options, err = b.s.categoriesOf(b.ctx, cmp.Or(in.Choices, b.procedure.Kind))
	case "agency":
		f.Kind = web.Select
		f.Options, err = b.agenciesOf(in.Choices)
	case "agencies":
		f.Kind = web.Checks
		f.Options, err = b.agenciesOf(in.Choices)
	case "deputy":
		f.Kind, f.Sifted = web.Select, true
		f.Options, err = b.deputy(action)
	case "deputies":
		f.Kind, f.Sifted = web.Checks, true
		f.Options, err = b.unasked()
	case "session":
		f.Kind = web.Select
		f.Options, err = b.sessions()
	case "round":
		f.Kind = web.Select
		f.Options, err = b.rounds()
	}
	return f, err
}

// agencies offers all those in being.
func (b builder) agencies() ([]web.Option, error) { return b.agenciesOf("") }

// agenciesOf offers those of one system, or of all by the system they belong to.
func (b builder) agenciesOf(system string) ([]web.Option, error) {
	list, err := registry.Agencies(b.ctx, b.s.DB.Reader(), deadline.DateOf(b.s.now()))
	if err != nil {
		return nil, err
	}
	var options []web.Option
	for _, a := range list {
		if a.ID != "not-stated" && (system == "" || a.System == system) && (b.view == nil || a.Congress == b.view.CongressID) {
			options = append(options, web.Option{Value: a.ID, Label: a.Name, Hint: a.Handles, Group: b.p.T("registry.option." + a.System)})
		}
	}
	return options, nil
}

// offices offers the receiving offices above or below the one that has the case.
func (b builder) offices(where string) ([]web.Option, error) {
	near, err := registry.OfficesAbove(b.ctx, b.s.DB.Reader(), b.office)
	if where == procedure.Below {
		near, err = registry.OfficesBelow(b.ctx, b.s.DB.Reader(), b.office)
	}
	if err != nil {
		return nil, err
	}
	var options []web.Option
	for _, id := range near {
		o, err := registry.GetOffice(b.ctx, b.s.DB.Reader(), id)
		if err != nil {
			return nil, err
		}
		if o.Sorts {
			options = append(options, web.Option{Value: o.ID, Label: o.Name})
		}
	}
	return options, nil
}

// entryOptions offers the entries that wait for a check.
func (b builder) entryOptions(*procedure.Action) []web.Option {
	var options []web.Option
	for _, e := range b.entries {
		if e.CheckedBy == "" {
			label := e.Action
			for _, m := range []*procedure.Machine{&b.procedure.Case, &b.procedure.Assignment} {
				if a, ok := m.Action(e.Action); ok {
					label = a.Label
				}
			}
			if e.Action == "open" {
				label = b.p.T("casework.open")
			}
			options = append(options, web.Option{Value: e.Event, Label: label})
		}
	}
	return options
}

package api

import (
	"cmp"
	"context"
	"net/http"

	"lianxin/internal/procedure"
)

type procedureView struct {
	Kind       string               `json:"kind"`
	Label      string               `json:"label"`
	Version    string               `json:"version" doc:"SHA-256 of the file; events name it."`
	Limits     map[string]limitView `json:"limits"`
	Case       machineView          `json:"case"`
	Assignment machineView          `json:"assignment"`
}

type limitView struct {
	N     int    `json:"n"`
	Unit  string `json:"unit" enum:"working_days,days,months"`
	Label string `json:"label"`
	Basis string `json:"basis"`
}

type machineView struct {
	Start   string       `json:"start"`
	States  []stateView  `json:"states"`
	Actions []actionView `json:"actions"`
}

type stateView struct {
	Name   string   `json:"name"`
	Label  string   `json:"label"`
	Owner  string   `json:"owner,omitempty"`
	Clocks []string `json:"clocks,omitempty"`
	Final  bool     `json:"final"`
}

type actionView struct {
	Name  string      `json:"name"`
	Label string      `json:"label"`
	From  []string    `json:"from"`
	To    []string    `json:"to,omitempty"`
	By    []string    `json:"by"`
	Input []fieldView `json:"input,omitempty"`
}

type fieldView struct {
	Name     string             `json:"name"`
	Type     string             `json:"type" enum:"text,line,bool,date,number,choice,category,agency,agencies,office,case,deputy,deputies,session,round,file" doc:"Plural types take an array of ids, the others one string; a deputy is the id of a person, a session and a round those of the registry, a case a number, and a file is sent by itself."`
	Label    string             `json:"label"`
	Required bool               `json:"required"`
	Max      int                `json:"max,omitempty"`
	Choices  []procedure.Choice `json:"choices,omitempty"`
	Of       string             `json:"of,omitempty" doc:"What a reference is narrowed to: of an agency its system, of a category its use, of an office above or below."`
}

func (s *service) procedure(_ context.Context, in *struct {
	Kind string `path:"kind"`
}) (*body[procedureView], error) {
	kind, err := s.Cases.Kind(in.Kind)
	if err != nil {
		return nil, s.problem(err)
	}
	p := kind.Procedure
	out := procedureView{Kind: p.Kind, Label: p.Label, Version: p.Hash(), Limits: map[string]limitView{}, Case: machine(p, &p.Case), Assignment: machine(p, &p.Assignment)}
	for name := range p.Limits {
		r := p.Rule(name)
		out.Limits[name] = limitView{r.N, string(r.Unit), r.Name, r.Basis}
	}
	return &body[procedureView]{Status: http.StatusOK, ETag: `"` + p.Hash() + `"`, Body: out}, nil
}

func machine(p *procedure.Procedure, m *procedure.Machine) machineView {
	out := machineView{Start: m.Start}
	for _, st := range m.States {
		out.States = append(out.States, stateView{st.Name, st.Label, st.Owner, st.Clocks, st.Final})
	}
	for _, a := range m.Actions {
		v := actionView{Name: a.Name, Label: a.Label, From: a.From, To: a.To, By: []string{}}
		for _, permit := range append(a.By, a.Proxy...) {
			v.By = append(v.By, string(permit.Role)+"@"+string(permit.Relation))
		}
		for _, f := range a.Input {
			v.Input = append(v.Input, field(p, f))
		}
		out.Actions = append(out.Actions, v)
	}
	return out
}

// field describes one value: a choice by all it may be, a reference by what narrows it.
func field(p *procedure.Procedure, f procedure.Field) fieldView {
	v := fieldView{Name: f.Name, Type: f.Type, Label: f.Label, Required: f.Required, Max: f.Max}
	switch f.Type {
	case "choice":
		v.Choices = p.Choices[f.Choices]
	case "category":
		v.Of = cmp.Or(f.Choices, p.Kind)
	default:
		v.Of = f.Choices
	}
	return v
}

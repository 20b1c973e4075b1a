// Package opinion is the kind 民情民意: its procedure, the form its words come in by, and the guards and effects the procedure names.
// It never decides who may act: the procedure's table does.
package opinion

import (
	"context"
	_ "embed"
	"slices"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

// Kind is the kind's name in tables, events and addresses.
const Kind = "opinion"

//go:embed procedure.yaml
var file []byte

// Builtin is the built-in procedure's file: what a deployment's own begins from.
func Builtin() []byte { return slices.Clone(file) }

// New reads and proves the built-in procedure.
func New() (*casework.Kind, error) { return parse(file) }

// Load reads and proves a deployment's own procedure file, and holds it against the built-in one; an error names the line and what is wrong.
func Load(own []byte) (*casework.Kind, error) {
	return casework.Conforming(own, file, parse)
}

func parse(file []byte) (*casework.Kind, error) {
	k := &casework.Kind{Guards: guards(), Effects: effects(), Deciders: deciders(), Limit: limit}
	p, err := procedure.Parse(file, casework.Functions(k.Guards, k.Effects, k.Deciders))
	if err != nil {
		return nil, err
	}
	k.Procedure = p
	return k, nil
}

func deciders() map[string]casework.Decider {
	all := casework.Deciders()
	all["verdict"] = decide
	return all
}

func guards() map[string]casework.Guard {
	all := casework.Guards()
	all["may_move"] = mayMove
	return all
}

func effects() map[string]casework.Effect {
	all := casework.Effects()
	all["accept"] = accept
	all["outcome"] = outcome
	all["outcome_of_lead"] = outcomeOfLead
	all["reply"] = reply
	all["convert"] = convert
	return all
}

// limit shortens the handling of urgent matters, and of those a street or town handles itself (our default, domain reference §12).
func limit(name string, c *casework.Case, agencyLevel string) string {
	switch {
	case name != "handle":
		return name
	case c.Urgent:
		return "handle_urgent"
	case agencyLevel == "street" || agencyLevel == "town":
		return "handle_street"
	}
	return name
}

// decide sends an unhappy verdict on the result round again, once, and leaves a second one to the office. The attitude alone redoes nothing.
func decide(a *casework.Act) string {
	switch {
	case a.Values.String("result") != casework.Unsatisfied:
		return "closed"
	case a.Left("redo") <= 0:
		return "disputed"
	case a.Lead() == nil:
		return "accepted"
	}
	return "in_hand"
}

// mayMove lets a move be asked within its window from assignment, and not after the second decision.
func mayMove(_ context.Context, a *casework.Act) error {
	if a.Case.Counters.V["move"] >= a.Procedure().Counters["move"] {
		return errs.New(errs.Conflict, "opinion.moves_settled")
	}
	window := deadline.Start(a.Calendar(), a.Procedure().Rule("move"), store.Time(a.Target.AssignedAt))
	if !a.At.Before(time.UnixMicro(window.DueAt)) {
		return errs.New(errs.Conflict, "opinion.move_window_closed").With(errs.Args{"Due": string(window.Due)})
	}
	return nil
}

func accept(_ context.Context, a *casework.Act) error {
	a.Case.AcceptedAt = a.Micros()
	if c := a.Values.String("category"); c != "" {
		a.Case.Category = c
	}
	a.Case.Urgent = a.Case.Urgent || a.Values.Bool("urgent")
	return nil
}

// outcome is an answer given by the office itself, or mirrored from the hotline. Who lists a matter for later must promise by when: an agency's business.
func outcome(_ context.Context, a *casework.Act) error {
	if a.Values.String("class") == "planned" {
		return errs.New(errs.Invalid, "opinion.plan_needs_agency").At("class")
	}
	a.Case.Class, a.Case.ReplyText, a.Case.AnsweredAt = a.Values.String("class"), a.TextOf("reply"), a.Micros()
	return nil
}

func outcomeOfLead(ctx context.Context, a *casework.Act) error {
	out, err := a.Collect(ctx, a.Answering())
	if err != nil {
		return err
	}
	a.Case.Class, a.Case.ReplyText, a.Case.PromiseOn, a.Case.AnsweredAt = out.Class, out.ReplyText, out.PromiseOn, a.Micros()
	return nil
}

// reply takes the agency's result; one that lists the matter for later must promise what and by when.
func reply(_ context.Context, a *casework.Act) error {
	class, on := a.Values.String("class"), a.Values.String("promise_on")
	if class == "planned" && (on == "" || a.TextOf("promise") == "") {
		return errs.New(errs.Invalid, "opinion.promise_needed").At("promise_on")
	}
	if on != "" && on < string(deadline.DateOf(a.At)) {
		return errs.New(errs.Invalid, "opinion.promise_past").At("promise_on")
	}
	t := a.Target
	t.PromiseState = ""
	t.Class, t.PromiseOn, t.ReplyText, t.PromiseText, t.RepliedAt = class, on, a.TextOf("reply"), a.TextOf("promise"), a.Micros()
	return nil
}

// suggestionKind is the kind a matter is turned into that a deputy takes up 代表建议.
const suggestionKind = "suggestion"

// convert opens a draft for a deputy, who words it as his own and submits it; the opinion ends, linked both ways.
func convert(ctx context.Context, a *casework.Act) error {
	for _, field := range []string{"title", "body"} {
		what, err := a.Private(ctx, a.Values.String(field))
		if err == nil && what != "" {
			err = errs.New(errs.Invalid, "opinion.convert_private").At(field)
		}
		if err != nil {
			return err
		}
	}
	on := deadline.DateOf(a.At)
	session, err := registry.SessionOn(ctx, a.Query(), a.Case.CongressID, on)
	if err != nil {
		return err
	}
	seat, err := registry.MandateAt(ctx, a.Query(), a.Values.String("deputy"), a.Case.CongressID, on)
	if err != nil {
		return err
	}
	phase := "recess"
	if on <= session.Deadline() {
		phase = "meeting"
	}
	return a.Convert(ctx, casework.Opening{Actor: a.Actor, Kind: suggestionKind, Deputy: a.Values.String("deputy"), Title: a.Values.String("title"), Body: a.Values.String("body"),
		Source: Web, MayPublish: true, OwnHand: true, Extra: map[string]string{"session": session.ID, "phase": phase, "delegation": seat.Delegation, "disclosure": "full", "formed": "grid"}}, a.Case.Office)
}

package casework

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

// States of a case's publication. Nothing is public before Published.
const (
	PublicationAsked     = "asked"
	Published            = "published"
	PublicationRefused   = "refused"
	PublicationWithdrawn = "withdrawn"
)

// Effects are those that any kind may name in its procedure.
func Effects() map[string]Effect {
	return map[string]Effect{
		"assign":            assign,
		"ask_move":          askMove,
		"moved":             movedAway,
		"stop_assignments":  stopAssignments,
		"told_deputy":       set(func(a *Act) { a.Case.DeputyTold = true }),
		"confirmed":         set(func(a *Act) { a.Case.Confirmed = a.Values.String("agrees") }),
		"fed_back":          set(func(a *Act) { a.Case.FedBackAt = a.Micros() }),
		"ask_publish":       set(askPublish),
		"publish":           set(publish),
		"refuse_publish":    set(func(a *Act) { a.Case.Publication = PublicationRefused }),
		"unpublish":         set(func(a *Act) { a.Case.Publication, a.Case.PublishedAt = PublicationWithdrawn, 0 }),
		"new_code":          newCode,
		"ask_correction":    askCorrection,
		"grant_correction":  grantCorrection,
		"refuse_correction": set(endCorrection),
		"check_entry":       checkEntry,
		"approved":          set(approved),
	}
}

// set is an effect that cannot fail.
func set(change func(a *Act)) Effect {
	return func(_ context.Context, a *Act) error {
		change(a)
		return nil
	}
}

// assign makes the assignments of a case: the lead's (or sole addressee's) and the co-handlers'. Co-handlers still at work from before a move stay.
func assign(ctx context.Context, a *Act) error {
	lead, co := a.Values.String("lead"), a.Values.List("co")
	if slices.Contains(co, lead) {
		return errs.New(errs.Invalid, "casework.co_is_lead").At("co")
	}
	working := map[string]bool{}
	for _, asg := range a.Assignments {
		working[asg.Agency] = working[asg.Agency] || !asg.Leads() && asg.State != "moved" && asg.State != "stopped"
	}
	part := PartSole
	if len(co) > 0 || slices.ContainsFunc(a.Assignments, func(asg *Assignment) bool { return working[asg.Agency] }) {
		part = PartLead
	}
	a.Case.LeadAgency, a.Case.AssignedAt = lead, a.Micros()
	if err := a.assignTo(ctx, lead, part); err != nil {
		return err
	}
	for _, agency := range co {
		if working[agency] {
			continue
		}
		if err := a.assignTo(ctx, agency, PartCo); err != nil {
			return err
		}
	}
	return nil
}

// assignTo opens the stream of a new assignment.
func (a *Act) assignTo(ctx context.Context, agency, part string) error {
	outer, values, target := a.step, a.Values, a.Target
	defer func() { a.step, a.Values, a.Target = outer, values, target }()
	a.Case.Assignments++
	asg := &Assignment{CongressID: a.Case.CongressID, ID: store.NewID(), CaseID: a.Case.ID, Kind: a.Case.Kind, N: a.Case.Assignments,
		Procedure: a.kind.Procedure.Hash(), Agency: agency, Part: part, AssignerOffice: a.Case.Office, AssignedAt: a.Micros()}
	machine := a.kind.Procedure.Assignment
	action := &procedure.Action{Name: opened, Starts: machine.Starts}
	a.step, a.Values, a.Target = &step{action: action, eventID: store.NewID()}, Values{}, asg
	asg.State = machine.Start
	if err := a.enter(ctx, asg, action, "", asg.State); err != nil {
		return err
	}
	a.Assignments = append(a.Assignments, asg)
	a.started[asg] = 0
	return a.record(asg, nil, "")
}

// askMove notes the agency that should have it instead. The second decision on a case's moves is final, and a move must be asked within its window.
func askMove(_ context.Context, a *Act) error {
	if a.Values.String("better") == a.Target.Agency {
		return errs.New(errs.Invalid, "casework.better_is_self").At("better")
	}
	a.Target.Better = a.Values.String("better")
	return nil
}

// movedAway takes the case back to the office, if it was the lead or sole addressee that could not have it.
func movedAway(ctx context.Context, a *Act) error {
	if !a.Target.Leads() {
		return nil
	}
	a.Case.LeadAgency = ""
	return a.System(ctx, nil, "take_back")
}

func stopAssignments(ctx context.Context, a *Act) error {
	stop, ok := a.kind.Procedure.Assignment.Action("stop")
	if !ok {
		return nil
	}
	for _, asg := range a.Assignments {
		if stop.FromState(asg.State) {
			if err := a.System(ctx, asg, "stop"); err != nil {
				return err
			}
		}
	}
	return nil
}

func approved(a *Act) {
	a.Target.AnsweredAt, a.Target.ApprovedHow = a.Micros(), "system"
	if a.step.action.Name == "register_approval" {
		a.Target.ApprovedHow, a.Target.SignedOn = "registered", a.Values.String("signed_on")
	}
}

func askPublish(a *Act) {
	c := a.Case
	c.Publication, c.PublicationAskedBy, c.WithVerdict = PublicationAsked, a.Actor.Account, a.Values.Bool("with_verdict")
	c.PublicTitleText, c.PublicBodyText, c.PublicReplyText = a.TextOf("public_title"), a.TextOf("public_body"), a.TextOf("public_reply")
}

func publish(a *Act) { a.Case.Publication, a.Case.PublishedAt = Published, a.Micros() }

// newCode issues another pick-up code after the telephone number that was left has been named again; the old code is void.
func newCode(ctx context.Context, a *Act) error {
	ok, err := sealed.ContactHasPhone(ctx, a.q, a.vault, a.Case.CongressID, a.Case.ID, a.Values.String("checked_phone"))
	if err != nil {
		return err
	}
	if !ok {
		return errs.New(errs.Invalid, "casework.contact_differs").At("checked_phone")
	}
	a.Case.CodeCounter++
	a.code = a.vault.Code(a.Case.ID, int(a.Case.CodeCounter))
	return nil
}

func askCorrection(ctx context.Context, a *Act) error {
	field, value := a.Values.String("field"), a.Values.String("value")
	if err := a.checkCorrection(ctx, field, value); err != nil {
		return errs.New(errs.Invalid, "casework.bad_correction").At("value").Because(err)
	}
	a.Case.Correcting = true
	a.Case.Correction.V = Correction{Field: field, Text: a.TextOf("value"), By: a.Actor.Account}
	return nil
}

// checkCorrection refuses a value that the field cannot have.
func (a *Act) checkCorrection(ctx context.Context, field, value string) error {
	var err error
	switch field {
	case "category":
		_, err = registry.GetCategory(ctx, a.q, value)
	case "grid":
		_, err = registry.GetGrid(ctx, a.q, value)
	case "station":
		_, err = registry.GetStation(ctx, a.q, value)
	case "class":
		if _, ok := a.kind.Procedure.Choice("class", value); !ok || a.Case.Class == "" {
			err = errs.New(errs.Invalid, "casework.bad_choice")
		}
	case "received_on":
		var d deadline.Date
		if d, err = deadline.ParseDate(value); err == nil && d.Start().After(a.Now) {
			err = errs.New(errs.Invalid, "casework.future")
		}
	}
	return err
}

func grantCorrection(ctx context.Context, a *Act) error {
	c := a.Case
	value, err := store.One[string](ctx, a.q, "select body from case_text where congress_id = $1 and id = $2", c.CongressID, c.Correction.V.Text)
	if err != nil {
		return err
	}
	if err := a.checkCorrection(ctx, c.Correction.V.Field, value); err != nil {
		return err
	}
	switch c.Correction.V.Field {
	case "category":
		c.Category = value
	case "grid":
		c.Grid = value
	case "station":
		c.Station = value
	case "class":
		c.Class = value
	case "received_on":
		c.ReceivedAt = store.Micros(deadline.Date(value).Start())
	}
	endCorrection(a)
	return nil
}

func endCorrection(a *Act) { a.Case.Correcting, a.Case.Correction.V = false, Correction{} }

// checkEntry records that another person has compared an entry with its paper.
func checkEntry(_ context.Context, a *Act) error {
	entries, unchecked := a.entries()
	i := slices.IndexFunc(entries.V, func(e Entry) bool { return e.Event == a.Values.String("entry") && e.CheckedBy == "" })
	if i < 0 {
		return errs.New(errs.Invalid, "casework.no_entry").At("entry")
	}
	if a.self(entries.V[i].Account) {
		return errs.New(errs.Denied, "casework.second_person").At("entry")
	}
	entries.V = slices.Clone(entries.V)
	entries.V[i].CheckedBy, entries.V[i].Agrees = a.Actor.Account, a.Values.String("agrees") == "agree"
	*unchecked--
	return nil
}

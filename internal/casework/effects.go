package casework

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
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
		"no_lead":           set(func(a *Act) { a.Case.LeadAgency = "" }),
		"take_lead":         set(func(a *Act) { a.Case.LeadAgency = a.lead }),
		"reassign":          reassign,
		"prolong":           prolong,
		"signed":            set(func(a *Act) { a.Target.SignedAt = a.Micros() }),
		"verdict":           verdict,
		"no_verdict":        set(noVerdict),
		"invite":            invite,
		"cosign":            cosign,
		"decline":           decline,
		"leave":             leave,
		"consent":           consent,
		"ask_move":          askMove,
		"moved":             movedAway,
		"stop_assignments":  stopAssignments,
		"told_deputy":       set(func(a *Act) { a.Case.DeputyTold = true }),
		"confirmed":         set(func(a *Act) { a.Case.Confirmed = a.Values.String("agrees") }),
		"fed_back":          set(func(a *Act) { a.Case.FedBackAt = a.Micros() }),
		"ask_publish":       askPublish,
		"publish":           set(publish),
		"refuse_publish":    set(func(a *Act) { a.Case.Publication = PublicationRefused }),
		"unpublish":         set(func(a *Act) { a.Case.Publication, a.Case.PublishedAt = PublicationWithdrawn, 0 }),
		"new_code":          newCode,
		"ask_correction":    askCorrection,
		"grant_correction":  grantCorrection,
		"refuse_correction": set(endCorrection),
		"check_entry":       checkEntry,
		"approved":          set(approved),
		"subassign":         subassign,
		"outcome_of_parts":  outcomeOfParts,
		"merge":             merge,
		"inherit_answer":    inheritAnswer,
		"leave_main":        set(func(a *Act) { a.Case.Main = "" }),
		"answer_followers":  answerFollowers,
		"release_followers": releaseFollowers,
		"split":             split,
		"refer":             refer,
		"to_hotline":        toHotline,
		"escalate":          escalate,
		"reopen":            set(reopen),
		"ask_extension":     askExtension,
		"grant_extension":   grantExtension,
		"refuse_extension":  set(func(a *Act) { a.Target.ExtensionAsked = 0 }),
		"urge":              set(urge),
		"acknowledge":       set(func(a *Act) { a.Target.UrgeOpen = false }),
		"fulfil":            fulfil,
		"miss_promise":      set(func(a *Act) { a.Target.PromiseState = PromiseMissed }),
	}
}

// set is an effect that cannot fail.
func set(change func(a *Act)) Effect {
	return func(_ context.Context, a *Act) error {
		change(a)
		return nil
	}
}

// approved settles an answer. How it was signed is the step's own business where that was another one.
func approved(a *Act) {
	a.Target.AnsweredAt = a.Micros()
	if a.Target.PromiseOn != "" {
		a.Target.PromiseState = PromiseOpen
	}
	switch a.step.action.Name {
	case "approve", "complete":
		a.Target.ApprovedHow = "system"
	case "register_approval":
		a.Target.ApprovedHow, a.Target.SignedOn = "registered", a.Values.String("signed_on")
	}
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
		var category registry.Category
		category, err = registry.GetCategory(ctx, a.q, value)
		if err == nil && category.Use != a.Case.Kind {
			err = errs.New(errs.Invalid, "casework.bad_choice")
		}
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

package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// refuse is a guard's answer: not possible in the present state of things.
func refuse(key string) error { return errs.New(errs.Conflict, key) }

// Guards are those that any kind may name in its procedure.
func Guards() map[string]Guard {
	return map[string]Guard{
		"not_answerer":       notAnswerer,
		"publication_asked":  when("casework.publication_not_asked", func(a *Act) bool { return a.Case.Publication == PublicationAsked }),
		"not_asker":          when("casework.second_person", func(a *Act) bool { return !a.self(a.Case.PublicationAskedBy) }),
		"published":          when("casework.not_published", func(a *Act) bool { return a.Case.Publication == Published }),
		"publishable":        publishable,
		"no_correction_open": when("casework.correction_open", func(a *Act) bool { return !a.Case.Correcting }),
		"correction_open":    when("casework.no_correction", func(a *Act) bool { return a.Case.Correcting }),
		"not_corrector":      when("casework.second_person", func(a *Act) bool { return !a.self(a.Case.Correction.V.By) }),
		"contact_checked":    when("casework.no_contact", func(a *Act) bool { return a.Case.HasContact }),
		"few_files":          fewFiles,
		"entry_open":         when("casework.no_entry", func(a *Act) bool { return len(a.unchecked()) > 0 }),
		"not_enterer": when("casework.second_person", func(a *Act) bool {
			return slices.ContainsFunc(a.unchecked(), func(e Entry) bool { return !a.self(e.Account) })
		}),
		"rescindable":       rescindable,
		"co_handler":        when("casework.co_only", func(a *Act) bool { return a.Target.Part == PartCo }),
		"lead_handler":      when("casework.lead_only", func(a *Act) bool { return a.Target.Leads() }),
		"mergeable":         mergeable,
		"no_followers":      noFollowers,
		"few_parts":         fewParts,
		"unassigned":        when("casework.assigned_already", func(a *Act) bool { return len(a.parts("")) == 0 }),
		"has_lead":          when("casework.no_lead", func(a *Act) bool { return a.Lead() != nil }),
		"distributor":       distributor,
		"no_extension_open": when("casework.extension_open", func(a *Act) bool { return a.Target.ExtensionAsked == 0 }),
		"extension_left":    when("casework.extended", func(a *Act) bool { return a.Left("extend") > 0 }),
		"extension_open":    when("casework.no_extension", func(a *Act) bool { return a.Target.ExtensionAsked > 0 }),
		"urged":             when("casework.not_urged", func(a *Act) bool { return a.Target.UrgeOpen }),
		"promise_open": when("casework.no_promise", func(a *Act) bool {
			return a.Target.PromiseOn != "" && (a.Target.PromiseState == PromiseOpen || a.Target.PromiseState == PromiseMissed)
		}),
		"all_agree":   allAgree,
		"invited":     mineToSign(SignerInvited),
		"signs":       mineToSign(SignerSigned, SignerLeaving),
		"signs_still": mineToSign(SignerSigned),
		"unanswered": when("casework.answered_already", func(a *Act) bool {
			return !slices.ContainsFunc(a.Assignments, func(asg *Assignment) bool { return asg.AnsweredAt != 0 && asg.Leads() })
		}),
	}
}

// Deciders are those that any kind may name in its procedure.
func Deciders() map[string]Decider {
	return map[string]Decider{"merge_target": mergeTarget, "redo_target": redoTarget}
}

// when is a guard that holds while a condition does.
func when(key string, holds func(a *Act) bool) Guard {
	return func(_ context.Context, a *Act) error {
		if holds(a) {
			return nil
		}
		return refuse(key)
	}
}

// self reports whether an account is the actor's, or that of the colleague acted for: a lent grant makes no second person.
func (a *Act) self(account string) bool {
	return account == a.Actor.Account || account != "" && account == a.Permission.Behalf
}

// notAnswerer (design invariant 5) lets nobody evaluate, or enter an evaluation for, a case they answered, had answered for them, or act for somebody who did.
func notAnswerer(ctx context.Context, a *Act) error {
	if a.Actor.Case != "" {
		return nil
	}
	all, err := a.past(ctx)
	if err != nil {
		return err
	}
	for _, e := range all {
		if !a.answers(strings.TrimPrefix(e.Action, a.Case.Kind+".")) {
			continue
		}
		var rec Record
		if err := json.Unmarshal([]byte(e.Payload), &rec); err != nil {
			return fmt.Errorf("casework: payload of an answer: %w", err)
		}
		if a.self(e.Account) || a.self(rec.Behalf) {
			return errs.New(errs.Denied, "casework.answerer")
		}
	}
	return nil
}

// answers reports whether who does an action has answered the case.
func (a *Act) answers(name string) bool {
	machine := &a.kind.Procedure.Case
	if of, ok := strings.CutPrefix(name, procedure.AssignmentAction("")); ok {
		name, machine = of, &a.kind.Procedure.Assignment
	}
	action, ok := machine.Action(name)
	return ok && action.Answers
}

// maxFiles is how many attachments a submitter may send in all (our default).
const maxFiles = 6

func fewFiles(ctx context.Context, a *Act) error {
	n, err := store.One[int](ctx, a.q, "select count(*) from attachment where congress_id = $1 and owner_id = $2 and purpose = $3",
		a.Case.CongressID, a.Case.ID, string(files.PurposeSubmitted))
	if err == nil && n >= maxFiles {
		err = errs.New(errs.Conflict, "casework.too_many_files").With(errs.Args{"Max": maxFiles})
	}
	return err
}

func publishable(_ context.Context, a *Act) error {
	switch {
	case !a.Case.MayPublish:
		return refuse("casework.may_not_publish")
	case a.Case.Publication == PublicationAsked:
		return refuse("casework.publication_asked")
	case a.Case.Publication == Published:
		return refuse("casework.published")
	}
	return nil
}

func rescindable(ctx context.Context, a *Act) error {
	_, err := a.undoable(ctx)
	return err
}

// entries points to the entries for somebody else of what is acted on.
func (a *Act) entries() (*store.JSON[[]Entry], *int64) {
	if a.Target != nil {
		return &a.Target.Entries, &a.Target.Unchecked
	}
	return &a.Case.Entries, &a.Case.Unchecked
}

func (a *Act) unchecked() []Entry {
	entries, _ := a.entries()
	return slices.DeleteFunc(slices.Clone(entries.V), func(e Entry) bool { return e.CheckedBy != "" })
}

package suggestion

import (
	"context"
	"slices"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

func refuse(key string) error { return errs.New(errs.Conflict, key) }

// when is a guard that holds while a condition does.
func when(key string, holds func(a *casework.Act) bool) casework.Guard {
	return func(_ context.Context, a *casework.Act) error {
		if holds(a) {
			return nil
		}
		return refuse(key)
	}
}

func guards() map[string]casework.Guard {
	all := casework.Guards()
	all["publishable"] = publishable(all["publishable"])
	all["at_meeting"] = when("suggestion.in_recess", func(a *casework.Act) bool { return a.Case.Get(Phase) == Meeting })
	all["collecting"] = collecting
	all["head_signs"] = headSigns
	all["numbered"] = when("suggestion.not_numbered", func(a *casework.Act) bool { return a.Case.Get(casework.Serial) != "" })
	all["not_locked"] = notLocked
	all["free_number"] = freeNumber
	all["not_key"] = when("suggestion.is_key", func(a *casework.Act) bool { return a.Case.Get(Key) == "" })
	all["is_key"] = when("suggestion.not_key", func(a *casework.Act) bool { return a.Case.Get(Key) == yes })
	all["was_answered"] = when("suggestion.not_answered", func(a *casework.Act) bool { return a.Case.AnsweredAt != 0 })
	all["not_drawn"] = when("suggestion.drawn_already", func(a *casework.Act) bool { return a.Case.Get(Drawn) == "" })
	all["judged"] = when("suggestion.not_judged", func(a *casework.Act) bool { return a.Case.Verdict == casework.VerdictGiven })
	all["may_move"] = mayMove
	all["not_wide"] = when("suggestion.is_wide", func(a *casework.Act) bool { return a.Case.Get(Wide) == "" })
	all["rechecking"] = when("suggestion.not_rechecking", func(a *casework.Act) bool { return a.Case.State == "rechecking" })
	all["self_checked"] = when("suggestion.not_self_checked", func(a *casework.Act) bool {
		return !slices.ContainsFunc(a.Leaves(), func(asg *casework.Assignment) bool { return asg.Get(CheckedRound) != a.Case.Get(RoundID) })
	})
	return all
}

// collecting takes a meeting's suggestions in until its deadline; afterwards they are raised between sessions.
func collecting(ctx context.Context, a *casework.Act) error {
	if a.Case.Get(Phase) != Meeting {
		return nil
	}
	s, err := registry.GetSession(ctx, a.Query(), a.Case.Get(Session))
	if err != nil {
		return err
	}
	if until := s.Deadline(); deadline.DateOf(a.At) > until {
		return errs.New(errs.Conflict, "suggestion.window_closed").With(errs.Args{"Session": s.Name, "Until": string(until)})
	}
	return nil
}

// headSigns lets only its head sign for a delegation.
func headSigns(ctx context.Context, a *casework.Act) error {
	if a.Case.Get(ByDelegation) != yes {
		return nil
	}
	m, err := registry.MandateAt(ctx, a.Query(), a.Case.Deputy, a.Case.CongressID, deadline.DateOf(a.At))
	if errs.Is(err, errs.NotFound) || err == nil && !m.Head {
		return refuse("suggestion.head_only")
	}
	return err
}

func notLocked(ctx context.Context, a *casework.Act) error {
	at, err := casework.SerialLocked(ctx, a.Query(), a.Case.CongressID, a.Case.Get(casework.Series))
	if err == nil && at != 0 {
		err = refuse("suggestion.locked")
	}
	return err
}

// freeNumber gives a case only a number of its series that was given out and that no other case has.
func freeNumber(ctx context.Context, a *casework.Act) error {
	n := a.Values.Number("serial")
	if n == 0 {
		return nil // only asked whether it might be
	}
	type series struct{ Held, Last int }
	s, err := store.One[series](ctx, a.Query(), `select (select count(*) from suggestion where congress_id = $1 and session_id = $2 and phase = $3 and serial = $4 and case_id <> $5) as held,
		coalesce((select last from serial_series where congress_id = $1 and series = $6), 0) as last`,
		a.Case.CongressID, a.Case.Get(Session), a.Case.Get(Phase), n, a.Case.ID, a.Case.Get(casework.Series))
	if err == nil && (s.Held > 0 || n > s.Last) {
		err = errs.New(errs.Invalid, "suggestion.number_taken").At("serial")
	}
	return err
}

// mayMove lets a move be asked in the session's dated window 调整期, or without one within working days from assignment.
func mayMove(ctx context.Context, a *casework.Act) error {
	if a.Case.Get(Phase) == Meeting {
		s, err := registry.GetSession(ctx, a.Query(), a.Case.Get(Session))
		if err != nil {
			return err
		}
		if s.AdjustUntil != "" {
			if deadline.DateOf(a.At) > s.AdjustUntil {
				return errs.New(errs.Conflict, "suggestion.adjusted").With(errs.Args{"Until": string(s.AdjustUntil)})
			}
			return nil
		}
	}
	window := deadline.Start(a.Calendar(), a.Procedure().Rule("move"), store.Time(a.Target.AssignedAt))
	if a.At.UnixMicro() >= window.DueAt {
		return errs.New(errs.Conflict, "suggestion.adjusted").With(errs.Args{"Until": string(window.Due)})
	}
	return nil
}

func deciders() map[string]casework.Decider {
	all := casework.Deciders()
	all["verdict"] = decide
	all["keeper"] = keeper
	all["checker"] = checker
	all["instructed"] = instructed
	all["merge_target"] = mergeTarget(all["merge_target"])
	return all
}

// mergeTarget names this kind's state for what is answered at once.
func mergeTarget(shared casework.Decider) casework.Decider {
	return func(a *casework.Act) string {
		if shared(a) == "replied" {
			return "answered"
		}
		return "merged"
	}
}

// decide sends an unhappy verdict on the result round again, once; a second one is for the office to coordinate (domain reference §1.4).
func decide(a *casework.Act) string {
	switch {
	case a.Values.String("result") != casework.Unsatisfied:
		return "done"
	case a.Left("redo") <= 0:
		return "coordinating"
	}
	return "redoing"
}

// keeper sends an assignment whose move was refused back to where its agency works.
func keeper(a *casework.Act) string {
	if a.Target.Get(casework.Distributes) == yes {
		return "splitting"
	}
	return "handling"
}

func instructed(a *casework.Act) string {
	if a.Values.String("decision") == "move" {
		return "reassigned"
	}
	return keeper(a)
}

// checker has drafts of what the government office split looked at by it, unless the place does without.
func checker(a *casework.Act) string {
	if a.Procedure().Option("check_drafts") == "on" && a.Target.AssignerAgency != "" {
		return "checking"
	}
	return "to_issue"
}

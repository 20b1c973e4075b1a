package suggestion

import (
	"context"
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/registry"
)

// set is an effect that cannot fail.
func set(change func(a *casework.Act)) casework.Effect {
	return func(_ context.Context, a *casework.Act) error {
		change(a)
		return nil
	}
}

func effects() map[string]casework.Effect {
	all := casework.Effects()
	for name, e := range map[string]casework.Effect{
		"edit":          set(edit),
		"to_recess":     toRecess,
		"submit":        set(func(a *casework.Act) { a.Case.Put(SubmittedAt, string(deadline.DateOf(a.At))) }),
		"unsubmit":      set(func(a *casework.Act) { a.Case.Put(SubmittedAt, "") }),
		"classify":      set(classify),
		"number":        number,
		"renumber":      set(func(a *casework.Act) { a.SetSerial(a.Values.Number("serial")) }),
		"unnumber":      set(func(a *casework.Act) { a.DropSerial() }),
		"end_letter":    set(func(a *casework.Act) { a.Case.Put(EndedHow, "letter") }),
		"end_reference": set(func(a *casework.Act) { a.Case.Put(EndedHow, "reference") }),
		"plan":          set(plan),
		"dispatch":      dispatch,
		"addressed":     func(ctx context.Context, a *casework.Act) error { return addressed(ctx, a, a.Case.LeadAgency) },
		"key":           set(key),
		"key_report":    set(func(*casework.Act) {}),
		"circulate":     set(func(*casework.Act) {}),
		"outcome":       outcome,
		"settle":        set(settle),
		"asked_signers": askedSigners,
		"redo_all":      func(ctx context.Context, a *casework.Act) error { return a.Redo(ctx) },
		"draw_visit":    set(func(a *casework.Act) { a.Case.Put(Drawn, yes) }),
		"sample":        set(func(a *casework.Act) { a.Case.Put(Sampled, yes) }),
		"call_back":     set(func(a *casework.Act) { a.Case.Put(CalledBack, a.Values.String("found")) }),
		"look_back":     set(lookBack),
		"visit":         set(func(a *casework.Act) { a.Case.Put(Visited, a.Values.String("agrees")) }),
		"looked_back":   lookedBack,
		"lead_by":       set(func(a *casework.Act) { a.Target.Put(Leader, a.TextOf("leader")) }),
		"contact":       contact,
		"opine": set(func(a *casework.Act) {
			a.Target.Put(DocNumber, a.TextOf("doc_number"))
			a.Target.ReplyText = a.TextOf("words")
		}),
		"draft":       draft,
		"pass":        set(pass),
		"issued":      set(issued),
		"delivered":   set(delivered),
		"self_check":  set(selfCheck),
		"verify":      set(func(a *casework.Act) { a.Target.Put(Verified, a.Values.String("found")) }),
		"reanswer":    reanswer,
		"instruct":    instruct(all["reassign"]),
		"ask_publish": askPublish(all["ask_publish"]),
	} {
		all[name] = e
	}
	return all
}

// edit rewrites a draft. Who had signed it signed other words, and is asked again.
func edit(a *casework.Act) {
	c := a.Case
	c.TitleText, c.BodyText = a.TextOf("title"), a.TextOf("body")
	for _, name := range []string{Formed, Repeated, Disclosure} {
		c.Put(name, a.Values.String(name))
	}
	c.Put("text.agencies", a.TextOf("agencies"))
	c.Put(Talk, flag(a.Values.Bool(Talk)))
	c.Put(NoReply, flag(a.Values.Bool(NoReply)))
	c.MayPublish = c.Get(Disclosure) != "none"
	a.Unsign()
}

func flag(on bool) string {
	if on {
		return yes
	}
	return ""
}

// toRecess raises between sessions what missed the meeting's deadline.
func toRecess(ctx context.Context, a *casework.Act) error {
	s, err := registry.SessionOn(ctx, a.Query(), a.Case.CongressID, deadline.DateOf(a.At))
	if err != nil {
		return err
	}
	a.Case.Put(Session, s.ID)
	a.Case.Put(Phase, Recess)
	return nil
}

func classify(a *casework.Act) {
	a.Case.Category = a.Values.String("category")
	if region := a.Values.String("category_region"); region != "" {
		a.Case.Put(CategoryRegion, region)
	}
}

// SeriesOf names the series that a session's suggestions of a phase are numbered in.
func SeriesOf(kind, session, phase string) string { return kind + "/" + session + "/" + phase }

func number(ctx context.Context, a *casework.Act) error {
	a.Case.AcceptedAt = a.Micros()
	return a.NextSerial(ctx, SeriesOf(a.Case.Kind, a.Case.Get(Session), a.Case.Get(Phase)))
}

func plan(a *casework.Act) {
	a.Case.Put(PlanLead, a.Values.String("lead"))
	a.Case.Put(PlanCo, strings.Join(a.Values.List("co"), ","))
	a.Case.Put(PlanSplit, strings.Join(a.Values.List("split"), ","))
	a.Case.Put(PlanWords, a.TextOf("words"))
}

func dispatch(ctx context.Context, a *casework.Act) error {
	a.Case.Put(Wide, flag(a.Values.Bool("wide")))
	a.Case.Put(Express, flag(a.Values.Bool("express")))
	a.Case.Put(LetterNumber, a.TextOf("letter_number"))
	if a.Values.Bool("express") && a.Case.Get(Phase) != Recess {
		return errs.New(errs.Invalid, "suggestion.express_in_recess").At("express")
	}
	return addressed(ctx, a, a.Values.String("lead"))
}

// addressed notes to which system the agency belongs that a suggestion is addressed to.
func addressed(ctx context.Context, a *casework.Act, id string) error {
	agency, err := registry.GetAgency(ctx, a.Query(), id)
	if err == nil {
		a.Case.Put(System, agency.System)
	}
	return err
}

func key(a *casework.Act) {
	a.Case.Put(Key, yes)
	a.Case.Put(KeyCommittee, a.Values.String("committee"))
	a.Case.Put(KeyLeader, a.TextOf("leader"))
	a.Case.Put("text.key_plan", a.TextOf("plan"))
}

// outcome is the answer of all who were addressed; its class is a proposal until the office settles it.
func outcome(ctx context.Context, a *casework.Act) error {
	out, err := a.Collect(ctx, a.Answering())
	if err != nil {
		return err
	}
	c := a.Case
	c.ReplyText, c.PromiseOn, c.AnsweredAt = out.ReplyText, out.PromiseOn, a.Micros()
	c.Put(Proposed, out.Class)
	return nil
}

// settle is the class that counts 核定. The first stays on record beside the present one; every change is an event and a span.
func settle(a *casework.Act) {
	c := a.Case
	c.Class = a.Values.String("class")
	if c.Get(FirstClass) == "" {
		c.Put(FirstClass, c.Class)
	}
}

// askedSigners has the lead ask those who signed with him before he judges for them all.
func askedSigners(_ context.Context, a *casework.Act) error {
	if a.Case.Signed() > 0 && !a.Values.Bool("asked") {
		return errs.New(errs.Invalid, "suggestion.ask_signers").At("asked")
	}
	return nil
}

// contact keeps that the deputy was talked to, and when in the handling.
func contact(_ context.Context, a *casework.Act) error {
	if a.Values.String("on") > string(deadline.DateOf(a.Now)) {
		return errs.New(errs.Invalid, "suggestion.date_ahead").At("on")
	}
	t := a.Target
	phases := strings.FieldsFunc(t.Get(Contacts), func(r rune) bool { return r == ',' })
	phases = append(phases, a.Values.String("phase"))
	slices.Sort(phases)
	t.Put(Contacts, strings.Join(slices.Compact(phases), ","))
	if a.Values.String("mode") != "telephone" {
		t.Put(MetInPerson, yes)
	}
	return nil
}

// draft is the agency's answer with its own class; one that leaves something to be done must promise what and by when.
func draft(_ context.Context, a *casework.Act) error {
	if err := promised(a); err != nil {
		return err
	}
	t := a.Target
	t.Class, t.ReplyText, t.RepliedAt = a.Values.String("class"), a.TextOf("reply"), a.Micros()
	t.PromiseOn, t.PromiseText, t.PromiseState = a.Values.String("promise_on"), a.TextOf("promise"), ""
	t.Put(ClassSelf, t.Class)
	t.Put(Publicity, a.Values.String(Publicity))
	t.Put(ContactPerson, a.TextOf("contact_person"))
	t.Put(ContactPhone, a.TextOf("contact_phone"))
	return nil
}

func promised(a *casework.Act) error {
	class, _ := a.Procedure().Choice("class", a.Values.String("class"))
	on := a.Values.String("promise_on")
	switch {
	case class.Followup && (on == "" || a.TextOf("promise") == ""):
		return errs.New(errs.Invalid, "suggestion.promise_needed").At("promise_on")
	case on != "" && on < string(deadline.DateOf(a.At)):
		return errs.New(errs.Invalid, "suggestion.promise_past").At("promise_on")
	}
	return nil
}

func pass(a *casework.Act) {
	if class := a.Values.String("class"); class != "" {
		a.Target.Class = class
	}
}

// issued is the signature, in the system or registered from the unit's own office system.
func issued(a *casework.Act) {
	t := a.Target
	t.ApprovedHow, t.SignedOn = "registered", a.Values.String("signed_on")
	if a.ActionName() == "approve" {
		t.ApprovedHow, t.SignedOn = "system", string(deadline.DateOf(a.At))
	}
	t.Put(DocNumber, a.TextOf("doc_number"))
	t.Put(SignedBy, a.TextOf("signer"))
}

func delivered(a *casework.Act) {
	a.Target.Put(DeliveredOn, a.Values.String("on"))
	a.Target.Put("text.copies", a.TextOf("copies"))
}

// lookBack takes an answer into a round; what an earlier one found stays in the record.
func lookBack(a *casework.Act) {
	if id := a.Case.Get(RoundID); id != "" {
		earlier := append(roundsOf(a.Case), id)
		a.Case.Put(Rounds, strings.Join(earlier, ","))
		a.Case.Put("round."+id, roundNow(a.Procedure(), a.Case, a.Assignments).text())
	}
	a.Case.Put(RoundID, a.Values.String("round"))
	a.Case.Put(RoundBefore, a.Case.Class)
	a.Case.ClosedAt = 0
	a.Case.Put(Drawn, "")
	a.Case.Put(Visited, "")
}

func selfCheck(a *casework.Act) {
	a.Target.Put(CheckedRound, a.Case.Get(RoundID))
	a.Target.Put(Found, a.Values.String("found"))
	a.Target.Put(Verified, "")
}

// reanswer 再答复 is a second letter; what was promised before is kept if nothing is promised any more.
func reanswer(_ context.Context, a *casework.Act) error {
	if err := promised(a); err != nil {
		return err
	}
	t := a.Target
	t.Class, t.ReplyText, t.RepliedAt, t.SignedOn = a.Values.String("class"), a.TextOf("reply"), a.Micros(), a.Values.String("signed_on")
	t.Put(ClassSelf, t.Class)
	t.Put(ReansweredIn, a.Case.Get(RoundID))
	t.Put(DocNumber, a.TextOf("doc_number"))
	t.Put(SignedBy, a.TextOf("signer"))
	switch on := a.Values.String("promise_on"); {
	case on != "":
		t.PromiseOn, t.PromiseText, t.PromiseState = on, a.TextOf("promise"), casework.PromiseOpen
	case t.PromiseState == casework.PromiseOpen || t.PromiseState == casework.PromiseMissed:
		t.PromiseState = casework.PromiseKept
	}
	return nil
}

// lookedBack gives the case the words of whoever answered again.
func lookedBack(ctx context.Context, a *casework.Act) error {
	leaves := a.Leaves()
	if !slices.ContainsFunc(leaves, func(asg *casework.Assignment) bool { return asg.Get(ReansweredIn) == a.Case.Get(RoundID) }) {
		return nil
	}
	out, err := a.Collect(ctx, leaves)
	if err != nil {
		return err
	}
	if a.Case.Get(casework.FirstReply) == "" {
		a.Case.Put(casework.FirstReply, a.Case.ReplyText)
	}
	a.Case.ReplyText, a.Case.PromiseOn = out.ReplyText, out.PromiseOn
	a.Case.Put(Proposed, out.Class)
	return nil
}

// instruct carries out what a leader decided about a move.
func instruct(reassign casework.Effect) casework.Effect {
	return func(ctx context.Context, a *casework.Act) error {
		if a.Values.String("decision") == "move" {
			return reassign(ctx, a)
		}
		a.Target.SignedAt = a.Micros()
		return nil
	}
}

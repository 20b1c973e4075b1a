// Package motion is the kind 议案: its procedure, the draft with its grounds and plan, and how many must sign it.
// It never decides who may act: the procedure's table does; and never decides a motion: presidium, committees and congress do.
package motion

import (
	"context"
	"embed"
	"io/fs"
	"slices"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
)

// Kind is the kind's name in tables, events and addresses.
const Kind = "motion"

// Venues a motion is put to.
const (
	Congress = "congress" // 人民代表大会
	Standing = "standing" // 常委会
)

// What the kind keeps of a case beside what it shares with suggestions.
const (
	Venue      = "venue"
	Plan       = "text.plan" // text id: 方案
	Resolution = "resolution"
	Proposal   = "proposal" // of the committee
)

//go:embed procedure.yaml
var file []byte

//go:embed messages
var messages embed.FS

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Builtin is the built-in procedure's file: what a deployment's own begins from.
func Builtin() []byte { return slices.Clone(file) }

// New reads and proves the built-in procedure.
func New() (*casework.Kind, error) { return parse(file) }

// Load reads and proves a deployment's own procedure file, and holds it against the built-in one; an error names the line and what is wrong.
func Load(own []byte) (*casework.Kind, error) {
	return casework.Conforming(own, file, parse)
}

func parse(file []byte) (*casework.Kind, error) {
	k := &casework.Kind{Guards: guards(), Effects: effects(), Deciders: casework.Deciders(), Spans: []string{"state"}}
	p, err := procedure.Parse(file, casework.Functions(k.Guards, k.Effects, k.Deciders))
	if err != nil {
		return nil, err
	}
	k.Procedure = p
	return k, nil
}

// Draft is the form a motion is written on: a suggestion's, whose title is the 案由 and whose body is the 案据, with a plan and a venue.
type Draft struct {
	suggestion.Draft
	Venue string
	Plan  string
}

// MaxPlan is the greatest length of a plan, in characters (our default).
const MaxPlan = 20_000

// Open checks the form and opens a draft. Errors: errs.List naming every field at fault, errs.Denied, and those of casework.Open.
func Open(ctx context.Context, s *casework.Service, actor policy.Actor, d Draft) (casework.Result, error) {
	o, err := Check(ctx, s, actor, d)
	if err != nil {
		return casework.Result{}, err
	}
	return s.Open(ctx, o)
}

// Check turns a form into what a case starts from, or tells everything that is wrong with it as errs.List.
func Check(ctx context.Context, s *casework.Service, actor policy.Actor, d Draft) (casework.Opening, error) {
	var wrong errs.List
	o, err := suggestion.Check(ctx, s, actor, d.Draft)
	if err != nil {
		wrong = errs.All(err)
	}
	if d.Venue == "" {
		d.Venue = Congress
	}
	if d.Venue != Congress && d.Venue != Standing {
		wrong = append(wrong, errs.New(errs.Invalid, "motion.bad_venue").At("venue"))
	}
	if len([]rune(d.Plan)) > MaxPlan {
		wrong = append(wrong, errs.New(errs.Invalid, "suggestion.too_long").With(errs.Args{"Max": MaxPlan}).At("plan"))
	}
	if err := wrong.Or(); err != nil {
		return o, err
	}
	o.Kind = Kind
	o.Extra[Venue] = d.Venue
	o.Texts["plan"] = d.Plan
	return o, nil
}

// Needed is how many deputies must sign, the lead among them: by venue, and by the level of the congress (组织法 arts. 22, 52).
func Needed(p *procedure.Procedure, venue, level string) int {
	if n, ok := p.Thresholds[venue+"_"+level]; ok {
		return n
	}
	return p.Thresholds[venue]
}

// enough refuses a motion that too few sign.
func enough(ctx context.Context, a *casework.Act) error {
	missing, err := missing(ctx, a)
	if err == nil && missing > 0 {
		err = errs.New(errs.Conflict, "motion.too_few").With(errs.Args{"Missing": missing})
	}
	return err
}

func missing(ctx context.Context, a *casework.Act) (int, error) {
	congress, err := registry.GetCongress(ctx, a.Query(), a.Case.CongressID)
	return Needed(a.Procedure(), a.Case.Get(Venue), congress.Level) - 1 - a.Case.Signed(), err
}

// collecting takes a congress's motions in until its deadline, which the presidium sets.
func collecting(ctx context.Context, a *casework.Act) error {
	if a.Case.Get(Venue) != Congress {
		return nil
	}
	s, err := registry.GetSession(ctx, a.Query(), a.Case.Get(suggestion.Session))
	if err != nil {
		return err
	}
	if until := s.Deadline(); deadline.DateOf(a.At) > until {
		return errs.New(errs.Conflict, "motion.window_closed").With(errs.Args{"Session": s.Name, "Until": string(until)})
	}
	return nil
}

func guards() map[string]casework.Guard {
	all := casework.Guards()
	all["enough"] = enough
	all["collecting"] = collecting
	all["has_plan"] = func(_ context.Context, a *casework.Act) error {
		if a.Case.Get(Plan) == "" {
			return errs.New(errs.Conflict, "motion.no_plan")
		}
		return nil
	}
	return all
}

func effects() map[string]casework.Effect {
	all := casework.Effects()
	all["edit"] = edit
	all["submit"] = submit
	all["members_only"] = membersOnly
	all["end_if_few"] = endIfFew
	all["number"] = number
	all["to_suggestion"] = toSuggestion
	all["report"] = report
	all["outcome_of_committee"] = outcome
	all["redo_all"] = func(ctx context.Context, a *casework.Act) error { return a.Redo(ctx) }
	all["resolve"] = func(_ context.Context, a *casework.Act) error {
		a.Case.Put(Resolution, a.Values.String("resolution"))
		return nil
	}
	return all
}

// edit rewrites a draft; who had signed it is asked again.
func edit(_ context.Context, a *casework.Act) error {
	a.Case.TitleText, a.Case.BodyText = a.TextOf("title"), a.TextOf("body")
	a.Case.Put(Plan, a.TextOf("plan"))
	a.Unsign()
	return nil
}

func submit(_ context.Context, a *casework.Act) error {
	a.Case.Put(suggestion.SubmittedAt, string(deadline.DateOf(a.At)))
	return nil
}

// membersOnly lets only members sign what is put to the standing committee (组织法 art. 52).
func membersOnly(ctx context.Context, a *casework.Act) error {
	if a.Case.Get(Venue) != Standing {
		return nil
	}
	people := []string{a.Case.Deputy}
	for _, s := range a.Case.Signers.V {
		people = append(people, s.Person)
	}
	for _, person := range people {
		m, err := registry.MandateAt(ctx, a.Query(), person, a.Case.CongressID, deadline.DateOf(a.At))
		if errs.Is(err, errs.NotFound) || err == nil && !m.Standing {
			return errs.New(errs.Invalid, "motion.members_only").At("deputies")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// endIfFew ends a motion whose signers fall below the number the law asks for, once it has been submitted (domain reference §1.1).
func endIfFew(ctx context.Context, a *casework.Act) error {
	if a.Case.State == "cosigning" {
		return nil
	}
	missing, err := missing(ctx, a)
	if err != nil || missing <= 0 {
		return err
	}
	a.Then("fall")
	return nil
}

func number(ctx context.Context, a *casework.Act) error {
	a.Case.AcceptedAt = a.Micros()
	return a.NextSerial(ctx, suggestion.SeriesOf(Kind, a.Case.Get(suggestion.Session), a.Case.Get(Venue)))
}

// toSuggestion makes a suggestion of a motion that is not taken up, signed by the same deputies and looked at already (domain reference §1.1).
func toSuggestion(ctx context.Context, a *casework.Act) error {
	c := a.Case
	o := casework.Opening{Actor: a.Actor, Kind: suggestion.Kind, Deputy: c.Deputy, Source: c.Source, MayPublish: c.MayPublish, Signers: c.Signers.V,
		Extra: map[string]string{}}
	for _, name := range []string{suggestion.Session, suggestion.Phase, suggestion.Delegation, suggestion.Disclosure} {
		o.Extra[name] = c.Get(name)
	}
	var err error
	if o.Title, err = a.Body(ctx, c.TitleText); err != nil {
		return err
	}
	body, err := a.Body(ctx, c.BodyText)
	if err != nil {
		return err
	}
	plan, err := a.Body(ctx, c.Get(Plan))
	o.Body = body + "\n\n" + plan
	if err != nil {
		return err
	}
	return a.Convert(ctx, o, c.Office, "submit")
}

func report(_ context.Context, a *casework.Act) error {
	t := a.Target
	t.ReplyText, t.RepliedAt = a.TextOf("reply"), a.Micros()
	t.Put(Proposal, a.Values.String(Proposal))
	return nil
}

func outcome(_ context.Context, a *casework.Act) error {
	for _, asg := range a.Answering() {
		a.Case.ReplyText, a.Case.AnsweredAt = asg.ReplyText, a.Micros()
		a.Case.Put(Proposal, asg.Get(Proposal))
	}
	return nil
}

package casework

import (
	"context"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
	"lianxin/internal/zh"
)

// Links are how a case came from another.
const (
	LinkSplit = "split"      // 拆分
	LinkUp    = "refer_up"   // 提请上级
	LinkDown  = "refer_down" // 转下级
	LinkInto  = "convert"    // 转为代表建议
)

// mergeable lets a case follow another of the same office that is still open or has been answered. What follows others is followed by none.
func mergeable(ctx context.Context, a *Act) error {
	if err := noFollowers(ctx, a); err != nil {
		return err
	}
	number := a.Values.String("into")
	if number == "" {
		return nil
	}
	main, _, err := read(ctx, a.q, number)
	if err != nil {
		return err
	}
	switch {
	case main.ID == a.Case.ID:
		return errs.New(errs.Invalid, "casework.merge_self").At("into")
	case main.Kind != a.Case.Kind || main.Office != a.Case.Office:
		return errs.New(errs.Invalid, "casework.merge_elsewhere").At("into")
	case main.State == "merged" || main.AnsweredAt == 0 && main.ClosedAt != 0:
		return errs.New(errs.Invalid, "casework.merge_ended").At("into")
	}
	a.main = main
	return nil
}

// mergeTarget lets a case merged into an answered one be answered at once.
func mergeTarget(a *Act) string {
	if a.main != nil && a.main.AnsweredAt != 0 {
		return "replied"
	}
	return "merged"
}

func merge(ctx context.Context, a *Act) error {
	a.Case.Main = a.main.ID
	if a.Case.State == "replied" {
		return a.inherit(ctx, a.main)
	}
	return nil
}

// inheritAnswer gives a follower its main case's answer, as words of its own: every person is answered.
func inheritAnswer(ctx context.Context, a *Act) error { return a.inherit(ctx, a.main) }

func (a *Act) inherit(ctx context.Context, main *Case) error {
	source := a
	if a.from != nil {
		source = a.from
	}
	words, err := source.body(ctx, main.ReplyText)
	if err != nil {
		return err
	}
	c := a.Case
	c.Class, c.PromiseOn, c.LeadAgency, c.AnsweredAt = main.Class, main.PromiseOn, main.LeadAgency, a.Micros()
	c.ReplyText = a.Text("reply", words, "resident")
	return nil
}

func followers(ctx context.Context, a *Act) ([]string, error) {
	return store.All[string](ctx, a.q, "select number from case_file where main_id = $1 and main_id <> '' and state = 'merged' order by id", a.Case.ID)
}

func noFollowers(ctx context.Context, a *Act) error {
	list, err := followers(ctx, a)
	if err == nil && len(list) > 0 {
		err = refuse("casework.has_followers")
	}
	return err
}

// answerFollowers passes a main case's answer on to those merged into it.
func answerFollowers(ctx context.Context, a *Act) error { return eachFollower(ctx, a, "follow") }

// releaseFollowers gives those merged into a case that ends without an answer back to the office.
func releaseFollowers(ctx context.Context, a *Act) error { return eachFollower(ctx, a, "release") }

func eachFollower(ctx context.Context, a *Act, action string) error {
	numbers, err := followers(ctx, a)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		other, err := a.service.load(ctx, a.tx, a.Actor, number)
		if err != nil {
			return err
		}
		other.id, other.At, other.main, other.from = a.id, a.At, a.Case, a
		if err := other.System(ctx, nil, action); err != nil {
			return err
		}
		a.also = append(a.also, other)
	}
	return nil
}

// maxParts is how many matters one message may be split into beside itself (our default).
const maxParts = 10

func fewParts(ctx context.Context, a *Act) error {
	n, err := store.One[int](ctx, a.q, "select count(*) from case_file where origin_id = $1 and origin_id <> '' and origin_how = $2", a.Case.ID, LinkSplit)
	if err == nil && n >= maxParts {
		err = errs.New(errs.Conflict, "casework.too_many_parts").With(errs.Args{"Max": maxParts})
	}
	return err
}

// split opens a linked case for the second thing a message raises; its clock runs from now, its receipt is the message's.
func split(ctx context.Context, a *Act) error {
	o := a.linkedOpening()
	o.Title, o.Body, o.Category = a.Values.String("title"), a.Values.String("body"), a.Values.String("category")
	if o.Title == "" {
		o.Title = zh.FirstWords(o.Body, 30)
	}
	return a.openLinked(ctx, o, a.Case.Office, LinkSplit)
}

// refer hands the case to another office, where a linked one opens; keys and numbers never change (design invariant 9).
func refer(ctx context.Context, a *Act) error {
	o := a.linkedOpening()
	var err error
	if o.Title, err = a.body(ctx, a.Case.TitleText); err == nil {
		o.Body, err = a.body(ctx, a.Case.BodyText)
	}
	if err == nil && a.Case.PlaceText != "" {
		o.Place, err = a.body(ctx, a.Case.PlaceText)
	}
	if err != nil {
		return err
	}
	return a.openLinked(ctx, o, a.Values.String("office"), a.step.action.Name)
}

func (a *Act) linkedOpening() Opening {
	c := a.Case
	return Opening{Actor: a.Actor, Kind: c.Kind, Station: c.Station, Grid: c.Grid, Deputy: c.Deputy, Category: c.Category, Urgent: c.Urgent, Source: c.Source,
		HideName: c.HideName, MayPublish: c.MayPublish}
}

// Convert opens a case of another kind that came of this one, in the same transaction; neither contact nor attachments go along. then names what
// the system does to it at once, such as submitting what presidium or office has already looked at.
func (a *Act) Convert(ctx context.Context, o Opening, office string, then ...string) error {
	kind, err := a.service.Kind(o.Kind)
	if err != nil {
		return err
	}
	congress, err := registry.GetCongress(ctx, a.q, a.Case.CongressID)
	if err != nil {
		return err
	}
	in := registry.Intake{Congress: congress, Office: office}
	child, err := a.service.caseAt(ctx, a.tx, kind, o, in, a.At, a.Permission)
	if err != nil {
		return err
	}
	child.id = a.id
	child.Case.Origin, child.Case.OriginHow = a.Case.ID, LinkInto
	a.also = append(a.also, child)
	if err := child.begin(ctx, o); err != nil {
		return err
	}
	for _, action := range then {
		if err := child.System(ctx, nil, action); err != nil {
			return err
		}
	}
	return nil
}

// openLinked opens a case that came from this one, with its contact and the submitter's attachments, in the same transaction.
func (a *Act) openLinked(ctx context.Context, o Opening, officeID, how string) error {
	office, err := registry.GetOffice(ctx, a.q, officeID)
	if err != nil {
		return err
	}
	congress, err := registry.GetCongress(ctx, a.q, office.Congress)
	if err != nil {
		return err
	}
	if a.Case.HasContact {
		if o.Contact, err = sealed.GetContact(ctx, a.q, a.vault, a.Case.CongressID, a.Case.ID); err != nil {
			return err
		}
	}
	if o.Files, err = a.submitted(ctx); err != nil {
		return err
	}
	in := registry.Intake{Congress: congress, Office: office.ID, IntakeOffice: a.Case.IntakeOffice, Station: o.Station, Grid: o.Grid}
	child, err := a.service.caseAt(ctx, a.tx, a.kind, o, in, a.At, a.Permission)
	if err != nil {
		return err
	}
	child.id = a.id
	child.Case.ReceivedAt, child.Case.Origin, child.Case.OriginHow = a.Case.ReceivedAt, a.Case.ID, how
	a.also = append(a.also, child)
	return child.begin(ctx, o)
}

// submitted lists what the submitter attached, as it can be attached again.
func (a *Act) submitted(ctx context.Context) ([]files.Accepted, error) {
	list, err := files.List(ctx, a.q, a.Case.CongressID, a.Case.ID)
	if err != nil {
		return nil, err
	}
	var again []files.Accepted
	for _, f := range list {
		if f.Purpose == files.PurposeSubmitted {
			again = append(again, files.Accepted{SHA256: f.SHA256, MediaType: f.MediaType, Bytes: f.Bytes, Width: f.Width, Height: f.Height})
		}
	}
	return again, nil
}

// toHotline keeps the number under which the 12345 hotline handles the matter.
func toHotline(ctx context.Context, a *Act) error {
	a.Case.WorkOrder = a.Values.String("work_order")
	return nil
}

// escalate has those who answered do it once more, under a leader's eye.
func escalate(ctx context.Context, a *Act) error {
	a.Case.Escalated = true
	return a.Redo(ctx)
}

// reopen begins again with new facts. The first verdict stays on record; so does what was published.
func reopen(a *Act) {
	c := a.Case
	c.Earlier = a.nextPart() - 1
	c.ReopenedAt, c.ClosedAt, c.AnsweredAt, c.FedBackAt = a.Micros(), 0, 0, 0
	c.Attitude, c.Result, c.Verdict, c.Confirmed = "", "", "", ""
	c.Class, c.PromiseOn, c.LeadAgency, c.Main = "", "", "", ""
}

// Ends of a link as a reader sees them; the others are LinkSplit, LinkUp and LinkDown.
const (
	LinkOrigin   = "origin"   // the case this one came from
	LinkMain     = "main"     // the case this one is answered with
	LinkFollower = "follower" // a case answered with this one
)

// LinkView is a case that another is tied to, as the reader of that one may see it.
type LinkView struct {
	How        string
	Number     string
	StateLabel string
	Office     string
	Code       string // for the submitter, whose case it is too
	Open       bool   // the reader may open it
}

// links lists what the act's case is tied to. The submitter is told of what became of his own words only.
func (s *Service) links(ctx context.Context, a *Act, resident bool) ([]LinkView, error) {
	columns := store.Columns[Case]("")
	rows, err := store.All[Case](ctx, a.q, "select "+columns+" from case_file where origin_id = $1 and origin_id <> '' union all select "+columns+
		" from case_file where main_id = $1 and main_id <> '' union all select "+columns+" from case_file where id in ($2, $3) order by received_at, id",
		a.Case.ID, a.Case.Origin, a.Case.Main)
	if err != nil {
		return nil, err
	}
	var links []LinkView
	for i := range rows {
		l, err := s.link(ctx, a, &rows[i], resident)
		if err != nil {
			return nil, err
		}
		if !resident || l.Code != "" {
			links = append(links, l)
		}
	}
	return links, nil
}

func (s *Service) link(ctx context.Context, a *Act, other *Case, resident bool) (LinkView, error) {
	l := LinkView{How: LinkFollower, Number: other.Number, Office: other.Office}
	kind, err := s.Kind(other.Kind)
	if err != nil {
		return l, err
	}
	if st, ok := kind.Procedure.Case.State(other.State); ok {
		l.StateLabel = st.Label
	}
	switch {
	case other.Origin == a.Case.ID:
		l.How = other.OriginHow
		if resident && other.Kind == a.Case.Kind {
			l.Code = s.vault.Code(other.ID, int(other.CodeCounter))
		}
	case other.ID == a.Case.Origin:
		l.How = LinkOrigin
	case other.ID == a.Case.Main:
		l.How = LinkMain
	}
	if resident {
		return l, nil
	}
	assignments, err := readAssignments(ctx, a.q, other.ID)
	if err != nil {
		return l, err
	}
	l.Open, err = s.sees(ctx, standing{q: a.q, c: other, assignments: assignments, on: deadline.DateOf(a.Now)}, a.Actor)
	return l, err
}

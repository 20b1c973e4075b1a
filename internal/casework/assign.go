package casework

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

// gone are the states of an assignment that its addressee no longer has.
func gone(asg *Assignment) bool { return asg.State == "moved" || asg.State == "stopped" }

// parts lists the assignments at work under a distributor's, or under the case itself where parent is "", since the case was last reopened.
func (a *Act) parts(parent string) []*Assignment {
	return slices.DeleteFunc(slices.Clone(a.Assignments), func(asg *Assignment) bool {
		return asg.Parent != parent || gone(asg) || asg.N <= a.Case.Earlier
	})
}

// Lead finds the assignment that answers for the case, the newest where several do; or nil.
func (a *Act) Lead() *Assignment {
	for _, asg := range slices.Backward(a.parts("")) {
		if asg.Leads() {
			return asg
		}
	}
	return nil
}

// Answering lists the assignments that answer for the case: one, or every separate part.
func (a *Act) Answering() []*Assignment { return leading(a.parts("")) }

func leading(parts []*Assignment) []*Assignment {
	return slices.DeleteFunc(parts, func(asg *Assignment) bool { return !asg.Leads() })
}

// assign makes the assignments of a case: the lead's (or sole addressee's), the co-handlers' and the separate parts'.
// Those still at work from before a move stay.
func assign(ctx context.Context, a *Act) error {
	a.Case.LeadAgency, a.Case.AssignedAt = a.Values.String("lead"), a.Micros()
	return a.distribute(ctx, nil)
}

// subassign lets a distributor 督查室 hand its part on; whoever it addresses answers to it.
func subassign(ctx context.Context, a *Act) error {
	if a.Values.String("lead") == a.Target.Agency {
		return errs.New(errs.Invalid, "casework.sub_is_self").At("lead")
	}
	return a.distribute(ctx, a.Target)
}

func (a *Act) distribute(ctx context.Context, parent *Assignment) error {
	lead, co, split := a.Values.String("lead"), a.Values.List("co"), a.Values.List("split")
	if err := a.checkParts(lead, co, split); err != nil {
		return err
	}
	under := ""
	if parent != nil {
		under = parent.ID
	}
	working := map[string]bool{}
	part := PartSole
	if len(co) > 0 {
		part = PartLead
	}
	for _, asg := range a.parts(under) {
		working[asg.Agency] = true
		if part != PartSplit && asg.Leads() {
			part = PartSplit
		} else if part == PartSole {
			part = PartLead
		}
	}
	if len(split) > 0 {
		part = PartSplit
	}
	batch := a.Values.String("batch_due")
	if err := a.assignTo(ctx, parent, lead, part, batch); err != nil {
		return err
	}
	for _, group := range []struct {
		part     string
		agencies []string
	}{{PartSplit, split}, {PartCo, co}} {
		for _, agency := range group.agencies {
			if working[agency] {
				continue
			}
			if err := a.assignTo(ctx, parent, agency, group.part, batch); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkParts refuses an agency named twice, and a batch date gone by.
func (a *Act) checkParts(lead string, co, split []string) error {
	if slices.Contains(co, lead) {
		return errs.New(errs.Invalid, "casework.co_is_lead").At("co")
	}
	if slices.ContainsFunc(split, func(id string) bool { return id == lead || slices.Contains(co, id) }) {
		return errs.New(errs.Invalid, "casework.split_is_other").At("split")
	}
	if on := a.Values.String("batch_due"); on != "" && on < string(deadline.DateOf(a.At)) {
		return errs.New(errs.Invalid, "casework.date_past").At("batch_due")
	}
	return nil
}

// assignTo opens the stream of a new assignment. One under a distributor's runs on the distributor's legal clock: splitting gains no time.
func (a *Act) assignTo(ctx context.Context, parent *Assignment, agency, part, batch string) error {
	outer, values, target := a.step, a.Values, a.Target
	defer func() { a.step, a.Values, a.Target = outer, values, target }()
	asg := &Assignment{CongressID: a.Case.CongressID, ID: store.NewID(), CaseID: a.Case.ID, Kind: a.Case.Kind, N: a.nextPart(),
		Procedure: a.kind.Procedure.Hash(), Agency: agency, Part: part, AssignerOffice: a.Case.Office, AssignedAt: a.Micros(), BatchDue: batch}
	if parent == nil {
		a.Case.Assignments = asg.N
	} else {
		asg.Parent, asg.AssignerOffice, asg.AssignerAgency = parent.ID, "", parent.Agency
		asg.Clocks = Clocks{V: running(parent.Clocks.V)}
	}
	machine := a.kind.Procedure.Assignment
	action := &procedure.Action{Name: opened}
	if parent == nil {
		action.Starts = machine.Starts
	}
	a.step, a.Values, a.Target = &step{action: action, eventID: store.NewID()}, Values{}, asg
	asg.State = machine.Start
	if err := a.enter(ctx, asg, action, "", asg.State); err != nil {
		return err
	}
	a.Assignments = append(a.Assignments, asg)
	a.started[asg] = 0
	return a.record(asg, nil, "")
}

// nextPart numbers assignments within the case; stopped ones keep theirs.
func (a *Act) nextPart() int64 {
	n := a.Case.Assignments
	for _, asg := range a.Assignments {
		n = max(n, asg.N)
	}
	return n + 1
}

func running(clocks map[string]deadline.Clock) map[string]deadline.Clock {
	kept := map[string]deadline.Clock{}
	for name, c := range clocks {
		if c.Running() {
			kept[name] = c
		}
	}
	return kept
}

// askMove notes the agency that should have it instead. The second decision on a case's moves is final, and a move must be asked within its window.
func askMove(_ context.Context, a *Act) error {
	if a.Values.String("better") == a.Target.Agency {
		return errs.New(errs.Invalid, "casework.better_is_self").At("better")
	}
	a.Target.Better = a.Values.String("better")
	return nil
}

// movedAway gives the matter back to whoever assigned it, if it was a lead, sole or separate addressee that could not have it.
func movedAway(ctx context.Context, a *Act) error {
	if !a.Target.Leads() {
		return nil
	}
	if parent := a.parentOf(a.Target); parent != nil {
		return a.System(ctx, parent, "regain")
	}
	a.Case.LeadAgency = ""
	return a.System(ctx, nil, "take_back")
}

func (a *Act) parentOf(asg *Assignment) *Assignment {
	i := slices.IndexFunc(a.Assignments, func(p *Assignment) bool { return asg.Parent != "" && p.ID == asg.Parent })
	if i < 0 {
		return nil
	}
	return a.Assignments[i]
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

// Redo sends the answers back to all who gave them.
func (a *Act) Redo(ctx context.Context) error {
	for _, asg := range a.Answering() {
		if err := a.redo(ctx, asg); err != nil {
			return err
		}
	}
	return nil
}

// redo sends an answer back; a distributor's goes on to those under it.
func (a *Act) redo(ctx context.Context, asg *Assignment) error {
	if asg.State != "answered" {
		return nil
	}
	if err := a.System(ctx, asg, "redo"); err != nil {
		return err
	}
	for _, part := range leading(a.parts(asg.ID)) {
		if err := a.redo(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// redoTarget sends a distributor's assignment back to where it oversees, any other to where it handles.
func redoTarget(a *Act) string {
	if len(leading(a.parts(a.Target.ID))) > 0 {
		return "overseeing"
	}
	return "handling"
}

// distributor lets only a distributing agency split its part.
func distributor(ctx context.Context, a *Act) error {
	agency, err := registry.GetAgency(ctx, a.q, a.Target.Agency)
	if err == nil && !agency.Distributor {
		err = refuse("casework.not_distributor")
	}
	return err
}

// outcomeOfParts gives a distributor's assignment the answer of those under it.
func outcomeOfParts(ctx context.Context, a *Act) error {
	out, err := a.Collect(ctx, leading(a.parts(a.Target.ID)))
	if err != nil {
		return err
	}
	t := a.Target
	t.Class, t.ReplyText, t.PromiseOn, t.PromiseText, t.RepliedAt = out.Class, out.ReplyText, "", "", a.Micros()
	return nil
}

// Collected is the answer of several parts as one.
type Collected struct {
	Class     string // the weakest: the last of them in the dictionary's order
	ReplyText string // each part's words under its agency's name; of one part its own text
	PromiseOn string // the last of the dates promised
}

// Collect joins the answers of assignments.
func (a *Act) Collect(ctx context.Context, parts []*Assignment) (Collected, error) {
	var out Collected
	body, rank := "", -1
	for _, asg := range parts {
		r := slices.IndexFunc(a.kind.Procedure.Choices["class"], func(c procedure.Choice) bool { return c.Value == asg.Class })
		if r > rank {
			out.Class, rank = asg.Class, r
		}
		out.PromiseOn = max(out.PromiseOn, asg.PromiseOn)
		words, err := a.body(ctx, asg.ReplyText)
		if err != nil {
			return out, err
		}
		agency, err := registry.GetAgency(ctx, a.q, asg.Agency)
		if err != nil {
			return out, err
		}
		if body != "" {
			body += "\n\n"
		}
		body += agency.Name + "：\n" + words
	}
	if len(parts) == 1 {
		out.ReplyText = parts[0].ReplyText
		return out, nil
	}
	out.ReplyText = a.Text("reply", body, "resident")
	return out, nil
}

// body reads a text of the case, of this act or an earlier one.
func (a *Act) body(ctx context.Context, id string) (string, error) {
	for _, t := range a.texts {
		if t.ID == id {
			return t.Body, nil
		}
	}
	return store.One[string](ctx, a.q, "select body from case_text where congress_id = $1 and id = $2", a.Case.CongressID, id)
}

package casework

import (
	"cmp"
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

// gone reports whether its addressee no longer has an assignment.
func (a *Act) gone(asg *Assignment) bool {
	st, ok := a.kind.Procedure.Assignment.State(asg.State)
	return ok && st.Gone
}

// parts lists the assignments at work under a distributor's, or under the case itself where parent is "", since the case was last reopened.
func (a *Act) parts(parent string) []*Assignment {
	return slices.DeleteFunc(slices.Clone(a.Assignments), func(asg *Assignment) bool {
		return asg.Parent != parent || a.gone(asg) || asg.N <= a.Case.Earlier
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
	switch {
	case parent == nil && a.handed == nil: // else the step is the assignment's, and changes no row of the case
		a.Case.Assignments = asg.N
	case parent != nil:
		asg.Parent, asg.AssignerOffice, asg.AssignerAgency = parent.ID, "", parent.Agency
	}
	machine := a.kind.Procedure.Assignment
	var err error
	if asg.State, err = a.startState(ctx, agency); err != nil {
		return err
	}
	action := &procedure.Action{Name: opened, Starts: machine.Starts}
	if from := cmp.Or(a.handed, parent); from != nil {
		asg.Clocks = Clocks{V: a.handedOn(from, asg.State)}
		action.Starts = a.ownClocks(asg.State)
	}
	if machine.CoLimit != "" && part == PartCo {
		asg.Clocks = Clocks{V: map[string]deadline.Clock{machine.Starts[0]: deadline.Start(a.calendar, a.kind.Procedure.Rule(machine.CoLimit), a.At)}}
		action.Starts = a.ownClocks(asg.State)
	}
	if machine.DistributorStart != "" && asg.State == machine.DistributorStart {
		asg.Put(Distributes, "yes")
	}
	a.step, a.Values, a.Target = &step{action: action, eventID: store.NewID()}, Values{}, asg
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

// Distributes marks the assignment of a distributing agency where the procedure lets it begin by splitting.
const Distributes = "distributes"

// Leaves lists the assignments that answer for the case themselves: those under a distributor's instead of its own.
func (a *Act) Leaves() []*Assignment {
	var leaves []*Assignment
	queue := a.Answering()
	for len(queue) > 0 {
		asg := queue[0]
		queue = queue[1:]
		if parts := leading(a.parts(asg.ID)); len(parts) > 0 {
			queue = append(queue, parts...)
		} else {
			leaves = append(leaves, asg)
		}
	}
	return leaves
}

// startState is where an agency's assignment starts: a distributor's may begin with receiving and splitting.
func (a *Act) startState(ctx context.Context, id string) (string, error) {
	machine := a.kind.Procedure.Assignment
	if machine.DistributorStart == "" {
		return machine.Start, nil
	}
	agency, err := registry.GetAgency(ctx, a.q, id)
	if err != nil || !agency.Distributor {
		return machine.Start, err
	}
	return machine.DistributorStart, nil
}

// handedOn are the running clocks of an assignment that another, made in its place or under it, runs on by.
func (a *Act) handedOn(from *Assignment, start string) map[string]deadline.Clock {
	kept := map[string]deadline.Clock{}
	state, _ := a.kind.Procedure.Assignment.State(start)
	for name, c := range from.Clocks.V {
		if c.Running() && (slices.Contains(state.Clocks, name) || slices.Contains(state.Keeps, name)) {
			kept[name] = c
		}
	}
	return kept
}

// ownClocks are those that only warn and that every addressee has of its own, also one made under or in place of another.
func (a *Act) ownClocks(start string) []string {
	state, _ := a.kind.Procedure.Assignment.State(start)
	return slices.DeleteFunc(slices.Clone(a.kind.Procedure.Assignment.Starts), func(name string) bool { return !slices.Contains(state.Warns, name) })
}

// reassign hands a part whose move was granted to another agency at once, as the same part, under the same assigner and on the same legal clock:
// a move gains no time.
func reassign(ctx context.Context, a *Act) error {
	old, to := a.Target, a.Values.String("agency")
	if to == "" {
		to = old.Better
	}
	working := slices.ContainsFunc(a.parts(old.Parent), func(asg *Assignment) bool { return asg != old && asg.Agency == to })
	if to == old.Agency || working {
		return errs.New(errs.Invalid, "casework.has_it_already").At("agency")
	}
	parent := a.parentOf(old)
	a.handed = old
	defer func() { a.handed = nil }()
	if err := a.assignTo(ctx, parent, to, old.Part, old.BatchDue); err != nil {
		return err
	}
	if parent != nil || a.Case.LeadAgency != old.Agency || !old.Leads() {
		return nil
	}
	a.lead = to
	return a.System(ctx, nil, "redirected")
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
	if row, ok := a.kind.Procedure.Assignment.Action("redo"); !ok || !row.FromState(asg.State) {
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
		out.PromiseOn = max(out.PromiseOn, a.promisedBy(asg))
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

// promisedBy is the last day that an assignment, or a part under it, promised.
func (a *Act) promisedBy(asg *Assignment) string {
	on := asg.PromiseOn
	for _, part := range leading(a.parts(asg.ID)) {
		on = max(on, a.promisedBy(part))
	}
	return on
}

// Body reads a text of the case by id; "" for no id.
func (a *Act) Body(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	return a.body(ctx, id)
}

// Query reads within the act's transaction.
func (a *Act) Query() store.Querier { return a.q }

// ActionName is the action being carried out.
func (a *Act) ActionName() string { return a.step.action.Name }

// SystemAll lets the timetable's actor carry out an action on every assignment that answers for the case.
func (a *Act) SystemAll(ctx context.Context, action string) error {
	for _, asg := range a.Answering() {
		if err := a.System(ctx, asg, action); err != nil {
			return err
		}
	}
	return nil
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

package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

// Act is one request being carried out: the case with its assignments, who acts, and what has been decided so far.
// Guards look at it, effects change its rows; the rows are written and the events appended when all of it has succeeded.
type Act struct {
	Case        *Case
	Assignments []*Assignment
	Target      *Assignment // nil where the case itself is acted on
	Values      Values      // the checked input of the step
	Actor       policy.Actor
	Permission  Permission
	At          time.Time // when it occurred; the claimed time of an entry
	Now         time.Time // when it is recorded
	Inferred    bool

	id       string
	kind     *Kind
	calendar *deadline.Calendar
	q        store.Querier // the transaction, or a reader where the act is only looked at
	tx       *store.Tx
	vault    *sealed.Vault
	started  map[any]int64 // versions of the rows as they were read; 0 for new rows
	events   []event.Event
	texts    []text
	files    []attached
	levels   map[string]string // of agencies, by id, as far as they were looked up
	code     string            // pick-up code to tell once
	step     *step
	service  *Service
	history  []event.Event // what happened to the case before; nil until past has read it
	spans    []span
	then     string        // what the system does after the step
	signers  []Signer      // as they were read
	longer   deadline.Rule // extension being granted
	lead     string        // agency that leads from now on, for the step that records it
	handed   *Assignment   // in whose place another is being made
	main     *Case         // that this one is merged into, once a guard has looked
	from     *Act          // on that one, of which this act is part
	also     []*Act        // what the act does to other cases, saved with it
}

// step is one row of the procedure being carried out within the act.
type step struct {
	action  *procedure.Action
	eventID string
	texts   []Commitment
	files   []FileCommitment
	undone  string
}

// attached is a file to be recorded with the act.
type attached struct {
	accepted files.Accepted
	id       string
	purpose  files.Purpose
}

// Permission is what the policy table said: who acts, as whom, for whom.
type Permission struct {
	Role     policy.Role
	Relation policy.Relation
	Proxy    bool
	Office   string
	Agency   string
	Behalf   string // account that lent the grant acted under; "" for an own one
	Person   string // deputy acted as; "" for any other role
}

// text is a free text to be kept beside the record.
type text struct {
	CongressID string `db:"congress_id"`
	ID         string `db:"id"`
	CaseID     string `db:"case_id"`
	Stream     string `db:"stream"`
	Seq        int64  `db:"seq"`
	Name       string `db:"name"`
	Body       string `db:"body"`
	Salt       string `db:"salt"`
	Hash       string `db:"hash"`
	Shown      string `db:"shown"`
}

// machine is the table in force for what is acted on.
func (a *Act) machine(target *Assignment) *procedure.Machine {
	if target != nil {
		return &a.kind.Procedure.Assignment
	}
	return &a.kind.Procedure.Case
}

// row is what is acted on, for folding.
func (a *Act) row(target *Assignment) any {
	if target != nil {
		return target
	}
	return a.Case
}

// state points to the state of what is acted on.
func (a *Act) state(target *Assignment) *string {
	if target != nil {
		return &target.State
	}
	return &a.Case.State
}

// Left tells how often a counted way may still be taken.
func (a *Act) Left(counter string) int {
	counts := a.Case.Counters.V
	if a.Target != nil {
		counts = a.Target.Counters.V
	}
	return a.kind.Procedure.Counters[counter] - counts[counter]
}

// Text keeps a text of the step and returns its id; the event will hold only its commitment.
func (a *Act) Text(name, body, shown string) string {
	t := newText(a.Case, name, body, shown)
	a.texts = append(a.texts, t)
	a.step.texts = append(a.step.texts, Commitment{Name: name, ID: t.ID, Hash: t.Hash})
	return t.ID
}

// TextOf returns the id of a text of this step by its input's name, or "" where none was given.
func (a *Act) TextOf(name string) string {
	i := slices.IndexFunc(a.step.texts, func(c Commitment) bool { return c.Name == name })
	if i < 0 {
		return ""
	}
	return a.step.texts[i].ID
}

// Procedure is the version that governs the act.
func (a *Act) Procedure() *procedure.Procedure { return a.kind.Procedure }

// Calendar is the working days in force.
func (a *Act) Calendar() *deadline.Calendar { return a.calendar }

// EventID is the id the step's event will have.
func (a *Act) EventID() string { return a.step.eventID }

// Micros is when the act occurred, as rows keep it.
func (a *Act) Micros() int64 { return store.Micros(a.At) }

// System lets the timetable's actor carry out a further step of the same act, such as the redoing an unhappy verdict brings.
func (a *Act) System(ctx context.Context, target *Assignment, action string) error {
	row, ok := a.machine(target).Action(action)
	if !ok {
		return fmt.Errorf("casework: procedure %s has no action %q for the system", a.kind.Procedure.Kind, action)
	}
	outer, who := a.step, a.Permission
	a.Permission = Permission{Role: policy.System, Relation: policy.Anyone}
	values := a.Values
	a.Values = Values{}
	defer func() { a.step, a.Permission, a.Values = outer, who, values }()
	return a.run(ctx, target, row)
}

// run carries out one row of the table: counters, target, effects, state, clocks, event.
func (a *Act) run(ctx context.Context, target *Assignment, action *procedure.Action) error {
	was := a.Target
	a.Target = target
	defer func() { a.Target = was }()
	before := snapshot(a.row(target))
	a.step = &step{action: action, eventID: store.NewID()}
	mine := a.step
	a.keepInput()
	from := *a.state(target)
	to, err := a.choose(action, from)
	if err != nil {
		return err
	}
	*a.state(target) = to
	for _, name := range action.Effects {
		a.step = mine
		if err := a.kind.Effects[name](ctx, a); err != nil {
			return err
		}
	}
	a.step = mine
	if err := a.enter(ctx, target, action, from, to); err != nil {
		return err
	}
	if a.Permission.Proxy {
		a.addEntry(target)
	}
	return a.record(target, before, from)
}

// choose picks the state to go to, and uses up a counter where the way is counted.
func (a *Act) choose(action *procedure.Action, from string) (string, error) {
	to := from
	if !action.Side() {
		to = action.To[0]
	}
	if action.Decide != "" {
		to = a.kind.Deciders[action.Decide](a)
		if !slices.Contains(action.To, to) {
			return "", fmt.Errorf("casework: %s decided for %q, which %s does not name", action.Decide, to, action.Name)
		}
	}
	if action.CountsTo(to) {
		if a.Left(action.Counter) <= 0 {
			return "", errs.New(errs.Conflict, "casework.counter_used_up").With(errs.Args{"Action": action.Label, "N": a.kind.Procedure.Counters[action.Counter]})
		}
		a.count(action.Counter)
	}
	return to, nil
}

func (a *Act) count(counter string) {
	counts := &a.Case.Counters
	if a.Target != nil {
		counts = &a.Target.Counters
	}
	next := map[string]int{counter: 1}
	for k, v := range counts.V {
		next[k] += v
	}
	counts.V = next
}

// enter stops the clocks of the state left and starts those of the state entered.
func (a *Act) enter(ctx context.Context, target *Assignment, action *procedure.Action, from, to string) error {
	if from == to && len(action.Starts)+len(action.Stops) == 0 {
		return nil
	}
	state, ok := a.machine(target).State(to)
	if !ok {
		return fmt.Errorf("casework: no state %q", to)
	}
	level, err := a.level(ctx, target)
	if err != nil {
		return err
	}
	clocks, due, amber := a.clocks(target)
	*clocks = Clocks{V: a.turn(a.halt(clocks.V, action.Stops), state, action.Starts, level)}
	a.governed(target, due, amber, clocks.V, state)
	if target == nil && state.Final {
		a.Case.ClosedAt = a.Micros()
	}
	return nil
}

// level is that of the agency addressed, or of the one that leads the case; "" where none is.
func (a *Act) level(ctx context.Context, target *Assignment) (string, error) {
	id := a.Case.LeadAgency
	if target != nil {
		id = target.Agency
	}
	if id == "" {
		return "", nil
	}
	if level, ok := a.levels[id]; ok {
		return level, nil
	}
	agency, err := registry.GetAgency(ctx, a.q, id)
	if err == nil {
		if a.levels == nil {
			a.levels = map[string]string{}
		}
		a.levels[id] = agency.Level
	}
	return agency.Level, err
}

func (a *Act) clocks(target *Assignment) (clocks *Clocks, due, amber *int64) {
	if target != nil {
		return &target.Clocks, &target.DueAt, &target.AmberAt
	}
	return &a.Case.Clocks, &a.Case.DueAt, &a.Case.AmberAt
}

// turn returns the clocks as they stand after entering the state.
func (a *Act) turn(old map[string]deadline.Clock, state *procedure.State, starts []string, level string) map[string]deadline.Clock {
	next := map[string]deadline.Clock{}
	running := false
	for name, c := range old {
		waits := slices.Contains(state.Clocks, name)
		switch {
		case !c.Running():
		case slices.Contains(state.Pauses, name) && !state.Final:
			c = c.Pause(a.At)
		case state.Final || !waits && !slices.Contains(state.Keeps, name) && !slices.Contains(state.Warns, name):
			c = c.Stop(a.At)
		default:
			c = c.Resume(a.calendar, a.At)
		}
		running = running || c.Running() && waits
		next[name] = c
	}
	for _, name := range starts { // those that the state entered has a use for
		if slices.Contains(state.Clocks, name) || slices.Contains(state.Keeps, name) || slices.Contains(state.Warns, name) {
			next[name] = a.start(name, level)
			running = running || slices.Contains(state.Clocks, name)
		}
	}
	if !running && !state.Final {
		next[state.Clocks[0]] = a.start(state.Clocks[0], level)
	}
	return next
}

// halt stops the clocks that an action stops.
func (a *Act) halt(clocks map[string]deadline.Clock, names []string) map[string]deadline.Clock {
	if len(names) == 0 {
		return clocks
	}
	next := maps.Clone(clocks)
	for _, name := range names {
		if c, ok := next[name]; ok && c.Running() {
			next[name] = c.Stop(a.At)
		}
	}
	return next
}

// start freezes a limit's values onto a clock.
func (a *Act) start(limit, level string) deadline.Clock {
	if a.kind.Limit != nil {
		limit = a.kind.Limit(limit, a.Case, level)
	}
	return deadline.Start(a.calendar, a.kind.Procedure.Rule(limit), a.At)
}

// governed sets when the state falls due. The timetable urges anew by a date that has moved.
func (a *Act) governed(target *Assignment, due, amber *int64, clocks map[string]deadline.Clock, state *procedure.State) {
	was := *due
	*due, *amber = governing(clocks, state)
	if target != nil && *due != was {
		target.UrgedStage = 0
	}
}

// governing is the instant the state falls due and the one its lamp turns amber: those of its clock that ends first. A clock that only warns
// turns the lamp amber at its end.
func governing(clocks map[string]deadline.Clock, state *procedure.State) (due, amber int64) {
	for _, name := range state.Clocks {
		c, ok := clocks[name]
		if ok && c.Running() && (due == 0 || c.DueAt < due) {
			due, amber = c.DueAt, c.AmberAt
		}
	}
	for _, name := range state.Warns {
		if c, ok := clocks[name]; ok && c.Running() && due != 0 {
			amber = min(amber, c.DueAt)
		}
	}
	return due, amber
}

// addEntry notes that the step was entered for somebody else and waits for another person's check.
func (a *Act) addEntry(target *Assignment) {
	entry := Entry{Event: a.step.eventID, Action: a.step.action.Name, Account: a.Actor.Account}
	if target != nil {
		target.Entries.V = append(slices.Clone(target.Entries.V), entry)
		target.Unchecked++
		return
	}
	a.Case.Entries.V = append(slices.Clone(a.Case.Entries.V), entry)
	a.Case.Unchecked++
}

// record appends the step's event with what it changed.
func (a *Act) record(target *Assignment, before any, from string) error {
	changed, err := delta(before, a.row(target))
	if err != nil {
		return err
	}
	if target == nil {
		a.keepSpans(changed)
	}
	payload, err := json.Marshal(Record{Action: a.step.action.Name, From: from, To: *a.state(target), Procedure: a.kind.Procedure.Hash(),
		Relation: string(a.Permission.Relation), Office: a.Permission.Office, Agency: a.Permission.Agency, Behalf: a.Permission.Behalf, Proxy: a.Permission.Proxy,
		Inferred: a.Inferred, Facts: a.Values.facts(a.step.action), Texts: a.step.texts, Files: a.step.files, Undone: a.step.undone, Delta: changed})
	if err != nil {
		return err
	}
	stream, version := CaseStream(a.Case.ID), &a.Case.Version
	if target != nil {
		stream, version = AssignmentStream(target.ID), &target.Version
	}
	*version++
	for i := range a.texts {
		if a.texts[i].Stream == "" {
			a.texts[i].Stream, a.texts[i].Seq = stream, *version
		}
	}
	account := a.Actor.Account
	if a.Permission.Role == policy.System {
		account = string(policy.System)
	}
	a.events = append(a.events, event.Event{Stream: stream, Seq: *version, ID: a.step.eventID, Act: a.id, Topic: a.Case.ID, CongressID: a.Case.CongressID,
		Action: a.kind.Procedure.Kind + "." + a.actionName(target), Account: account, Role: string(a.Permission.Role),
		OccurredAt: store.Micros(a.At), RecordedAt: store.Micros(a.Now), Payload: string(payload)})
	return nil
}

// actionName is the step's name in the policy table and in events.
func (a *Act) actionName(target *Assignment) string {
	if target != nil {
		return procedure.AssignmentAction(a.step.action.Name)
	}
	return a.step.action.Name
}

package casework

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// Request asks for one action on a case or on one of its assignments.
type Request struct {
	Actor      policy.Actor
	Number     string    // of the case
	Assignment int64     // its number within the case; 0 for the case itself
	Action     string    // name in the procedure
	Version    int64     // of what is acted on, as the asker saw it; 0 accepts any
	Input      Input     // the action's fields
	OccurredAt time.Time // set by imports, rows pasted back and the demonstration; zero is now, or the claimed time of an entry
	Key        string    // Idempotency-Key; a repeated one returns the first answer
	Inferred   bool      // the step was inferred by an import
}

// Result is what an accepted act left behind.
type Result struct {
	Case        *Case
	Assignments []*Assignment
	Code        string // pick-up code, where one was issued
	Repeated    bool   // the key had been used: nothing was done again
}

// Apply carries out one action: the only way in to a case that exists. It loads with version, finds the row of the procedure, asks policy,
// checks the input, computes deadlines, and writes state and events in one transaction.
// Errors: errs.NotFound (no such case, or none the asker may know of), Denied, Stale, Conflict (not possible now), Invalid (the input).
func (s *Service) Apply(ctx context.Context, r Request) (Result, error) {
	var res Result
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var err error
		res, err = s.apply(ctx, tx, r)
		return err
	})
	s.told(r.Action, res.Repeated, err)
	return res, err
}

// ApplyAll carries out several requests one after another, all of them or none. The first that is refused is the error.
func (s *Service) ApplyAll(ctx context.Context, requests ...Request) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.applyAll(ctx, tx, requests) })
	for _, r := range requests {
		s.told(r.Action, false, err)
	}
	return err
}

// Rehearse tells what ApplyAll would answer, and changes nothing.
func (s *Service) Rehearse(ctx context.Context, requests ...Request) error {
	var refused error
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		refused = s.applyAll(ctx, tx, requests)
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return refused
	}
	return err
}

// errRehearsed undoes a rehearsal.
var errRehearsed = errors.New("casework: only rehearsed")

func (s *Service) applyAll(ctx context.Context, tx *store.Tx, requests []Request) error {
	for _, r := range requests {
		if _, err := s.apply(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) apply(ctx context.Context, tx *store.Tx, r Request) (Result, error) {
	first, err := s.remember(ctx, tx, r.Actor.Account, r.Key, r.fingerprint(), r.Number)
	if err != nil {
		return Result{}, err
	}
	a, err := s.load(ctx, tx, r.Actor, r.Number)
	if err != nil {
		return Result{}, err
	}
	if !first {
		res := a.result()
		res.Repeated = true
		return res, nil
	}
	if err := s.act(ctx, a, r); err != nil {
		return Result{}, err
	}
	return a.result(), a.save(ctx)
}

func (a *Act) result() Result {
	return Result{Case: a.Case, Assignments: a.Assignments, Code: a.code}
}

// load reads a case with all its assignments.
func (s *Service) load(ctx context.Context, tx *store.Tx, actor policy.Actor, number string) (*Act, error) {
	c, assignments, err := read(ctx, tx, number)
	if err != nil {
		return nil, err
	}
	kind, err := s.Kind(c.Kind)
	if err != nil {
		return nil, err
	}
	if len(kind.Projections) > 0 { // derived from all of a case's assignments: acts on one case wait for each other
		again, err := lockCase(ctx, tx, c)
		if err == nil && again {
			c, assignments, err = read(ctx, tx, number)
		}
		if err != nil {
			return nil, err
		}
	}
	cal, err := s.calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	a := &Act{Case: c, Assignments: assignments, Actor: actor, At: tx.Now(), Now: tx.Now(), id: store.NewID(), kind: kind, calendar: cal,
		q: tx, tx: tx, vault: s.vault, service: s, signers: c.Signers.V, started: map[any]int64{c: c.Version}}
	for _, asg := range assignments {
		a.started[asg] = asg.Version
	}
	return a, nil
}

// act checks the request against table, policy and version, and runs it.
func (s *Service) act(ctx context.Context, a *Act, r Request) error {
	target, err := a.find(r.Assignment)
	if err != nil {
		return err
	}
	a.Target, a.Inferred = target, r.Inferred
	action, ok := a.machine(target).Action(r.Action)
	if !ok {
		return errs.New(errs.NotFound, "casework.no_such_action").With(errs.Args{"Action": r.Action})
	}
	if err := s.authorize(ctx, a, action); err != nil {
		return err
	}
	if err := a.current(r.Version); err != nil {
		return err
	}
	if !action.FromState(*a.state(target)) {
		return a.notNow(ctx, s, action)
	}
	if err := a.read(ctx, action, r); err != nil {
		return err
	}
	for _, name := range action.Guards {
		if err := a.kind.Guards[name](ctx, a); err != nil {
			return err
		}
	}
	if action.Name == Rescind {
		return a.rescind(ctx, action)
	}
	if err := a.run(ctx, target, action); err != nil {
		return err
	}
	if err := a.advance(ctx); err != nil || a.then == "" {
		return err
	}
	return a.System(ctx, nil, a.then)
}

// Then has the system carry out a further action on the case once the present step is recorded.
func (a *Act) Then(action string) { a.then = action }

// find picks the assignment by its number within the case.
func (a *Act) find(n int64) (*Assignment, error) {
	if n == 0 {
		return nil, nil
	}
	i := slices.IndexFunc(a.Assignments, func(asg *Assignment) bool { return asg.N == n })
	if i < 0 {
		return nil, errs.New(errs.NotFound, "casework.no_such_assignment").With(errs.Args{"N": n})
	}
	return a.Assignments[i], nil
}

// authorize asks the table. Who may not even read the case is told that there is none.
func (s *Service) authorize(ctx context.Context, a *Act, action *procedure.Action) error {
	st := standing{q: a.q, c: a.Case, assignments: a.Assignments, target: a.Target, on: deadline.DateOf(a.Now)}
	own, err := a.isOwn(ctx, action)
	if err != nil {
		return err
	}
	name := action.Name
	if a.Target != nil {
		name = procedure.AssignmentAction(name)
	}
	p, ok, err := st.permit(ctx, s.table, a.Actor, name, own)
	if err != nil {
		return err
	}
	private := false
	if state, known := a.kind.Procedure.Case.State(a.Case.State); known {
		private = state.Private
	}
	if ok && p.Relation != policy.Own && !private {
		a.Permission = p
		return nil
	}
	sees, err := s.sees(ctx, st, a.Actor) // an own act on what has left one's sight, such as a case handed down, is one no more
	switch {
	case err != nil:
		return err
	case !sees:
		return noSuchCase()
	case ok:
		a.Permission = p
		return nil
	}
	return errs.New(errs.Denied, "casework.denied").With(errs.Args{"Action": action.Label})
}

// sees reports whether the actor may read the case at all.
func (s *Service) sees(ctx context.Context, st standing, actor policy.Actor) (bool, error) {
	if actor.Case == st.c.ID && actor.Has(policy.Resident) {
		return true, nil
	}
	kind, err := s.Kind(st.c.Kind)
	if err != nil {
		return false, err
	}
	view := "view"
	if state, ok := kind.Procedure.Case.State(st.c.State); ok && state.Private {
		view = "view_private"
	}
	_, ok, err := st.permit(ctx, s.table, actor, view, false)
	return ok, err
}

func noSuchCase() error { return errs.New(errs.NotFound, "casework.no_such_case") }

// current refuses a request made on an older version.
func (a *Act) current(seen int64) error {
	version := a.Case.Version
	if a.Target != nil {
		version = a.Target.Version
	}
	if seen == 0 || seen == version {
		return nil
	}
	return errs.New(errs.Stale, "casework.stale").With(errs.Args{"State": a.label()})
}

// label is the screen's name of the present state.
func (a *Act) label() string {
	st, ok := a.machine(a.Target).State(*a.state(a.Target))
	if !ok {
		return *a.state(a.Target)
	}
	return st.Label
}

// notNow names what is possible instead.
func (a *Act) notNow(ctx context.Context, s *Service, action *procedure.Action) error {
	possible, err := s.possible(ctx, a, a.Target)
	if err != nil {
		return err
	}
	labels, names := []string{}, []string{}
	for _, p := range possible {
		labels = append(labels, p.Action.Label)
		names = append(names, p.Action.Name)
	}
	key := "casework.not_now"
	if len(labels) == 0 {
		key = "casework.nothing_now"
	}
	return errs.New(errs.Conflict, key).With(errs.Args{"Action": action.Label, "State": a.label(), "Possible": strings.Join(labels, "、"), "Actions": names})
}

// read checks the input, and settles when the act occurred.
func (a *Act) read(ctx context.Context, action *procedure.Action, r Request) error {
	c := &checker{ctx: ctx, q: a.q, p: a.kind.Procedure, congress: a.Case.CongressID, office: a.Case.Office, on: deadline.DateOf(a.Now),
		imports: a.Permission.Role == policy.Import || a.Permission.Role == policy.System}
	values, err := c.check(action, a.Permission.Proxy, r.Input)
	if err != nil {
		return err
	}
	a.Values = values
	if proof, ok := r.Input[Proof].(files.Accepted); ok && a.Permission.Proxy {
		a.Values[Proof] = proof
	}
	if !r.OccurredAt.IsZero() {
		a.At = r.OccurredAt
	}
	if claimed, _ := r.Input[ClaimedAt].(string); claimed != "" && a.Permission.Proxy {
		if a.At, err = ParseClaimed(claimed, a.Now); err != nil {
			return err
		}
	}
	if store.Micros(a.At) < a.Case.ReceivedAt {
		return errs.New(errs.Invalid, "casework.before_receipt").At(ClaimedAt)
	}
	return nil
}

// keepInput turns the step's texts and files into rows beside the record.
func (a *Act) keepInput() {
	for _, f := range a.step.action.Input {
		switch v := a.Values[f.Name].(type) {
		case string:
			if (f.Type == "text" || f.Type == "line") && !f.Secret {
				a.Text(f.Name, v, f.Shown)
			}
		case files.Accepted:
			purpose := files.PurposeReplyScan
			if f.Name == Submitted {
				purpose = files.PurposeSubmitted
			}
			a.Attach(f.Name, v, purpose)
		}
	}
	if proof, ok := a.Values[Proof].(files.Accepted); ok {
		a.Attach(Proof, proof, files.PurposeProxyScan)
	}
}

// Submitted is the input that takes a submitter's own attachment.
const Submitted = "attachment"

// Attach records a cleaned and stored file with the step.
func (a *Act) Attach(name string, f files.Accepted, purpose files.Purpose) {
	id := store.NewID()
	a.files = append(a.files, attached{accepted: f, id: id, purpose: purpose})
	a.step.files = append(a.step.files, FileCommitment{Name: name, ID: id, SHA256: f.SHA256})
}

// save writes rows, texts, files and events.
func (a *Act) save(ctx context.Context) error {
	for _, step := range []func(context.Context) error{a.project, a.saveRows, a.saveSpans} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	for _, t := range a.texts {
		if err := store.Insert(ctx, a.tx, "case_text", t); err != nil {
			return err
		}
	}
	for _, f := range a.files {
		if err := a.saveFile(ctx, f); err != nil {
			return err
		}
	}
	if err := event.Append(ctx, a.tx, a.events...); err != nil {
		return err
	}
	for _, other := range a.also {
		if err := other.save(ctx); err != nil {
			return err
		}
	}
	return nil
}

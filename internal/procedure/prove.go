package procedure

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/policy"
)

// Functions names the guards, effects and deciders that a kind offers; a nil map offers any name, for a file checked apart from its kind.
type Functions struct {
	Guards, Effects, Deciders map[string]bool
}

func knows(offered map[string]bool, name string) bool { return offered == nil || offered[name] }

var fieldTypes = []string{"text", "line", "bool", "date", "choice", "category", "agency", "agencies", "number", "office", "case", "deputy", "deputies", "session", "round", "file"}

var owners = []string{OwnerOffice, OwnerResident, OwnerAgencies, OwnerAgency, OwnerAgencyLead, OwnerAssigner, OwnerMain, OwnerDeputy, OwnerSigners}

var relations = []policy.Relation{policy.Anyone, policy.Submitter, policy.Receiving, policy.Intake, policy.Above, policy.Congress,
	policy.NamedBy, policy.Signer, policy.Assignee, policy.Assigner, policy.LeadAgency, policy.Involved, policy.Own}

// prover gathers everything wrong with a procedure, so that its author mends it in one go.
type prover struct {
	p     *Procedure
	known Functions
	wrong []error
}

func (v *prover) failf(format string, args ...any) {
	v.wrong = append(v.wrong, fmt.Errorf("procedure %s: "+format, append([]any{v.p.Kind}, args...)...))
}

// at names a row of the file with the line it begins on.
func (v *prover) at(machine, what, name string) string {
	return fmt.Sprintf("line %d: %s %s %s", v.p.line(machine, what, name), machine, what, name)
}

// line finds where a state or action of a machine begins in the file; 0 where it does not.
func (p *Procedure) line(machine, what, name string) int {
	named := regexp.MustCompile(`name:\s*["']?` + regexp.QuoteMeta(name) + `["']?\s*(,|}|$)`)
	inMachine, inPart := false, false
	for i, line := range strings.Split(p.text, "\n") {
		word := strings.TrimSpace(line)
		switch {
		case line == machine+":":
			inMachine = true
		case line != "" && line[0] != ' ' && line[0] != '#':
			inMachine = false
		case word == "states:" || word == "actions:":
			inPart = word == what+"s:"
		case inMachine && inPart && strings.HasPrefix(word, "- ") && named.MatchString(word):
			return i + 1
		}
	}
	return 0
}

// maxLimit bounds a limit; more is a slip of the pen, and would be counted day by day.
const maxLimit = 1000

// prove checks that every state is reachable, every open state has exit, owner and overdue rule, every action is held by someone and labelled,
// every name is known, and every cycle is bounded by a counter.
func (p *Procedure) prove(known Functions) error {
	v := &prover{p: p, known: known}
	if p.Kind == "" || p.Label == "" || p.Letter == "" {
		v.failf("kind, label and letter must be given")
	}
	for name, l := range p.Limits {
		if l.N <= 0 || l.N > maxLimit || !slices.Contains([]deadline.Unit{deadline.WorkingDays, deadline.Days, deadline.Months}, l.Unit) || l.Label == "" {
			v.failf("limit %s: needs a label, a positive n of at most %d and a unit (working_days, days, months)", name, maxLimit)
		}
	}
	v.permits("view", p.View)
	v.permits("view_private", p.ViewPrivate)
	v.permits("view_contact", p.ViewContact)
	v.permits("enter", p.Enter)
	v.options()
	v.machine("case", &p.Case)
	v.machine("assignment", &p.Assignment)
	if adv := p.Assignment.Advance; adv != nil {
		if a, ok := p.Case.Action(adv.Action); !ok || a.Side() {
			v.failf("assignment advance: %q is no moving action of the case", adv.Action)
		}
		if adv.When != "lead" && adv.When != "all" {
			v.failf("assignment advance: needs when lead or all")
		}
		if a, ok := p.Case.Action(adv.Again); adv.Again != "" && (!ok || a.Side()) {
			v.failf("assignment advance: %q is no moving action of the case", adv.Again)
		}
		if _, ok := p.Assignment.Action(adv.Parent); adv.Parent != "" && !ok {
			v.failf("assignment advance: no action is called %q", adv.Parent)
		}
	}
	return errors.Join(v.wrong...)
}

func (v *prover) machine(name string, m *Machine) {
	if _, ok := m.State(m.Start); !ok {
		v.failf("%s: start %q is no state", name, m.Start)
		return
	}
	if _, ok := m.State(m.DistributorStart); m.DistributorStart != "" && !ok {
		v.failf("%s: distributor_start %q is no state", name, m.DistributorStart)
	}
	v.clocks(name+" start", m.Starts)
	if m.CoLimit != "" {
		v.clocks(name+" co_limit", []string{m.CoLimit})
	}
	for i := range m.States {
		v.state(name, m, &m.States[i])
	}
	seen := map[string]bool{}
	for i := range m.Actions {
		a := &m.Actions[i]
		if seen[a.Name] {
			v.failf("%s: stands twice", v.at(name, "action", a.Name))
		}
		seen[a.Name] = true
		v.action(name, m, a)
	}
	v.reachable(name, m)
	v.cycles(name, m)
}

func (v *prover) state(name string, m *Machine, s *State) {
	where := v.at(name, "state", s.Name)
	if s.Label == "" {
		v.failf("%s: has no label", where)
	}
	v.clocks(where, s.Clocks)
	v.clocks(where, s.Keeps)
	v.clocks(where, s.Pauses)
	v.clocks(where, s.Warns)
	if s.Gone && !s.Final {
		v.failf("%s: gone, and not final", where)
	}
	if s.Private && len(v.p.ViewPrivate) == 0 {
		v.failf("%s: private, and view_private lets nobody read it", where)
	}
	if s.Final {
		return
	}
	if !slices.Contains(owners, s.Owner) {
		v.failf("%s: open, and %q is nobody who could act", where, s.Owner)
	}
	if len(s.Clocks) == 0 {
		v.failf("%s: open, and has no clock to become overdue by", where)
	}
	if !slices.ContainsFunc(m.From(s.Name), func(a *Action) bool { return !a.Side() }) {
		v.failf("%s: open, and has no way out", where)
	}
}

func (v *prover) clocks(where string, names []string) {
	for _, n := range names {
		if _, ok := v.p.Limits[n]; !ok {
			v.failf("%s: no limit is called %q", where, n)
		}
	}
}

func (v *prover) permits(where string, permits []Permit) {
	for _, p := range permits {
		known := p.Role.Valid() || slices.Contains([]policy.Role{policy.Resident, policy.System, policy.Import}, p.Role)
		if !known || !slices.Contains(relations, p.Relation) {
			v.failf("%s: %s@%s is no role under a relation", where, p.Role, p.Relation)
		}
	}
}

func (v *prover) action(name string, m *Machine, a *Action) {
	where := v.at(name, "action", a.Name)
	if a.Label == "" {
		v.failf("%s: has no label", where)
	}
	if len(a.By)+len(a.Proxy) == 0 {
		v.failf("%s: is held by nobody", where)
	}
	v.permits(where, a.By)
	v.permits(where, a.Proxy)
	for _, s := range slices.Concat(a.From, a.To, a.Counts) {
		if _, ok := m.State(s); !ok && s != "*" {
			v.failf("%s: %q is no state", where, s)
		}
	}
	if len(a.From) == 0 {
		v.failf("%s: starts from no state", where)
	}
	if len(a.To) > 1 && a.Decide == "" {
		v.failf("%s: has several targets and no function that decides", where)
	}
	if _, ok := v.p.Counters[a.Counter]; a.Counter != "" && !ok {
		v.failf("%s: no counter is called %q", where, a.Counter)
	}
	v.functions(where, a)
	v.clocks(where, a.Starts)
	v.clocks(where, a.Stops)
	if a.After != "" {
		v.clocks(where, []string{a.After})
	}
	for _, f := range a.Input {
		v.field(where, f)
	}
}

func (v *prover) functions(where string, a *Action) {
	for _, g := range a.Guards {
		if !knows(v.known.Guards, g) {
			v.failf("%s: no guard is called %q", where, g)
		}
	}
	for _, e := range a.Effects {
		if !knows(v.known.Effects, e) {
			v.failf("%s: no effect is called %q", where, e)
		}
	}
	if a.Decide != "" && !knows(v.known.Deciders, a.Decide) {
		v.failf("%s: no decider is called %q", where, a.Decide)
	}
}

func (v *prover) field(where string, f Field) {
	if f.Name == "" || f.Label == "" || !slices.Contains(fieldTypes, f.Type) {
		v.failf("%s input %q: needs a name, a label and a known type", where, f.Name)
	}
	if _, ok := v.p.Choices[f.Choices]; f.Type == "choice" && !ok {
		v.failf("%s input %s: no dictionary is called %q", where, f.Name, f.Choices)
	}
	if (f.Type == "text" || f.Type == "line" || f.Type == "number") && f.Max <= 0 {
		v.failf("%s input %s: needs a greatest length, or for a number its greatest value", where, f.Name)
	}
	if f.Type == "office" && f.Choices != Above && f.Choices != Below {
		v.failf("%s input %s: offices are chosen above or below", where, f.Name)
	}
}

// options refuses a value that the kind does not know.
func (v *prover) options() {
	for name, o := range v.p.Options {
		if o.Label == "" || !slices.Contains(o.Of, o.Value) {
			v.failf("option %s: needs a label, and a value out of %v", name, o.Of)
		}
	}
}

// reachable follows every way from the start.
func (v *prover) reachable(name string, m *Machine) {
	seen := map[string]bool{m.Start: true}
	queue := []string{m.Start}
	if m.DistributorStart != "" {
		seen[m.DistributorStart] = true
		queue = append(queue, m.DistributorStart)
	}
	for len(queue) > 0 {
		for _, a := range m.From(queue[0]) {
			for _, to := range a.To {
				if !seen[to] {
					seen[to] = true
					queue = append(queue, to)
				}
			}
		}
		queue = queue[1:]
	}
	for _, s := range m.States {
		if !seen[s.Name] {
			v.failf("%s: no way leads to it", v.at(name, "state", s.Name))
		}
	}
}

// cycles refuses a circle none of whose steps is counted: a case could go round it for ever.
func (v *prover) cycles(name string, m *Machine) {
	const entered, left = 1, 2
	mark := map[string]int{}
	var visit func(state string) bool
	visit = func(state string) bool {
		mark[state] = entered
		for _, a := range m.From(state) {
			for _, to := range a.To {
				if a.CountsTo(to) {
					continue
				}
				if mark[to] == entered || mark[to] == 0 && !visit(to) {
					return false
				}
			}
		}
		mark[state] = left
		return true
	}
	for _, s := range m.States {
		if mark[s.Name] == 0 && !visit(s.Name) {
			v.failf("%s: a cycle through state %s has no counter", name, s.Name)
			return
		}
	}
}

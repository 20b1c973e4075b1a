// Package procedure reads, proves, steps and draws the tables of states and actions that a kind of case goes through.
// It never touches a case: guards and effects are names here, functions of the kind elsewhere.
package procedure

import (
	"slices"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/policy"
)

// Procedure is one version of a kind's procedure 办理程序, as its file says it.
type Procedure struct {
	Kind        string              `yaml:"kind"`
	Label       string              `yaml:"label"`
	Letter      string              `yaml:"letter"` // of the kind, in numbers such as WH-O-2026-000158
	About       string              `yaml:"about"`
	Basis       string              `yaml:"basis"` // legal basis of limits that name none themselves
	Limits      map[string]Limit    `yaml:"limits"`
	Counters    map[string]int      `yaml:"counters"`   // how often a counted way may be taken in one case
	Thresholds  map[string]int      `yaml:"thresholds"` // how many must sign, by venue and level
	Options     map[string]Option   `yaml:"options"`    // how a place does it, where the rules leave it open
	View        []Permit            `yaml:"view"`
	ViewPrivate []Permit            `yaml:"view_private"` // who reads a case in a private state; nobody else then does
	ViewContact []Permit            `yaml:"view_contact"`
	Enter       []Permit            `yaml:"enter"` // who may take words in for somebody else
	Choices     map[string][]Choice `yaml:"choices"`
	Case        Machine             `yaml:"case"`
	Assignment  Machine             `yaml:"assignment"`

	hash string
	text string
}

// Hash identifies the version: SHA-256 of the file, hexadecimal. Events name it.
func (p *Procedure) Hash() string { return p.hash }

// Text is the file as it was read, kept so that every version can be stored.
func (p *Procedure) Text() string { return p.text }

// Limit is a time limit; a clock freezes its values when it starts.
type Limit struct {
	N     int           `yaml:"n"`
	Unit  deadline.Unit `yaml:"unit"`
	Label string        `yaml:"label"`
	Basis string        `yaml:"basis"`
}

// Option is a way of doing it that a place chooses among those the kind knows.
type Option struct {
	Value string   `yaml:"value"`
	Of    []string `yaml:"of"`
	Label string   `yaml:"label"`
}

// Choice is one value of a dictionary; the flags have a meaning for result classes only.
type Choice struct {
	Value    string `yaml:"value" json:"value"`
	Label    string `yaml:"label" json:"label"`
	Solved   bool   `yaml:"solved" json:"solved,omitempty"`     // counts_as_solved
	Followup bool   `yaml:"followup" json:"followup,omitempty"` // needs_followup
	Outside  bool   `yaml:"outside" json:"outside,omitempty"`   // not in_solved_base
	Import   bool   `yaml:"import" json:"import,omitempty"`     // only an import or the timetable may give it
}

// Machine is the states and actions of a case, or of its assignments.
type Machine struct {
	Start string `yaml:"start"`
	// DistributorStart is where the assignment of a distributing agency 政府督查室 starts; empty: where every other does.
	DistributorStart string   `yaml:"distributor_start"`
	CoLimit          string   `yaml:"co_limit"` // limit by which a co-handler\'s first clock of Starts runs instead; empty: the same
	Starts           []string `yaml:"starts"`   // clocks that start with the machine beside those of its first state
	States           []State  `yaml:"states"`
	Actions          []Action `yaml:"actions"`
	Advance          *Advance `yaml:"advance"`
}

// Advance moves the case on when its assignments have reached a state.
type Advance struct {
	When   string `yaml:"when"`   // "lead": the lead or sole addressee, or every separate part; "all": everybody
	Action string `yaml:"action"` // what the system does to the case
	Again  string `yaml:"again"`  // what it does instead where the case is being redone and the file names an action of its own for that
	Parent string `yaml:"parent"` // what it does to a distributor's assignment when those under it have got there
}

// Owners of a state: who must act next.
const (
	OwnerOffice     = "office"
	OwnerResident   = "resident"
	OwnerAgencies   = "agencies"
	OwnerAgency     = "agency"
	OwnerAgencyLead = "agency_lead"
	OwnerAssigner   = "assigner"
	OwnerMain       = "main"    // another case, with which this one is answered
	OwnerDeputy     = "deputy"  // the deputy who leads it
	OwnerSigners    = "signers" // the deputies asked to sign
)

// State is one state, with who must act and by which clock.
type State struct {
	Name    string   `yaml:"name"`
	Label   string   `yaml:"label"`
	Stage   string   `yaml:"stage"` // of the closed loop, for the resident's page
	Owner   string   `yaml:"owner"`
	Clocks  []string `yaml:"clocks"` // one of them runs while the state lasts; the first starts on entering if none does
	Keeps   []string `yaml:"keeps"`  // run on, without being what this state waits for
	Pauses  []string `yaml:"pauses"` // stand still while the state lasts
	Warns   []string `yaml:"warns"`  // run on, and at their end turn the lamp amber, never red
	Desk    string   `yaml:"desk"`   // heap of the owner's desk that the state belongs to; catalogue key "desk.<name>"
	Private bool     `yaml:"private"`
	Final   bool     `yaml:"final"`
	Settled bool     `yaml:"settled"` // a final state of an assignment that has given its answer
	Gone    bool     `yaml:"gone"`    // a final state of an assignment that its addressee no longer has
}

// Permit is a role under a relation, written role@relation.
type Permit struct {
	Role     policy.Role
	Relation policy.Relation
}

// UnmarshalText reads "clerk@receiving".
func (p *Permit) UnmarshalText(b []byte) error {
	role, relation, _ := strings.Cut(string(b), "@")
	p.Role, p.Relation = policy.Role(role), policy.Relation(relation)
	return nil
}

// Action is one row of the table. Without To it is a side act that moves no state.
type Action struct {
	Name        string   `yaml:"name"`
	Label       string   `yaml:"label"`
	From        []string `yaml:"from"` // "*" for every state
	To          []string `yaml:"to"`   // several where Decide names the function that picks one
	Decide      string   `yaml:"decide"`
	Counter     string   `yaml:"counter"`
	Counts      []string `yaml:"counts"` // targets that use the counter up; all of To if empty
	By          []Permit `yaml:"by"`
	Proxy       []Permit `yaml:"proxy"` // may only enter it for somebody else 代录
	Guards      []string `yaml:"guards"`
	Effects     []string `yaml:"effects"`
	Starts      []string `yaml:"starts"`  // clocks it starts anew, where the state entered has them
	Stops       []string `yaml:"stops"`   // clocks it stops
	Answers     bool     `yaml:"answers"` // who does it has answered the case, and may not evaluate it
	After       string   `yaml:"after"`   // the clock at whose end the system does it
	Public      bool     `yaml:"public"`  // told on the submitter's and the public page
	Irrevocable bool     `yaml:"irrevocable"`
	Basis       string   `yaml:"basis"`
	Input       []Field  `yaml:"input"`
}

// Side reports whether the action moves no state.
func (a *Action) Side() bool { return len(a.To) == 0 }

// FromState reports whether the action starts from the state.
func (a *Action) FromState(state string) bool {
	return slices.Contains(a.From, state) || slices.Contains(a.From, "*")
}

// CountsTo reports whether going to the state uses up the action's counter.
func (a *Action) CountsTo(state string) bool {
	return a.Counter != "" && (len(a.Counts) == 0 || slices.Contains(a.Counts, state))
}

// Which offices an input of type office offers, seen from the one that has the case.
const (
	Above = "above"
	Below = "below"
)

// Field is one input of an action.
type Field struct {
	Name      string `yaml:"name"`
	Type      string `yaml:"type"` // text, line, bool, date, number, choice, category, agency, agencies, office, case, deputy, deputies, session, round, file
	Label     string `yaml:"label"`
	Required  bool   `yaml:"required"`
	Max       int    `yaml:"max"`        // characters; of a number the greatest
	Choices   string `yaml:"choices"`    // dictionary of a choice; of an office above or below; of a category its use; of an agency its system, if only one will do
	ProxyOnly bool   `yaml:"proxy_only"` // asked only of who enters it for somebody else
	Secret    bool   `yaml:"secret"`     // compared, never kept
	Shown     string `yaml:"shown"`      // "resident": the submitter may read it too
}

// State finds a state of the machine by name.
func (m *Machine) State(name string) (*State, bool) {
	i := slices.IndexFunc(m.States, func(s State) bool { return s.Name == name })
	if i < 0 {
		return nil, false
	}
	return &m.States[i], true
}

// Action finds an action of the machine by name.
func (m *Machine) Action(name string) (*Action, bool) {
	i := slices.IndexFunc(m.Actions, func(a Action) bool { return a.Name == name })
	if i < 0 {
		return nil, false
	}
	return &m.Actions[i], true
}

// From lists the actions that start from a state, in the file's order.
func (m *Machine) From(state string) []*Action {
	var found []*Action
	for i := range m.Actions {
		if m.Actions[i].FromState(state) {
			found = append(found, &m.Actions[i])
		}
	}
	return found
}

// Open lists the states that are not final.
func (m *Machine) Open() []string {
	var open []string
	for _, s := range m.States {
		if !s.Final {
			open = append(open, s.Name)
		}
	}
	return open
}

// Verify tells whether the step from one state to another is in the table: the check of an old event against its version.
func (m *Machine) Verify(action, from, to string) bool {
	a, ok := m.Action(action)
	if !ok || !a.FromState(from) {
		return false
	}
	return a.Side() && from == to || slices.Contains(a.To, to)
}

// Rule is the limit's value as a clock freezes it. The limit must exist: a proven procedure names no other.
func (p *Procedure) Rule(limit string) deadline.Rule {
	l := p.Limits[limit]
	basis := l.Basis
	if basis == "" {
		basis = p.Basis
	}
	return deadline.Rule{Name: l.Label, N: l.N, Unit: l.Unit, Basis: basis}
}

// Choice finds a dictionary's value.
func (p *Procedure) Choice(dictionary, value string) (Choice, bool) {
	i := slices.IndexFunc(p.Choices[dictionary], func(c Choice) bool { return c.Value == value })
	if i < 0 {
		return Choice{}, false
	}
	return p.Choices[dictionary][i], true
}

// Typed finds the value of what somebody wrote for a choice: its label, its value, or as much of one label's beginning as tells it from the others.
// What is none of them is returned as it is, to be refused by name.
func (p *Procedure) Typed(dictionary, typed string) string {
	begun := ""
	for _, c := range p.Choices[dictionary] {
		if c.Label == typed || strings.EqualFold(c.Value, typed) {
			return c.Value
		}
		if typed != "" && strings.HasPrefix(strings.ToLower(c.Label), strings.ToLower(typed)) {
			begun += "\n" + c.Value
		}
	}
	if strings.Count(begun, "\n") == 1 {
		return begun[1:]
	}
	return typed
}

// Option is the value chosen for an option; "" where the procedure has none of the name.
func (p *Procedure) Option(name string) string { return p.Options[name].Value }

// Private lists the machine's private states.
func (m *Machine) Private() []string {
	var private []string
	for _, s := range m.States {
		if s.Private {
			private = append(private, s.Name)
		}
	}
	return private
}

// Gone lists the states in which an addressee no longer has its part.
func (m *Machine) Gone() []string {
	var gone []string
	for _, s := range m.States {
		if s.Gone {
			gone = append(gone, s.Name)
		}
	}
	return gone
}

// AssignmentAction is the name an assignment's action has in the policy table and in events: assignments and cases share action names.
func AssignmentAction(name string) string { return "assignment." + name }

// Rules compiles the permissions of the file into rows of the policy table.
func (p *Procedure) Rules() []policy.Rule {
	var rules []policy.Rule
	add := func(action string, permits []Permit, proxy bool) {
		for _, permit := range permits {
			rules = append(rules, policy.Rule{Kind: p.Kind, Action: action, Role: permit.Role, Relation: permit.Relation, Proxy: proxy})
		}
	}
	add("view", p.View, false)
	add("view_private", p.ViewPrivate, false)
	add("view_contact", p.ViewContact, false)
	add("enter", p.Enter, false)
	for _, a := range p.Case.Actions {
		add(a.Name, a.By, false)
		add(a.Name, a.Proxy, true)
	}
	for _, a := range p.Assignment.Actions {
		add(AssignmentAction(a.Name), a.By, false)
		add(AssignmentAction(a.Name), a.Proxy, true)
	}
	return rules
}

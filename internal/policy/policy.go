// Package policy is the table of who may do what: role × relation × action, and the roles that no one person may join.
// It never looks at a database: a caller tells which relations hold, the table says whether they suffice.
package policy

import (
	"cmp"
	"slices"

	"lianxin/internal/errs"
)

// Role is what an account is granted; the screen's names are in the catalogues under "role.<name>".
type Role string

// The roles of design §1. Resident, System and Import are never granted: a pick-up code, the timetable and the import command act under them.
const (
	Resident    Role = "resident"
	Deputy      Role = "deputy"
	Station     Role = "station"
	Street      Role = "street"
	Clerk       Role = "clerk"
	Leader      Role = "leader"
	Motions     Role = "motions" // a session's motions group 议案组: borrowed staff, for the days of the session
	Supervision Role = "supervision"
	Agency      Role = "agency"
	AgencyLead  Role = "agency_lead"
	Auditor     Role = "auditor"
	Admin       Role = "admin"
	System      Role = "system"
	Import      Role = "import"
)

// Granted lists the roles an administrator can give, in the order pages show them.
func Granted() []Role {
	return []Role{Station, Street, Clerk, Motions, Leader, Deputy, Supervision, Agency, AgencyLead, Auditor, Admin}
}

// Valid reports whether the role can be granted.
func (r Role) Valid() bool { return slices.Contains(Granted(), r) }

// Power is the branch a role belongs to; no account holds two (GB/T 22239-2019 8.1.5, and invariant 10).
type Power string

// The three branches.
const (
	Business       Power = "business"
	Audit          Power = "audit"
	Administration Power = "administration"
)

// Power tells the branch of the role.
func (r Role) Power() Power {
	switch r {
	case Auditor:
		return Audit
	case Admin:
		return Administration
	}
	return Business
}

// Grant is one role of an account, within a congress and, where the role needs it, an office, an agency or a station.
type Grant struct {
	Role     Role   `json:"role"`
	Congress string `json:"congress"`
	Office   string `json:"office,omitempty"`  // receiving office of a clerk, a street or a station keeper
	Agency   string `json:"agency,omitempty"`  // of a handler, an agency's leader or the supervision office
	Station  string `json:"station,omitempty"` // of a station keeper
	Person   string `json:"person,omitempty"`  // the deputy
	Behalf   string `json:"behalf,omitempty"`  // account that lent the grant; "" for an own one
}

// Actor is who acts: a signed-in account, a resident with a pick-up code, the timetable or the import.
type Actor struct {
	Account string  // account id; "resident", "system" or "import" where nobody is signed in
	Grants  []Grant // what the account may be
	Case    string  // id of the case whose pick-up code was shown; residents only
}

// Roles lists the distinct roles of the actor's grants.
func (a Actor) Roles() []Role {
	var roles []Role
	for _, g := range a.Grants {
		if !slices.Contains(roles, g.Role) {
			roles = append(roles, g.Role)
		}
	}
	return roles
}

// Has reports whether the actor holds any of the roles.
func (a Actor) Has(roles ...Role) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return slices.Contains(roles, g.Role) })
}

// Under finds the grant an act of a congress is done under where no relation tells: an own one of that congress, else one lent, else the first there is.
func (a Actor) Under(congress string) Grant {
	for _, g := range a.Grants {
		if g.Congress == congress {
			return g
		}
	}
	if len(a.Grants) > 0 {
		return a.Grants[0]
	}
	return Grant{Role: System}
}

// CheckSeparation refuses grants that join two powers in one account.
func CheckSeparation(grants []Grant) error {
	for _, g := range grants[min(1, len(grants)):] {
		if g.Role.Power() != grants[0].Role.Power() {
			return errs.New(errs.Invalid, "policy.separation").At("role")
		}
	}
	return nil
}

// Relation is how an actor's grant stands to the thing acted on.
type Relation string

// The relations. Anyone holds without any tie to the thing.
const (
	Anyone     Relation = "anyone"
	Submitter  Relation = "submitter" // holds the pick-up code of the case
	Receiving  Relation = "receiving" // belongs to the office that has the case
	Intake     Relation = "intake"    // belongs to the office or station that took the words in
	Above      Relation = "above"     // belongs to an office above the one that has the case
	Congress   Relation = "congress"  // belongs to the congress whose case it is
	NamedBy    Relation = "named"     // is the deputy the case names, or one responsible for its grid
	Signer     Relation = "signer"    // is a deputy who was asked to sign it, or signed it
	Assignee   Relation = "assignee"  // belongs to the agency addressed
	Assigner   Relation = "assigner"  // belongs to the office or agency that made the assignment
	LeadAgency Relation = "lead"      // belongs to the agency that leads the case
	Involved   Relation = "involved"  // belongs to any agency the case is assigned to
	Own        Relation = "own"       // the actor's own account, session or token
)

// Rule allows one role under one relation one action on one kind of thing.
type Rule struct {
	Kind     string   `json:"kind"` // "opinion", "registry", "account", …
	Action   string   `json:"action"`
	Role     Role     `json:"role"`
	Relation Relation `json:"relation"`
	Proxy    bool     `json:"proxy,omitempty"` // allowed only as an entry for somebody else 代录
}

// Table is a set of rules; what it does not list is refused.
type Table struct {
	rules []Rule
	index map[Rule]bool
}

// New builds a table; a rule given twice counts once.
func New(rules ...Rule) *Table {
	t := &Table{index: map[Rule]bool{}}
	for _, r := range rules {
		if !t.index[r] {
			t.index[r] = true
			t.rules = append(t.rules, r)
		}
	}
	slices.SortFunc(t.rules, compare)
	return t
}

func compare(a, b Rule) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Role, b.Role),
		cmp.Compare(a.Relation, b.Relation), compareBool(a.Proxy, b.Proxy))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Rules lists every rule, sorted by kind, action, role and relation.
func (t *Table) Rules() []Rule { return slices.Clone(t.rules) }

// Allows reports whether the role may do the action under the relation; the second result tells whether only as an entry for somebody else.
func (t *Table) Allows(kind, action string, role Role, relation Relation) (allowed, proxy bool) {
	if t.index[Rule{Kind: kind, Action: action, Role: role, Relation: relation}] {
		return true, false
	}
	if t.index[Rule{Kind: kind, Action: action, Role: role, Relation: relation, Proxy: true}] {
		return true, true
	}
	return false, false
}

// Can reports whether any grant of the actor allows an action that needs no relation (registry, accounts, audit, settings).
func (t *Table) Can(actor Actor, kind, action string) bool {
	for _, role := range actor.Roles() {
		if ok, _ := t.Allows(kind, action, role, Anyone); ok {
			return true
		}
	}
	return false
}

package notice

import "slices"

// Audience is a group of people by how they stand to a case or an assignment. Each is part of those who may read the case.
type Audience string

// The audiences; worded under "notice.audience.<name>".
const (
	Receiving Audience = "receiving" // staff of the office that has the case
	Intake    Audience = "intake"    // staff of the station or street that took the words in
	Deputy    Audience = "deputy"    // the deputy named, and those responsible for the grid
	Leaders   Audience = "leaders"   // of the congress
	Assignee  Audience = "assignee"  // handlers and leaders of the agency addressed
	Approvers Audience = "approvers" // leaders of the agency addressed
	Assigner  Audience = "assigner"  // staff of whoever assigned it
	LeadPart  Audience = "lead"      // of the agency that leads the case
	Involved  Audience = "involved"  // of every agency that has or had a part in the case
	Signers   Audience = "signers"   // deputies asked to sign, who have not declined
)

// Topics are what a person can have sent outside or not; worded under "notice.topic.<name>".
const (
	ToDo     = "todo"     // something waits for him
	Progress = "progress" // something went on
	Verdict  = "verdict"  // what those who asked said of it
	Urging   = "urging"   // urged, escalated, promised and missed
	Review   = "review"   // publication and corrections
)

// Topics lists them in the order pages show them.
func Topics() []string { return []string{ToDo, Urging, Verdict, Progress, Review} }

// Rule says who is told of an action. An action without an audience is listed so that nobody is told of it on purpose.
type Rule struct {
	Kind   string
	Action string
	Topic  string
	Who    []Audience
}

func rule(action, topic string, who ...Audience) Rule {
	return Rule{Action: action, Topic: topic, Who: who}
}

// Rules is the whole table, kind by kind: actions of cases, then those of assignments.
func Rules() []Rule {
	return slices.Concat(of("opinion", opinionRules()), of("suggestion", suggestionRules()), of("motion", motionRules()))
}

// of marks rules as a kind's.
func of(kind string, rules []Rule) []Rule {
	for i := range rules {
		rules[i].Kind = kind
	}
	return rules
}

// RuleOf finds the row of a kind's action; an action the table does not know tells nobody.
func RuleOf(kind, action string) (Rule, bool) {
	all := Rules()
	i := slices.IndexFunc(all, func(r Rule) bool { return r.Kind == kind && r.Action == action })
	if i < 0 {
		return Rule{}, false
	}
	return all[i], true
}

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
	Action string
	Topic  string
	Who    []Audience
}

func rule(action, topic string, who ...Audience) Rule {
	return Rule{Action: action, Topic: topic, Who: who}
}

// Rules is the whole table, for every kind: actions of cases, then those of assignments.
func Rules() []Rule {
	return []Rule{
		rule("open", ToDo, Receiving, Intake, Deputy),
		rule("accept", Progress, Intake),
		rule("answer", Progress, Intake, Deputy),
		rule("redirect", Progress, Intake, Deputy),
		rule("ask", Progress, Intake),
		rule("resume", ToDo, Receiving),
		rule("lapse_words", Progress, Receiving, Intake),
		rule("merge", Progress, Intake),
		rule("follow", ToDo, Receiving, Intake),
		rule("release", ToDo, Receiving),
		rule("split", Progress, Intake),
		rule("refer_up", Progress, Intake, Deputy),
		rule("refer_down", Progress, Intake, Deputy),
		rule("hotline", Progress, Intake),
		rule("mirror_progress", Progress),
		rule("mirror", ToDo, Receiving, Intake),
		rule("assign", Progress, Intake, Deputy),
		rule("answered", ToDo, Receiving, Intake),
		rule("take_back", ToDo, Receiving),
		rule("feedback", Progress, Receiving, Intake, Deputy),
		rule("evaluate", Verdict, Receiving, Intake, Involved, Deputy),
		rule("lapse", Verdict, Receiving, Deputy),
		rule("escalate", Urging, Receiving, Involved, Leaders),
		rule("reopen", ToDo, Receiving, Intake, Deputy),
		rule("close", Verdict, Intake, Involved, Deputy),
		rule("withdraw", Progress, Receiving, Intake, Involved, Deputy),
		rule("attach", Progress, Receiving, Involved),
		rule("tell_deputy", Progress, Deputy),
		rule("confirm", Verdict, Receiving),
		rule("ask_publish", Review, Receiving, Leaders),
		rule("publish", Review, Receiving),
		rule("refuse_publish", Review, Receiving),
		rule("unpublish", Review, Receiving),
		rule("new_code", Progress),
		rule("correct", Review, Receiving, Leaders),
		rule("confirm_correction", Review, Receiving),
		rule("refuse_correction", Review, Receiving),
		rule("check_entry", Progress),
		rule("rescind", Progress, Receiving, Intake),
		rule("recalculate", Progress),

		rule("assignment.open", ToDo, Assignee),
		rule("assignment.sign", Progress, Assigner),
		rule("assignment.return", ToDo, Assigner),
		rule("assignment.grant_return", Progress, Assignee),
		rule("assignment.refuse_return", ToDo, Assignee),
		rule("assignment.subassign", Progress, Assigner),
		rule("assignment.complete", Progress, Assigner, Assignee),
		rule("assignment.regain", ToDo, Assignee),
		rule("assignment.extend", ToDo, Assigner),
		rule("assignment.grant_extension", Progress, Assignee),
		rule("assignment.refuse_extension", Progress, Assignee),
		rule("assignment.urge", Urging, Assignee),
		rule("assignment.acknowledge", Urging, Assigner),
		rule("assignment.fulfil", Urging, Assigner),
		rule("assignment.miss_promise", Urging, Assigner, Assignee),
		rule("assignment.progress", Progress, Assigner),
		rule("assignment.opine", Progress, LeadPart, Assigner),
		rule("assignment.reply", ToDo, Approvers, Assigner),
		rule("assignment.approve", Progress, Assignee, Assigner),
		rule("assignment.register_approval", Progress, Assignee, Assigner),
		rule("assignment.send_back", ToDo, Assignee),
		rule("assignment.redo", ToDo, Assignee),
		rule("assignment.stop", Progress, Assignee),
		rule("assignment.check_entry", Progress),
		rule("assignment.rescind", Progress, Assigner, Assignee),
		rule("assignment.recalculate", Progress),
	}
}

// RuleOf finds an action's row; an action the table does not know tells nobody.
func RuleOf(action string) (Rule, bool) {
	all := Rules()
	i := slices.IndexFunc(all, func(r Rule) bool { return r.Action == action })
	if i < 0 {
		return Rule{}, false
	}
	return all[i], true
}

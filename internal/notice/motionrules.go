package notice

// motionRules are those of 议案. A draft is its author's: nobody is told of it but who is asked to sign.
func motionRules() []Rule {
	return []Rule{
		rule("open", Progress),
		rule("edit", Progress, Signers),
		rule("attach", Progress),
		rule("invite", ToDo, Signers),
		rule("cosign", Progress, Deputy),
		rule("decline", Progress, Deputy),
		rule("leave", Progress, Deputy, Receiving),
		rule("submit", ToDo, Receiving),
		rule("fall", Progress, Deputy, Signers, Receiving),
		rule("consent_withdraw", Progress, Deputy),
		rule("withdraw", Progress, Receiving, Involved, Signers, Deputy),
		rule("revise", ToDo, Deputy, Signers),
		rule("number", Progress, Deputy, Signers),
		rule("take_up", Progress, Deputy, Signers),
		rule("to_suggestion", Progress, Deputy, Signers),
		rule("committee_reported", ToDo, Receiving, Deputy),
		rule("return_report", ToDo, Involved),
		rule("resolve", Progress, Deputy, Signers, Involved),
		rule("check_entry", Progress),
		rule("rescind", Progress, Receiving),
		rule("recalculate", Progress),

		rule("assignment.open", ToDo, Assignee),
		rule("assignment.sign", Progress, Assigner),
		rule("assignment.progress", Progress, Assigner, Deputy),
		rule("assignment.extend", ToDo, Assigner),
		rule("assignment.grant_extension", Progress, Assignee, Receiving),
		rule("assignment.refuse_extension", Progress, Assignee),
		rule("assignment.urge", Urging, Assignee),
		rule("assignment.acknowledge", Urging, Assigner),
		rule("assignment.report", Progress, Assigner),
		rule("assignment.redo", ToDo, Assignee),
		rule("assignment.stop", Progress, Assignee),
		rule("assignment.check_entry", Progress),
		rule("assignment.rescind", Progress, Assigner, Assignee),
		rule("assignment.recalculate", Progress),
	}
}

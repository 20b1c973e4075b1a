package pages

import (
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

// staffFacts is what staff read first.
func (t teller) staffFacts() []web.Fact {
	v := t.view
	facts := []web.Fact{{Label: t.p.T("case.state"), Badge: &web.Badge{Text: v.StateLabel, Tone: tone(v.State)}}}
	add := func(key, text string) {
		if text != "" {
			facts = append(facts, t.fact(key, text))
		}
	}
	facts[0].Note = t.marks()
	add("case.body", v.Body)
	add("case.place", v.Place)
	if v.Category != "" {
		add("case.category", t.names.Of("category", v.Category))
	}
	add("case.office", t.names.Of("office", v.Office))
	if v.IntakeOffice != v.Office {
		add("case.intake_office", t.names.Of("office", v.IntakeOffice))
	}
	if v.Station != "" {
		add("case.station", t.names.Of("station", v.Station))
	}
	if v.Grid != "" {
		add("case.grid", t.names.Of("grid", v.Grid))
	}
	if v.Deputy != "" {
		add("case.deputy", t.names.Of("person", v.Deputy))
	}
	add("case.work_order", v.WorkOrder)
	add("case.source", t.p.T("source."+v.Source))
	add("case.received", microTime(v.ReceivedAt).In(deadline.Zone).Format("2006-01-02 15:04"))
	add("case.wishes", t.wishes())
	if v.Publication != "" {
		add("case.publication", t.p.T("publication."+v.Publication))
	}
	if v.Case.Correcting {
		choice, _ := v.Procedure.Choice("correctable", v.Correction.V.Field)
		add("case.correcting", choice.Label+" → "+v.Correcting)
	}
	return facts
}

func (t teller) wishes() string {
	text := t.p.T("case.no_publication")
	if t.view.MayPublish {
		text = t.p.T("case.may_publish")
	}
	if t.view.HideName {
		text += "；" + t.p.T("case.hide_name")
	}
	return text
}

// verdicts is what was said of the answer, the first verdict and the last.
func (t teller) verdicts() []web.Fact {
	v := t.view
	word := func(attitude, result string) string {
		a, _ := v.Procedure.Choice("satisfaction", attitude)
		b, _ := v.Procedure.Choice("satisfaction", result)
		return t.p.T("case.verdict_words", "Attitude", a.Label, "Result", b.Label)
	}
	var facts []web.Fact
	if v.Kind == suggestion.Kind {
		facts = append(facts, t.classes()...)
	} else if v.Class != "" {
		class, _ := v.Procedure.Choice("class", v.Class)
		facts = append(facts, t.fact("case.class", class.Label))
	}
	if v.PromiseOn != "" {
		facts = append(facts, t.fact("case.promise_on", v.PromiseOn))
	}
	if v.FirstResult != "" {
		facts = append(facts, t.fact("case.first_verdict", word(v.FirstAttitude, v.FirstResult)))
	}
	if v.FirstResult != "" && v.Counters.V["redo"] > 0 && !slices.Contains([]string{"in_hand", "replied", "to_evaluate", "redoing", "answered"}, v.State) {
		facts = append(facts, t.fact("case.second_verdict", word(v.Attitude, v.Result)))
	}
	if v.Case.Verdict == "lapsed" {
		facts = append(facts, t.fact("case.verdict", t.p.T("case.lapsed")))
	}
	if v.Confirmed != "" {
		choice, _ := v.Procedure.Choice("confirmation", v.Confirmed)
		facts = append(facts, t.fact("case.confirmed", choice.Label))
	}
	return facts
}

func (t teller) assignmentFacts(a casework.AssignmentView) []web.Fact {
	facts := []web.Fact{{Label: t.p.T("case.state"), Badge: &web.Badge{Text: a.StateLabel, Tone: tone(a.State)}}}
	for _, c := range a.Clocks {
		if c.Governing {
			d := t.due(c)
			facts = append(facts, web.Fact{Label: t.p.T("case.due"), Due: &d})
		}
	}
	add := func(key, text string) {
		if text != "" {
			facts = append(facts, t.fact(key, text))
		}
	}
	if a.AssignerAgency != "" {
		add("case.assigner", t.names.Of("agency", a.AssignerAgency))
	}
	if a.Better != "" {
		add("case.better", t.names.Of("agency", a.Better))
	}
	class, _ := t.view.Procedure.Choice("class", a.Class)
	add("case.class", class.Label)
	add("case.reply", a.Reply)
	add("case.promise", a.Promise)
	add("case.promise_on", t.promise(a.PromiseOn, a.PromiseState))
	add("case.batch_due", a.BatchDue)
	if a.ExtensionAsked > 0 {
		add("case.extension_asked", t.p.T("case.extension_"+string(t.view.Procedure.Limits["extension"].Unit), "N", a.ExtensionAsked))
	}
	if a.Urges > 0 {
		add("case.urges", t.urges(a.Assignment))
	}
	facts = append(facts, t.handled(a)...)
	if a.ApprovedHow != "" {
		add("case.approved", t.p.T("case.approved_"+a.ApprovedHow))
	}
	if a.Unchecked > 0 {
		add("case.unchecked", t.p.T("case.unchecked_n", "N", a.Unchecked))
	}
	return facts
}

// marks are the things about a case that nobody should overlook.
func (t teller) marks() string {
	var marks []string
	if t.view.Urgent {
		marks = append(marks, t.p.T("case.urgent"))
	}
	if t.view.Escalated {
		marks = append(marks, t.p.T("case.escalated"))
	}
	if t.missed() {
		marks = append(marks, t.p.T("case.unfulfilled"))
	}
	return strings.Join(marks, "、")
}

// missed reports whether a promise given for the case was not kept in time.
func (t teller) missed() bool {
	return slices.ContainsFunc(t.view.Assigned, func(a casework.AssignmentView) bool { return a.PromiseState == casework.PromiseMissed })
}

func (t teller) promise(on, state string) string {
	if on == "" || state == "" {
		return on
	}
	return t.p.T("case.promise_line", "On", on, "State", t.p.T("promise."+state))
}

// urges words the last urging and how many there were.
func (t teller) urges(a *casework.Assignment) string {
	grade, _ := t.view.Procedure.Choice("urge_grade", a.UrgeGrade)
	text := t.p.T("case.urge_line", "N", a.Urges, "On", string(deadline.DateOf(microTime(a.UrgedAt))), "Grade", grade.Label)
	if a.UrgeOpen {
		text += t.p.T("case.urge_open")
	}
	return text
}

// links words what the case is tied to.
func (t teller) links() []web.Fact {
	var facts []web.Fact
	for _, l := range t.view.Links {
		f := web.Fact{Label: t.p.T("link." + l.How), Text: t.p.T("link.line", "Number", l.Number, "State", l.StateLabel, "Office", t.names.Of("office", l.Office))}
		if l.Open {
			f.Href = "/cases/" + l.Number
		}
		if l.Code != "" {
			f.Note = t.p.T("link.code", "Code", l.Code)
		}
		facts = append(facts, f)
	}
	return facts
}

package suggestion

import (
	"lianxin/internal/casework"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// Measure is a number of a board: how many suggestions a condition holds for. The list behind it is narrowed by the same condition.
// A board's words stand in the catalogues under "board.<name>".
type Measure struct {
	Name string
	cond string // over suggestion s; it reads only what a row's shape tells
	late string // likewise: for which it holds too, once their date has passed; "" for none
}

// overdue are those whose date has passed without an answer.
const overdue = "s.answered_at = 0 and s.dispatched_at > 0 and s.due_at <= "

// where is the condition as a list is narrowed by it.
func (m Measure) where(w *store.Where, now int64) string {
	if m.late == "" {
		return m.cond
	}
	late := m.late + " and " + overdue + w.Bind(now)
	if m.cond == never {
		return late
	}
	return "(" + m.cond + " or " + late + ")"
}

const never = "1 = 0"

// live is what counts as a 件: numbered, neither merged into another, nor ended by the review, nor withdrawn.
const live = "s.counted and s.ended_at = 0"

// Measures are the numbers of boards, in the order of their columns (formulae: domain reference §1.10).
func Measures(p *procedure.Procedure) []Measure {
	solved := classes(p, func(c procedure.Choice) bool { return c.Solved })
	base := inBase(p)
	return []Measure{
		{Name: "raised", cond: live},
		{Name: "dispatched", cond: live + " and s.dispatched_at > 0"},
		{Name: "signed", cond: live + " and s.signed_at > 0"},
		{Name: "answered", cond: live + " and s.answered_at > 0"},
		{Name: "due", cond: live + " and s.dispatched_at > 0 and s.answered_at > 0", late: live},
		{Name: "on_time", cond: live + " and s.answered_at > 0 and s.answered_at <= s.due_at"},
		{Name: "late", cond: never, late: live},
		{Name: "finished", cond: live + " and s.answered_at > 0 and s.state in ('done', 'rechecking')"},
		{Name: "met", cond: live + " and s.met"},
		{Name: "base", cond: live + " and s.dispatched_at > 0 and " + base},
		{Name: "first_solved", cond: live + " and " + base + " and s.first_class in " + solved},
		{Name: "solved", cond: live + " and " + base + " and s.class in " + solved},
		{Name: "evaluated", cond: live + " and s.verdict = '" + casework.VerdictGiven + "'"},
		{Name: "satisfied", cond: live + " and s.verdict = '" + casework.VerdictGiven + "' and s.result = 'satisfied'"},
		{Name: "content", cond: live + " and s.verdict = '" + casework.VerdictGiven + "' and s.result in ('satisfied', 'fair')"},
		{Name: "unsatisfied", cond: live + " and s.verdict = '" + casework.VerdictGiven + "' and s.result = 'unsatisfied'"},
		{Name: "lapsed", cond: live + " and s.verdict = '" + casework.VerdictLapsed + "'"},
		{Name: "promised", cond: live + " and s.promise_state <> ''"},
		{Name: "promise_kept", cond: live + " and s.promise_state = 'kept'"},
		{Name: "promise_missed", cond: live + " and s.promise_state = 'missed'"},
	}
}

// Rates are the shares a board shows: how many of the second measure the first is. Words: "board.rate.<name>", formulae "board.formula.<name>".
type Rate struct{ Name, Counted, Of string }

// Rates lists them in the order of a board's columns.
func Rates() []Rate {
	return []Rate{
		{"answered", "answered", "dispatched"},       // 办复率
		{"finished", "finished", "dispatched"},       // 办结率
		{"on_time", "on_time", "due"},                // 按期答复率
		{"met", "met", "dispatched"},                 // 面商率
		{"first_solved", "first_solved", "base"},     // 首次解决率
		{"solved", "solved", "base"},                 // 解决率
		{"evaluated", "evaluated", "answered"},       // 评价率
		{"satisfied", "satisfied", "evaluated"},      // 满意率
		{"content", "content", "evaluated"},          // 满意率（含基本满意）
		{"promise_kept", "promise_kept", "promised"}, // 承诺兑现率
	}
}

// classes lists the result classes of a property as SQL; they are words of a proven procedure, and quoted all the same.
func classes(p *procedure.Procedure, is func(procedure.Choice) bool) string {
	list := ""
	for _, c := range p.Choices["class"] {
		if is(c) {
			list += "," + quoted(c.Value)
		}
	}
	if list == "" {
		return "('')"
	}
	return "(" + list[1:] + ")"
}

func quoted(s string) string {
	out := "'"
	for _, r := range s {
		if r == '\'' {
			out += "'"
		}
		out += string(r)
	}
	return out + "'"
}

// inBase is the condition of the base that the share of what is solved is counted by: where the place says so, what was addressed to the government
// (our default, domain reference §0: the fraction behind 87.33 %); never a class that stands outside it.
func inBase(p *procedure.Procedure) string {
	cond := "(s.class = '' or s.class not in " + classes(p, func(c procedure.Choice) bool { return c.Outside }) + ")"
	if p.Option("solved_base") == "government" {
		cond += " and s.system = 'government'"
	}
	return cond
}

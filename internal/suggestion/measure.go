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
	cond func(w *store.Where, now int64) string // over suggestion s
}

// fixed is a condition without values.
func fixed(cond string) func(*store.Where, int64) string {
	return func(*store.Where, int64) string { return cond }
}

// live is what counts as a 件: numbered, neither merged into another, nor ended by the review, nor withdrawn.
const live = "s.counted and s.ended_at = 0"

// Measures are the numbers of boards, in the order of their columns (formulae: domain reference §1.10).
func Measures(p *procedure.Procedure) []Measure {
	solved := classes(p, func(c procedure.Choice) bool { return c.Solved })
	base := inBase(p)
	return []Measure{
		{"raised", fixed(live)},
		{"dispatched", fixed(live + " and s.dispatched_at > 0")},
		{"signed", fixed(live + " and s.signed_at > 0")},
		{"answered", fixed(live + " and s.answered_at > 0")},
		{"due", func(w *store.Where, now int64) string {
			return live + " and s.dispatched_at > 0 and (s.answered_at > 0 or s.due_at <= " + w.Bind(now) + ")"
		}},
		{"on_time", fixed(live + " and s.answered_at > 0 and s.answered_at <= s.due_at")},
		{"late", func(w *store.Where, now int64) string {
			return live + " and s.dispatched_at > 0 and s.answered_at = 0 and s.due_at <= " + w.Bind(now)
		}},
		{"finished", fixed(live + " and s.answered_at > 0 and s.state in ('done', 'rechecking')")},
		{"met", fixed(live + " and s.met")},
		{"base", fixed(live + " and s.dispatched_at > 0 and " + base)},
		{"first_solved", fixed(live + " and " + base + " and s.first_class in " + solved)},
		{"solved", fixed(live + " and " + base + " and s.class in " + solved)},
		{"evaluated", fixed(live + " and s.verdict = '" + casework.VerdictGiven + "'")},
		{"satisfied", fixed(live + " and s.verdict = '" + casework.VerdictGiven + "' and s.result = 'satisfied'")},
		{"content", fixed(live + " and s.verdict = '" + casework.VerdictGiven + "' and s.result in ('satisfied', 'fair')")},
		{"unsatisfied", fixed(live + " and s.verdict = '" + casework.VerdictGiven + "' and s.result = 'unsatisfied'")},
		{"lapsed", fixed(live + " and s.verdict = '" + casework.VerdictLapsed + "'")},
		{"promised", fixed(live + " and s.promise_state <> ''")},
		{"promise_kept", fixed(live + " and s.promise_state = 'kept'")},
		{"promise_missed", fixed(live + " and s.promise_state = 'missed'")},
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

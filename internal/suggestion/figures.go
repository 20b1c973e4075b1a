package suggestion

import (
	"strconv"

	"lianxin/internal/casework"
	"lianxin/internal/figure"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// Figures are the suggestions' figures (domain reference §1.10), as of a day: a year's are those of the sessions that opened in it, with what was raised after them.
func Figures(s *casework.Service, p *procedure.Procedure) []figure.Definition {
	d := definer{visible: s.Visible, p: p}
	all := []figure.Definition{
		d.count("suggestions_raised", d.raised),
		d.count("suggestions_at_session", d.phase(Meeting)),
		d.count("suggestions_between_sessions", d.phase(Recess)),
		d.ratio("suggestions_answered_rate", d.dispatched, answered),
		d.ratio("suggestions_on_time_rate", d.dispatched, onTime),
		d.ratio("suggestions_solved_rate", d.base, d.solved),
		{ID: "suggestions_solved_rate_change", Version: 1, Kind: figure.Change, Unit: figure.Points, Of: "suggestions_solved_rate"},
		d.ratio("suggestions_first_solved_rate", d.base, d.firstSolved),
		d.ratio("suggestions_evaluated_rate", d.answered, judged),
		d.ratio("suggestions_satisfied_rate", d.judged, result("satisfied")),
		d.ratio("suggestions_content_rate", d.judged, result("satisfied", "fair")),
	}
	for _, c := range p.Choices["class"] {
		if !c.Import {
			all = append(all, d.count("suggestions_class_"+c.Value, d.class(c.Value)),
				d.ratio("suggestions_class_"+c.Value+"_rate", d.answered, func(w *store.Where, sc figure.Scope) { w.And(at(w, sc, "class", c.Value)) }))
		}
	}
	return all
}

// definer makes definitions over the suggestions' own rows.
type definer struct {
	visible figure.Visible
	p       *procedure.Procedure
}

func (d definer) selection(base func(*store.Where, figure.Scope)) figure.Selection {
	return figure.Selection{From: `suggestion s join case_file c on c.congress_id = s.congress_id and c.id = s.case_id
		join case_text t on t.congress_id = c.congress_id and t.id = case when c.publication = 'published' then c.public_title_text else c.title_text end`,
		Congress: "s.congress_id", Key: "s.number", Title: "t.body", At: "s.raised_at",
		Base: base, Visible: d.visible}
}

func (d definer) count(id string, base func(*store.Where, figure.Scope)) figure.Definition {
	return figure.Definition{ID: id, Version: 1, Kind: figure.Count, Unit: figure.Cases, Selection: d.selection(base)}
}

func (d definer) ratio(id string, base, counted func(*store.Where, figure.Scope)) figure.Definition {
	return figure.Definition{ID: id, Version: 1, Kind: figure.Ratio, Unit: figure.Percent, Selection: d.selection(base), Counted: counted}
}

// raised are the suggestions that count on the day: numbered by then, and neither ended nor withdrawn.
func (d definer) raised(w *store.Where, s figure.Scope) {
	w.And("s.session_id in (select m.id from congress_session m where m.opens_on >= ? and m.opens_on <= ?)", firstDay(s), lastDay(s))
	w.And("s.counted and s.raised_at > 0 and s.raised_at < ? and (s.ended_at = 0 or s.ended_at >= ?)", s.Ended(), s.Ended())
}

func firstDay(s figure.Scope) string { return strconv.Itoa(s.Year) + "-01-01" }

func lastDay(s figure.Scope) string { return strconv.Itoa(s.Year) + "-12-31" }

func (d definer) phase(phase string) func(*store.Where, figure.Scope) {
	return func(w *store.Where, s figure.Scope) {
		d.raised(w, s)
		w.And("s.phase = ?", phase)
	}
}

// dispatched are those to be answered 应答复.
func (d definer) dispatched(w *store.Where, s figure.Scope) {
	d.raised(w, s)
	w.And("s.dispatched_at > 0 and s.dispatched_at < ?", s.Ended())
}

func answered(w *store.Where, s figure.Scope) {
	w.And("s.answered_at > 0 and s.answered_at < ?", s.Ended())
}

func onTime(w *store.Where, s figure.Scope) {
	answered(w, s)
	w.And("s.answered_at <= s.due_at")
}

func (d definer) answered(w *store.Where, s figure.Scope) {
	d.dispatched(w, s)
	answered(w, s)
}

// base are those that the share of what is solved is counted by.
func (d definer) base(w *store.Where, s figure.Scope) {
	d.dispatched(w, s)
	w.And(inBase(d.p))
}

func (d definer) solved(w *store.Where, s figure.Scope) {
	w.And(at(w, s, "class", d.classes()...))
}

func (d definer) firstSolved(w *store.Where, s figure.Scope) {
	w.In("s.first_class", d.classes()...)
	w.And("exists (select 1 from case_span p where p.case_id = s.case_id and p.name = 'class' and p.from_at < ?)", s.Ended())
}

// classes are those that count as solved.
func (d definer) classes() []string {
	var solved []string
	for _, c := range d.p.Choices["class"] {
		if c.Solved {
			solved = append(solved, c.Value)
		}
	}
	return solved
}

func (d definer) class(value string) func(*store.Where, figure.Scope) {
	return func(w *store.Where, s figure.Scope) {
		d.answered(w, s)
		w.And(at(w, s, "class", value))
	}
}

func (d definer) judged(w *store.Where, s figure.Scope) {
	d.answered(w, s)
	judged(w, s)
}

func judged(w *store.Where, s figure.Scope) { w.And(at(w, s, "verdict", casework.VerdictGiven)) }

func result(values ...string) func(*store.Where, figure.Scope) {
	return func(w *store.Where, s figure.Scope) { w.And(at(w, s, "result", values...)) }
}

// at is the condition that a column had one of the values at the end of the day.
func at(w *store.Where, s figure.Scope, name string, values ...string) string {
	marks := ""
	for _, v := range values {
		marks += ", " + w.Bind(v)
	}
	if marks == "" {
		return "1 = 0"
	}
	until := w.Bind(s.Ended())
	return "exists (select 1 from case_span p where p.case_id = s.case_id and p.name = " + w.Bind(name) + " and p.value in (" + marks[2:] +
		") and p.from_at < " + until + " and (p.to_at = 0 or p.to_at >= " + until + "))"
}

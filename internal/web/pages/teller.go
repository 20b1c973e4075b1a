package pages

import (
	"fmt"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

// teller words a case for its reader.
type teller struct {
	p        *web.Page
	names    registry.Names
	accounts map[string]string
	view     *casework.View
	now      time.Time
}

// steps shows where in the loop the case stands.
func (t teller) steps() []web.Step {
	state, _ := t.view.Procedure.Case.State(t.view.State)
	seen := map[string]bool{}
	var labels []string
	for _, st := range t.view.Procedure.Case.States {
		if st.Stage != "" && !seen[st.Stage] {
			seen[st.Stage] = true
			labels = append(labels, st.Stage)
		}
	}
	steps, word := make([]web.Step, len(labels)), "done"
	for i, label := range labels {
		if state != nil && label == state.Stage && !state.Final {
			steps[i], word = web.Step{Text: label, State: "now"}, "next"
			continue
		}
		steps[i] = web.Step{Text: label, State: word}
	}
	return steps
}

// due words a clock with the reasons for its date.
func (t teller) due(c casework.ClockView) web.Due {
	d := web.Due{Label: c.Clock.Rule.Name, Date: c.Clock.Due, Lamp: c.Clock.Lamp(t.now)}
	for _, s := range c.Sentences {
		d.Why = append(d.Why, t.p.T(s.Key, s.Args))
	}
	return d
}

func (t teller) fact(key, text string) web.Fact { return web.Fact{Label: t.p.T(key), Text: text} }

// mineFacts is what a resident reads first.
func (t teller) mineFacts() []web.Fact {
	v := t.view
	facts := []web.Fact{{Label: t.p.T("case.state"), Badge: &web.Badge{Text: v.StateLabel, Tone: tone(v.State)}}}
	for _, c := range v.Clocks {
		if c.Governing {
			d := t.due(c)
			facts = append(facts, web.Fact{Label: t.p.T("case.due"), Due: &d})
		}
	}
	if v.LeadAgency != "" {
		facts = append(facts, t.fact("case.lead_agency", t.names.Of("agency", v.LeadAgency)))
	}
	facts = append(facts, t.fact("case.title", v.Title), t.fact("case.body", v.Body))
	if v.Place != "" {
		facts = append(facts, t.fact("case.place", v.Place))
	}
	facts = append(facts, t.links()...)
	if v.FedBackAt != 0 && v.Reply != "" {
		facts = append(facts, t.fact("case.reply", v.Reply))
	}
	return facts
}

// tone colours a state: what is settled is good, what is disputed bad.
func tone(state string) string {
	switch state {
	case "closed", "done", "replied", "completed":
		return web.Good
	case "disputed", "coordinating":
		return web.Bad
	case "withdrawn", "moved", "stopped", "referred", "merged", "reassigned", "ended", "converted", "draft":
		return web.Plain
	case "received", "accepted", "to_sign", "returning", "to_approve", "reviewing", "to_dispatch", "to_receive", "splitting", "checking", "to_issue", "to_deliver":
		return web.Caution
	}
	return web.Note
}

// story words the events.
func (t teller) story() []web.Entry {
	var entries []web.Entry
	for _, e := range t.view.Story {
		entries = append(entries, t.entry(e))
	}
	return entries
}

func (t teller) entry(e casework.StoryEntry) web.Entry {
	out := web.Entry{At: e.Event.OccurredAt, Title: t.title(e), Undone: e.Undone, Who: t.actor(e)}
	if e.Event.RecordedAt-e.Event.OccurredAt > int64(time.Minute/time.Microsecond) {
		out.Entered = e.Event.RecordedAt
	}
	if e.Record.Proxy {
		out.Badges = append(out.Badges, web.Badge{Text: t.p.T("case.proxy"), Tone: web.Caution})
	}
	if e.Record.Inferred {
		out.Badges = append(out.Badges, web.Badge{Text: t.p.T("case.inferred"), Tone: web.Plain})
	}
	out.Texts = append(t.facts(e), t.texts(e)...)
	return out
}

func (t teller) title(e casework.StoryEntry) string {
	title := e.Label
	switch {
	case e.Record.Action == "open" && e.N == 0:
		title = t.p.T(t.worded("casework.open", "casework.drafted"))
	case e.Record.Action == "open":
		title = t.p.T(t.worded("casework.assigned", "casework.dispatched"))
	case title == "":
		title = t.p.T("casework.recalculate")
	}
	if e.N != 0 && t.view.Mode != policy.Resident {
		title = t.p.T("case.of_agency", "Agency", t.names.Of("agency", e.Agency), "Action", title)
	}
	return title
}

// worded picks the key for a matter that residents raised, or for one that deputies did.
func (t teller) worded(resident, deputy string) string {
	if t.view.Kind == opinion.Kind {
		return resident
	}
	return deputy
}

// actor tells staff who acted; a resident is told the office or agency, never a person.
func (t teller) actor(e casework.StoryEntry) string {
	place := t.names.Of("office", e.Record.Office)
	if e.Record.Agency != "" {
		place = t.names.Of("agency", e.Record.Agency)
	}
	if t.view.Mode == policy.Resident {
		return place
	}
	role := t.p.T("role." + e.Event.Role)
	if name, ok := t.accounts[e.Event.Account]; ok {
		if place == "" {
			place = role
		}
		if e.Record.Behalf != "" {
			return t.p.T("case.who_for", "Place", place, "Name", name, "Lender", t.accounts[e.Record.Behalf])
		}
		return t.p.T("case.who", "Place", place, "Name", name)
	}
	return role
}

// facts words the choices and references of an event.
func (t teller) facts(e casework.StoryEntry) []web.Fact {
	var facts []web.Fact
	machine := t.view.Procedure.Case
	if e.N != 0 {
		machine = t.view.Procedure.Assignment
	}
	action, ok := machine.Action(e.Record.Action)
	if !ok {
		return nil
	}
	for _, f := range action.Input {
		if v, given := e.Record.Facts[f.Name]; given {
			facts = append(facts, web.Fact{Label: f.Label, Text: t.value(f, v)})
		}
	}
	return facts
}

func (t teller) value(f procedure.Field, v any) string {
	switch f.Type {
	case "choice":
		c, _ := t.view.Procedure.Choice(f.Choices, fmt.Sprint(v))
		return c.Label
	case "bool":
		return t.p.T("case.yes")
	case "agency":
		return t.names.Of("agency", fmt.Sprint(v))
	case "deputy":
		return t.names.Of("person", fmt.Sprint(v))
	case "session":
		return t.names.Of("congress_session", fmt.Sprint(v))
	case "office", "round":
		return t.names.Of(f.Type, fmt.Sprint(v))
	case "category":
		return t.names.Of("category", fmt.Sprint(v))
	case "agencies", "deputies":
		table := map[string]string{"agencies": "agency", "deputies": "person"}[f.Type]
		text := ""
		list, _ := v.([]any)
		for i, id := range list {
			if i > 0 {
				text += "、"
			}
			text += t.names.Of(table, fmt.Sprint(id))
		}
		return text
	}
	return fmt.Sprint(v)
}

func (t teller) texts(e casework.StoryEntry) []web.Fact {
	var facts []web.Fact
	for _, text := range e.Texts {
		label := text.Label
		if label == "" {
			label = t.p.T("casework.text." + text.Name)
		}
		facts = append(facts, web.Fact{Label: label, Text: text.Body})
	}
	return facts
}

package pages

import (
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/motion"
	"lianxin/internal/procedure"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

// facter gathers facts that have a text.
type facter struct {
	t     teller
	facts []web.Fact
}

func (f *facter) add(key, text string) {
	if text != "" {
		f.facts = append(f.facts, f.t.fact(key, text))
	}
}

// choice adds a dictionary's word.
func (f *facter) choice(key, dictionary, value string) {
	c, _ := f.t.view.Procedure.Choice(dictionary, value)
	f.add(key, c.Label)
}

// flag adds a sentence where something holds.
func (f *facter) flag(key, value string) {
	if value != "" {
		f.add("suggestion.mark", f.t.p.T(key))
	}
}

// officeFacts is what the office made of what deputies raised: its class of matter, its plan, who oversees it, what was resolved.
func (t teller) officeFacts() []web.Fact {
	f, v := &facter{t: t}, t.view
	if region := v.Get(suggestion.CategoryRegion); region != "" {
		f.add("suggestion.category_region", t.names.Of("category", region))
	}
	f.flag("suggestion.flag_wide", v.Get(suggestion.Wide))
	f.flag("suggestion.flag_express", v.Get(suggestion.Express))
	f.add("suggestion.plan", several(t.names, "agency", strings.Join([]string{v.Get(suggestion.PlanLead), v.Get(suggestion.PlanCo), v.Get(suggestion.PlanSplit)}, ",")))
	if v.Get(suggestion.Key) != "" {
		f.add("suggestion.key_line", t.p.T("suggestion.key_words", "Leader", v.Words["key_leader"], "Committee", t.names.Of("agency", v.Get(suggestion.KeyCommittee))))
		f.add("suggestion.key_plan", v.Words["key_plan"])
	}
	f.choice("motion.proposal", "resolution", v.Get(motion.Proposal))
	f.choice("motion.resolution", "resolution", v.Get(motion.Resolution))
	return f.facts
}

// classes are the proposed class, the settled one, the first, and what looking back found.
func (t teller) classes() []web.Fact {
	f, v := &facter{t: t}, t.view
	if v.Class == "" {
		f.choice("suggestion.proposed_class", "class", v.Get(suggestion.Proposed))
	}
	f.choice("suggestion.settled_class", "class", v.Class)
	if first := v.Get(suggestion.FirstClass); first != v.Class {
		f.choice("suggestion.first_class", "class", first)
	}
	if round := v.Get(suggestion.RoundID); round != "" {
		f.add("suggestion.round", t.names.Of("round", round))
		f.choice("suggestion.visited", "confirmation", v.Get(suggestion.Visited))
	}
	f.choice("suggestion.called_back", "called_back", v.Get(suggestion.CalledBack))
	return f.facts
}

// handled is what a suggestion's assignment has beside what every one has.
func (t teller) handled(a casework.AssignmentView) []web.Fact {
	f := &facter{t: t}
	f.add("suggestion.leader", a.Words["leader"])
	if a.Get(suggestion.ClassSelf) != a.Class {
		f.choice("suggestion.self_class", "class", a.Get(suggestion.ClassSelf))
	}
	var phases []string
	for _, phase := range strings.FieldsFunc(a.Get(suggestion.Contacts), func(r rune) bool { return r == ',' }) {
		c, _ := t.view.Procedure.Choice("contact_phase", phase)
		phases = append(phases, c.Label)
	}
	f.add("suggestion.contacts", strings.Join(phases, "\u3001"))
	f.add("suggestion.doc_number", a.Words["doc_number"])
	f.add("suggestion.signed_by", strings.TrimSpace(a.Words["signer"]+" "+a.SignedOn))
	f.choice("suggestion.publicity", "publicity", a.Get(suggestion.Publicity))
	f.add("suggestion.delivered_on", a.Get(suggestion.DeliveredOn))
	f.add("suggestion.copies", a.Words["copies"])
	f.choice("suggestion.found", "progress_found", a.Get(suggestion.Found))
	f.choice("suggestion.verified", "progress_found", a.Get(suggestion.Verified))
	f.choice("motion.proposal", "resolution", a.Get(motion.Proposal))
	return f.facts
}

// prefillSuggestion puts into an action's form what is known already: the clerk's plan, the agency's class, the draft's own words.
func prefillSuggestion(v *caseView, action *procedure.Action) {
	c := v.View
	switch action.Name {
	case "edit":
		v.Form.Set("title", c.Title).Set("body", c.Body).Set("plan", c.Words["plan"]).Set("agencies", c.Words["agencies"])
		for _, name := range []string{suggestion.Formed, suggestion.Repeated, suggestion.Disclosure} {
			v.Form.Set(name, c.Get(name))
		}
		for _, name := range []string{suggestion.Talk, suggestion.NoReply} {
			if f := v.Form.Field(name); f != nil {
				f.Ticked(c.Get(name) != "")
			}
		}
	case "classify", "number":
		v.Form.Set("category", c.Category).Set("category_region", c.Get(suggestion.CategoryRegion))
	case "subassign", "plan":
		v.Form.Set("lead", c.Get(suggestion.PlanLead))
		for field, name := range map[string]string{"co": suggestion.PlanCo, "split": suggestion.PlanSplit} {
			if f := v.Form.Field(field); f != nil && c.Get(name) != "" {
				f.Values = strings.Split(c.Get(name), ",")
			}
		}
	case "settle", "reclass":
		v.Form.Set("class", c.Get(suggestion.Proposed))
	}
}

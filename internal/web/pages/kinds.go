package pages

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/motion"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
	"lianxin/internal/web/paper"
)

// kindNames are the kinds in the order pages name them.
var kindNames = []string{opinion.Kind, suggestion.Kind, motion.Kind}

// kinds are those that are registered, in that order.
func (s *Site) kinds() []*procedure.Procedure {
	var all []*procedure.Procedure
	for _, name := range kindNames {
		if k, err := s.Cases.Kind(name); err == nil {
			all = append(all, k.Procedure)
		}
	}
	return all
}

// listPath is the address of a kind's list.
func listPath(kind string) string {
	switch kind {
	case suggestion.Kind:
		return "/suggestions"
	case motion.Kind:
		return "/motions"
	}
	return "/cases"
}

// listed is the kind that an address asks a list of: by its path, or as an export is told; opinions, where neither says.
func (s *Site) listed(r *http.Request) (*procedure.Procedure, error) {
	asked := r.URL.Query().Get("kind")
	for _, p := range s.kinds() {
		if p.Kind == asked || r.URL.Path == listPath(p.Kind) && asked == "" {
			return p, nil
		}
	}
	if asked != "" {
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	k, err := s.Cases.Kind(opinion.Kind)
	if err != nil {
		return nil, err
	}
	return k.Procedure, nil
}

// caseLabels words every action of every kind, under "<kind><sep><action>".
func (s *Site) caseLabels(p *web.Page, sep string) map[string]string {
	labels := map[string]string{}
	for _, proc := range s.kinds() {
		for _, a := range proc.Case.Actions {
			labels[proc.Kind+sep+a.Name] = a.Label
		}
		for _, a := range proc.Assignment.Actions {
			labels[proc.Kind+sep+procedure.AssignmentAction(a.Name)] = p.T("policy.assignment", "Action", a.Label)
		}
	}
	return labels
}

// suggestionFields are what a list of suggestions can be narrowed by beside what all lists can.
func (s *Site) suggestionFields(r *http.Request, p *web.Page, proc *procedure.Procedure, congress string) ([]*web.Field, error) {
	sessions, err := registry.Sessions(r.Context(), s.DB.Reader(), congress)
	if err != nil {
		return nil, err
	}
	var options []web.Option
	for _, ss := range sessions {
		options = append(options, web.Option{Value: ss.ID, Label: ss.Name})
	}
	fields := []*web.Field{{Name: "session", Kind: web.Select, Label: p.T("suggestion.session"), Options: options}}
	seats, err := registry.Seats(r.Context(), s.DB.Reader(), congress, deadline.DateOf(s.now()))
	if err != nil {
		return nil, err
	}
	var delegations, classes, measures, flags []web.Option
	for _, seat := range seats {
		if o := (web.Option{Value: seat.Delegation, Label: seat.Delegation}); seat.Delegation != "" && !slices.Contains(delegations, o) {
			delegations = append(delegations, o)
		}
	}
	for _, c := range proc.Choices["class"] {
		classes = append(classes, web.Option{Value: c.Value, Label: c.Label})
	}
	for _, m := range suggestion.Measures(proc) {
		measures = append(measures, web.Option{Value: m.Name, Label: p.T("measure." + m.Name)})
	}
	for _, f := range []string{"key", "express", "wide", "sampled"} {
		flags = append(flags, web.Option{Value: f, Label: p.T("suggestion.flag_" + f)})
	}
	return append(fields,
		&web.Field{Name: "phase", Kind: web.Select, Label: p.T("suggestion.phase"), Options: []web.Option{{Value: suggestion.Meeting, Label: p.T("suggestion.meeting")}, {Value: suggestion.Recess, Label: p.T("suggestion.recess")}}},
		&web.Field{Name: "delegation", Kind: web.Select, Label: p.T("suggestion.delegation"), Options: delegations},
		&web.Field{Name: "class", Kind: web.Select, Label: p.T("suggestion.settled_class"), Options: classes},
		&web.Field{Name: "measure", Kind: web.Select, Label: p.T("suggestion.measure"), Options: measures},
		&web.Field{Name: "flag", Kind: web.Select, Label: p.T("suggestion.flag"), Options: flags}), nil
}

// within is what a list of suggestions is narrowed by; nil where it is not.
func (s *Site) within(ctx context.Context, actor policy.Actor, kind string, f func(string) string, query *casework.Query) error {
	if kind != suggestion.Kind {
		return nil
	}
	filter := suggestion.Filter{Session: f("session"), Phase: f("phase"), Delegation: f("delegation"), Measure: f("measure"), Round: f("round"), Addressee: f("addressee"), Leader: f("leader"),
		Committee: f("committee"), CategoryRegion: f("category_region"), Agency: f("answers"), None: f("none"), Key: f("flag") == "key", Express: f("flag") == "express", Wide: f("flag") == "wide", Sampled: f("flag") == "sampled"}
	if filter == (suggestion.Filter{}) {
		return nil
	}
	filter.Congress = onlyCongress(actor)
	return filter.Narrow(ctx, s.Cases, query)
}

// onlyCongress is the congress all of somebody's grants are of; "" where there are several.
func onlyCongress(actor policy.Actor) string {
	congress := actor.Under("").Congress
	for _, g := range actor.Grants {
		if g.Congress != congress {
			return ""
		}
	}
	return congress
}

// serial is a suggestion's or motion's number in its session's series, and the session; "" before it has one.
func serial(p *web.Page, names registry.Names, c *casework.Case) string {
	if c.Get(casework.Serial) == "" {
		return ""
	}
	phase := c.Get(suggestion.Phase)
	if c.Kind != suggestion.Kind {
		phase = suggestion.Meeting
	}
	return paper.SerialWords(p, names.Of("congress_session", c.Get(suggestion.Session)), phase, c.Get(casework.Serial))
}

// several words ids that stand joined by commas.
func several(names registry.Names, table, ids string) string {
	var words []string
	for _, id := range strings.FieldsFunc(ids, func(r rune) bool { return r == ',' }) {
		words = append(words, names.Of(table, id))
	}
	return strings.Join(words, "、")
}

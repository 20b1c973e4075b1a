package pages

import (
	"net/http"
	"strings"

	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/web"
)

func (s *Site) houseRoutes() {
	s.Handle("GET /policy", signedIn(s.policyPage))
	s.Handle("GET /procedures/{kind}", signedIn(s.procedurePage))
	s.Handle("GET /audit", s.may(policy.KindAudit, "view", s.audit))
	s.accountsRoutes()
	s.settingRoutes()
}

type tableView struct {
	web.Page
	Tables []web.Table
	Acts   []web.Act
	Filter *web.Form
	Pager  web.Pager
	Draw   string
}

// policyPage prints the whole table of who may do what.
func (s *Site) policyPage(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	v := &tableView{Page: s.Page(r, "policy.title")}
	v.Lead = v.T("policy.lead")
	labels := map[string]string{}
	kind, err := s.Cases.Kind("opinion")
	if err != nil {
		return err
	}
	for _, a := range kind.Procedure.Case.Actions {
		labels["opinion/"+a.Name] = a.Label
	}
	for _, a := range kind.Procedure.Assignment.Actions {
		labels["opinion/"+procedure.AssignmentAction(a.Name)] = v.T("policy.assignment", "Action", a.Label)
	}
	last := ""
	for _, rule := range s.Policy.Rules() {
		if rule.Kind != last {
			last = rule.Kind
			v.Tables = append(v.Tables, web.Table{Caption: v.T("policy.kind." + rule.Kind), ShowCaption: true, Columns: []web.Column{{Label: v.T("policy.action")},
				{Label: v.T("policy.role")}, {Label: v.T("policy.relation")}, {Label: v.T("policy.how"), Narrow: true}}})
		}
		t := &v.Tables[len(v.Tables)-1]
		label := labels[rule.Kind+"/"+rule.Action]
		if label == "" {
			label = v.T("policy.action." + rule.Action)
		}
		how := v.T("policy.self")
		if rule.Proxy {
			how = v.T("case.proxy")
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: label}, {Text: v.T("role." + string(rule.Role))}, {Text: v.T("relation." + string(rule.Relation))}, {Text: how}})
	}
	return s.Render(w, r, "tables", v)
}

// procedurePage shows a kind's states and actions as tables, and its drawing as text to copy.
func (s *Site) procedurePage(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	kind, err := s.Cases.Kind(r.PathValue("kind"))
	if err != nil {
		return err
	}
	p := kind.Procedure
	v := &tableView{Page: s.Page(r, "procedure.title", "Kind", p.Label), Draw: p.Draw("")}
	v.Lead = p.About
	for _, m := range []struct {
		key string
		of  *procedure.Machine
	}{{"procedure.case", &p.Case}, {"procedure.assignment", &p.Assignment}} {
		states := web.Table{Caption: v.T(m.key), ShowCaption: true, Columns: []web.Column{{Label: v.T("procedure.state")}, {Label: v.T("procedure.owner")}, {Label: v.T("procedure.limit")}, {Label: v.T("procedure.actions")}}}
		for _, st := range m.of.States {
			owner, limit := v.T("procedure.nobody"), ""
			if !st.Final {
				owner = v.T("procedure.owner." + st.Owner)
				l := p.Limits[st.Clocks[0]]
				limit = v.T("procedure.limit."+string(l.Unit), "N", l.N)
			}
			var actions []string
			for _, a := range m.of.From(st.Name) {
				if !a.Side() {
					actions = append(actions, a.Label+" → "+targets(m.of, a))
				}
			}
			states.Rows = append(states.Rows, []web.Cell{{Badge: &web.Badge{Text: st.Label, Tone: tone(st.Name)}}, {Text: owner}, {Text: limit}, {Text: strings.Join(actions, "；")}})
		}
		v.Tables = append(v.Tables, states)
	}
	return s.Render(w, r, "tables", v)
}

func targets(m *procedure.Machine, a *procedure.Action) string {
	var labels []string
	for _, to := range a.To {
		if st, ok := m.State(to); ok {
			labels = append(labels, st.Label)
		}
	}
	return strings.Join(labels, "／")
}

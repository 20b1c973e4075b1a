package pages

import (
	"net/http"

	"lianxin/internal/policy"
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
}

// policyPage prints the whole table of who may do what.
func (s *Site) policyPage(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	v := &tableView{Page: s.Page(r, "policy.title")}
	v.Lead = v.T("policy.lead")
	labels := s.caseLabels(&v.Page, "/")
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

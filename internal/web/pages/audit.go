package pages

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/store"
	"lianxin/internal/web"
)

// auditGroups are the kinds of deed an auditor looks for, each with the beginnings of its actions.
func auditGroups() [][]string {
	return [][]string{{"sign_in", "account.sign_in", "account.locked"}, {"account", "account."}, {"setting", "registry.setting"}, {"registry", "registry."}, {"case", "opinion."}, {"outward", "deliver.", "notice."}}
}

func (s *Site) auditFilter(r *http.Request, v *tableView, names map[string]string) (event.Filter, error) {
	var accounts, groups []web.Option
	for id, name := range names {
		accounts = append(accounts, web.Option{Value: id, Label: name})
	}
	byLabel(accounts)
	for _, g := range auditGroups() {
		groups = append(groups, web.Option{Value: g[0], Label: v.T("audit.group_" + g[0])})
	}
	v.Filter = v.Page.Filter("/audit", &web.Field{Name: "account", Kind: web.Select, Label: v.T("audit.account"), Options: accounts},
		&web.Field{Name: "about", Kind: web.Select, Label: v.T("audit.about"), Options: accounts},
		&web.Field{Name: "group", Kind: web.Select, Label: v.T("audit.group"), Options: groups},
		&web.Field{Name: "action", Kind: web.Line, Label: v.T("audit.action"), Hint: v.T("audit.action_hint"), Max: 80},
		&web.Field{Name: "from", Kind: web.Date, Label: v.T("audit.from")}, &web.Field{Name: "to", Kind: web.Date, Label: v.T("cases.to")})
	if err := v.Filter.Read(r); err != nil {
		return event.Filter{}, err
	}
	f := event.Filter{Account: v.Filter.Value("account"), Action: v.Filter.Value("action"), Before: r.URL.Query().Get("before"), Limit: auditPage}
	if id := v.Filter.Value("about"); id != "" {
		f.Topic = identity.Stream(id)
	}
	for _, g := range auditGroups() {
		if g[0] == v.Filter.Value("group") {
			f.Prefixes = g[1:]
		}
	}
	if d := v.Filter.Value("from"); d != "" {
		f.Since = store.Micros(deadline.Date(d).Start())
	}
	if d := v.Filter.Value("to"); d != "" {
		f.Until = store.Micros(deadline.Date(d).End())
	}
	return f, nil
}

// auditPage is how many events stand on a page.
const auditPage = 50

// audit reads the record newest first.
func (s *Site) audit(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	v := &tableView{Page: s.Page(r, "audit.title")}
	v.Lead = v.T("audit.lead")
	names, err := s.displays(r)
	if err != nil {
		return err
	}
	f, err := s.auditFilter(r, v, names)
	if err != nil {
		return s.Again(w, r, "tables", v, v.Filter, err)
	}
	events, err := event.List(r.Context(), s.DB.Reader(), f)
	if err != nil {
		return err
	}
	a := auditor{p: &v.Page, names: names, labels: s.actionLabels(&v.Page)}
	t := web.Table{Caption: v.Title, Empty: web.Empty{Text: v.T("audit.none")}, Columns: []web.Column{{Label: v.T("audit.recorded"), Narrow: true},
		{Label: v.T("audit.account")}, {Label: v.T("policy.role")}, {Label: v.T("audit.action")}, {Label: v.T("audit.stream")}}}
	for _, e := range events {
		t.Rows = append(t.Rows, a.row(e))
	}
	v.Tables = []web.Table{t}
	v.Pager = web.Pager{Summary: v.T("audit.page", "N", len(events))}
	if f.Before != "" {
		v.Pager.First = v.Filter.Link()
	}
	if len(events) == auditPage {
		v.Pager.Next = v.Filter.Link("before", events[auditPage-1].ID)
	}
	return s.Render(w, r, "tables", v)
}

// actionLabels words what events call their actions.
func (s *Site) actionLabels(p *web.Page) map[string]string {
	labels := map[string]string{"registry.setting": p.T("audit.group_setting"), "registry.calendar": p.T("policy.action.edit_calendar")}
	for _, action := range []string{"deliver.set_channel", "deliver.retry", "notice.set_preference"} {
		labels[action] = p.T("audit." + action)
	}
	for _, action := range identity.Actions() {
		labels["account."+action] = p.T("deed." + action)
	}
	for _, t := range registry.Tables() {
		labels["registry."+t.Name] = p.T("audit.kept", "Table", p.T("registry.table."+t.Name))
	}
	maps.Copy(labels, s.caseLabels(p, "."))
	return labels
}

// auditor words events for who looks them through.
type auditor struct {
	p      *web.Page
	names  map[string]string // of accounts
	labels map[string]string // of actions
}

func (a auditor) name(account string) string {
	if name, ok := a.names[account]; ok {
		return name
	}
	if account == string(policy.System) {
		return a.p.T("role.system")
	}
	return account
}

// word words one value an event tells.
func (a auditor) word(name, value string) string {
	switch name {
	case "role":
		return a.p.T("role." + value)
	case "reason":
		return a.p.T("handover.reason_" + value)
	case "scope":
		return a.p.T("token.scope_" + value)
	case "by", "step":
		return a.p.T("audit." + name + "_" + value)
	}
	return a.name(value)
}

func (a auditor) row(e event.Event) []web.Cell {
	action := web.Cell{Text: e.Action, Note: a.note(e)}
	if label, ok := a.labels[e.Action]; ok {
		action.Text, action.Note = label, strings.TrimSpace(e.Action+" "+action.Note)
	}
	about := web.Cell{Text: e.Stream, Note: "#" + strconv.FormatInt(e.Seq, 10)}
	if id, ok := strings.CutPrefix(e.Stream, identity.Stream("")); ok {
		about.Text, about.Href = a.name(id), "/accounts/"+id
	}
	return []web.Cell{{Text: dayTimeSeconds(e.RecordedAt)}, {Text: a.name(e.Account)}, {Text: a.p.T("role." + e.Role)}, action, about}
}

func dayTimeSeconds(micros int64) string {
	return microTime(micros).In(deadline.Zone).Format("2006-01-02 15:04:05")
}

// note tells on whose behalf something was done, and what an event of an account or a setting says beyond its action.
func (a auditor) note(e event.Event) string {
	var told map[string]any
	if json.Unmarshal([]byte(e.Payload), &told) != nil {
		return ""
	}
	var words []string
	if lender, ok := told["behalf"].(string); ok {
		words = append(words, a.p.T("audit.behalf", "Name", a.name(lender)))
	}
	if !strings.HasPrefix(e.Action, "account.") && e.Action != "registry.setting" {
		return strings.Join(words, " ")
	}
	for _, name := range []string{"value", "by", "step", "to", "from", "on", "reason", "role", "from_day", "last_day", "scope"} {
		if v, ok := told[name].(string); ok {
			words = append(words, a.word(name, v))
		}
	}
	grants, _ := told["grants"].([]any)
	for _, g := range grants {
		if fields, ok := g.(map[string]any); ok {
			role, _ := fields["role"].(string)
			if word := a.p.T("role." + role); !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	return strings.Join(words, " ")
}

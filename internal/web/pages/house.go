package pages

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/store"
	"lianxin/internal/web"
)

func (s *Site) houseRoutes() {
	s.Handle("GET /policy", signedIn(s.policyPage))
	s.Handle("GET /procedures/{kind}", signedIn(s.procedurePage))
	s.Handle("GET /audit", s.may(policy.KindAudit, "view", s.audit))
	s.Handle("GET /accounts", s.may(policy.KindAccount, "view", s.accounts))
	s.Handle("GET /accounts/new", s.may(policy.KindAccount, "manage", s.newAccountPage))
	s.Handle("POST /accounts/new", s.may(policy.KindAccount, "manage", s.newAccount))
	s.Handle("GET /accounts/{id}", s.may(policy.KindAccount, "view", s.accountPage))
	s.Handle("POST /accounts/{id}/grants", s.may(policy.KindAccount, "manage", s.setGrants))
	s.Handle("POST /accounts/{id}/{action}", s.may(policy.KindAccount, "manage", s.accountAct))
}

type tableView struct {
	web.Page
	Tables []web.Table
	Acts   []web.Act
	Filter *web.Form
	Pager  web.Pager
	Draw   string
	Form   *web.Form
	Once   string
	Facts  []web.Fact
	Closed bool
	ID     string
	Mine   bool
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

// audit reads the record newest first.
func (s *Site) audit(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	const size = 50
	v := &tableView{Page: s.Page(r, "audit.title")}
	v.Lead = v.T("audit.lead")
	names, err := s.displays(r)
	if err != nil {
		return err
	}
	var accounts []web.Option
	for id, name := range names {
		accounts = append(accounts, web.Option{Value: id, Label: name})
	}
	slices.SortFunc(accounts, func(a, b web.Option) int { return strings.Compare(a.Label, b.Label) })
	v.Filter = v.Page.Filter("/audit", &web.Field{Name: "account", Kind: web.Select, Label: v.T("audit.account"), Options: accounts},
		&web.Field{Name: "action", Kind: web.Line, Label: v.T("audit.action"), Hint: v.T("audit.action_hint"), Max: 80},
		&web.Field{Name: "from", Kind: web.Date, Label: v.T("cases.from")}, &web.Field{Name: "to", Kind: web.Date, Label: v.T("cases.to")})
	if err := v.Filter.Read(r); err != nil {
		return s.Again(w, r, "tables", v, v.Filter, err)
	}
	f := event.Filter{Account: v.Filter.Value("account"), Action: v.Filter.Value("action"), Before: r.URL.Query().Get("before"), Limit: size}
	if d := v.Filter.Value("from"); d != "" {
		f.Since = store.Micros(deadline.Date(d).Start())
	}
	if d := v.Filter.Value("to"); d != "" {
		f.Until = store.Micros(deadline.Date(d).End())
	}
	events, err := event.List(r.Context(), s.DB.Reader(), f)
	if err != nil {
		return err
	}
	t := web.Table{Caption: v.Title, Empty: web.Empty{Text: v.T("audit.none")}, Columns: []web.Column{{Label: v.T("audit.recorded"), Narrow: true},
		{Label: v.T("audit.account")}, {Label: v.T("policy.role")}, {Label: v.T("audit.action")}, {Label: v.T("audit.stream")}}}
	for _, e := range events {
		who := names[e.Account]
		if who == "" {
			who = e.Account
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: microTime(e.RecordedAt).In(deadline.Zone).Format("2006-01-02 15:04:05")}, {Text: who},
			{Text: v.T("role." + e.Role)}, {Text: e.Action}, {Text: e.Stream, Note: "#" + strconv.FormatInt(e.Seq, 10)}})
	}
	v.Tables = []web.Table{t}
	v.Pager = web.Pager{Summary: v.T("audit.page", "N", len(events))}
	if f.Before != "" {
		v.Pager.First = v.Filter.Link()
	}
	if len(events) == size {
		v.Pager.Next = v.Filter.Link("before", events[size-1].ID)
	}
	return s.Render(w, r, "tables", v)
}

func (s *Site) accounts(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &tableView{Page: s.Page(r, "nav.accounts")}
	list, err := s.Identity.List(r.Context())
	if err != nil {
		return err
	}
	if s.Policy.Can(me.actor, policy.KindAccount, "manage") {
		v.Acts = []web.Act{{Href: "/accounts/new", Text: v.T("accounts.new"), Main: true}}
	}
	t := web.Table{Caption: v.Title, Columns: []web.Column{{Label: v.T("account.name"), Narrow: true}, {Label: v.T("account.display")}, {Label: v.T("accounts.roles")},
		{Label: v.T("accounts.state"), Narrow: true}, {Label: v.T("accounts.last"), Narrow: true}}}
	for _, a := range list {
		grants, err := s.Identity.Grants(r.Context(), a.ID)
		if err != nil {
			return err
		}
		var roles []string
		for _, g := range grants {
			roles = append(roles, v.T("role."+string(g.Role)))
		}
		last := ""
		if a.LastSignIn != 0 {
			last = microTime(a.LastSignIn).In(deadline.Zone).Format("2006-01-02 15:04")
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: a.Name, Href: "/accounts/" + a.ID}, {Text: a.Display}, {Text: strings.Join(slices.Compact(roles), "、")},
			{Badge: accountState(&v.Page, a, s.now().UnixMicro())}, {Text: last}})
	}
	v.Tables = []web.Table{t}
	return s.Render(w, r, "tables", v)
}

func accountState(p *web.Page, a identity.Account, now int64) *web.Badge {
	switch {
	case a.Disabled:
		return &web.Badge{Text: p.T("accounts.disabled"), Tone: web.Plain}
	case a.LockedUntil > now:
		return &web.Badge{Text: p.T("accounts.locked"), Tone: web.Bad}
	case a.MustChange:
		return &web.Badge{Text: p.T("accounts.must_change"), Tone: web.Caution}
	}
	return &web.Badge{Text: p.T("accounts.active"), Tone: web.Good}
}

// grantFields ask for one role and where it holds.
func (s *Site) grantFields(r *http.Request, p *web.Page) ([]*web.Field, error) {
	var roles []web.Option
	for _, role := range policy.Granted() {
		roles = append(roles, web.Option{Value: string(role), Label: p.T("role." + string(role))})
	}
	fields := []*web.Field{{Name: "role", Kind: web.Select, Label: p.T("policy.role"), Options: roles, Required: true}}
	for _, ref := range []string{"congress", "office", "station", "agency", "person"} {
		field, err := s.keptField(r, p, registry.Field{Name: ref + "_id", Type: registry.Ref, Ref: ref})
		if err != nil {
			return nil, err
		}
		field.Name, field.Label = ref, p.T("grant."+ref)
		fields = append(fields, field)
	}
	return append(fields, &web.Field{Name: "from", Kind: web.Date, Label: p.T("grant.from"), Narrow: true}, &web.Field{Name: "to", Kind: web.Date, Label: p.T("grant.to"), Narrow: true}), nil
}

func grantOf(f *web.Form) identity.Grant {
	return identity.Grant{Role: policy.Role(f.Value("role")), Congress: f.Value("congress"), Office: f.Value("office"), Station: f.Value("station"),
		Agency: f.Value("agency"), Person: f.Value("person"), ValidFrom: deadline.Date(f.Value("from")), ValidTo: deadline.Date(f.Value("to"))}
}

func (s *Site) newAccountView(r *http.Request) (*tableView, error) {
	v := &tableView{Page: s.Page(r, "accounts.new")}
	v.Lead, v.Up = v.T("accounts.new_lead"), &web.Link{Href: "/accounts", Text: v.T("nav.accounts")}
	v.Form = v.Page.Form("/accounts/new",
		&web.Field{Name: "name", Kind: web.Line, Label: v.T("account.name"), Hint: v.T("account.name_hint"), Required: true, Max: 40, Complete: "off"},
		&web.Field{Name: "display", Kind: web.Line, Label: v.T("account.display"), Required: true, Max: 40})
	fields, err := s.grantFields(r, &v.Page)
	v.Form.Add(fields...)
	v.Form.Cancel = "/accounts"
	return v, err
}

func (s *Site) newAccountPage(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	v, err := s.newAccountView(r)
	if err != nil {
		return err
	}
	return s.Render(w, r, "account", v)
}

func (s *Site) newAccount(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.newAccountView(r)
	if err != nil {
		return err
	}
	err = v.Form.Read(r)
	if err == nil {
		_, v.Once, err = s.Identity.Create(r.Context(), me.actor, identity.NewAccount{Name: v.Form.Value("name"), Display: v.Form.Value("display"),
			Person: v.Form.Value("person"), Grants: []identity.Grant{grantOf(v.Form)}})
	}
	if err != nil {
		return s.Again(w, r, "account", v, v.Form, err)
	}
	v.Title, v.Lead = v.T("accounts.made", "Name", v.Form.Value("name")), ""
	v.Form = nil
	return s.Render(w, r, "account", v)
}

func (s *Site) accountView(r *http.Request, me *visitor) (*tableView, identity.Account, error) {
	a, err := s.Identity.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, a, err
	}
	v := &tableView{Page: s.Page(r, "accounts.page", "Name", a.Display), ID: a.ID, Closed: a.Disabled, Mine: a.ID == me.account.ID}
	v.Up = &web.Link{Href: "/accounts", Text: v.T("nav.accounts")}
	grants, err := s.Identity.Grants(r.Context(), a.ID)
	if err != nil {
		return nil, a, err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return nil, a, err
	}
	v.Facts = []web.Fact{{Label: v.T("account.name"), Text: a.Name}, {Label: v.T("accounts.state"), Badge: accountState(&v.Page, a, s.now().UnixMicro())}}
	for _, g := range grants {
		var at []string
		for table, id := range map[string]string{"congress": g.Congress, "office": g.Office, "agency": g.Agency, "station": g.Station, "person": g.Person} {
			if id != "" {
				at = append(at, names.Of(table, id))
			}
		}
		slices.Sort(at)
		v.Facts = append(v.Facts, web.Fact{Label: v.T("role." + string(g.Role)), Text: strings.Join(at, " · "), Note: strings.Trim(string(g.ValidFrom)+" — "+string(g.ValidTo), " —")})
	}
	if s.Policy.Can(me.actor, policy.KindAccount, "manage") && !v.Mine {
		fields, err := s.grantFields(r, &v.Page)
		if err != nil {
			return nil, a, err
		}
		v.Form = v.Page.Form("/accounts/"+a.ID+"/grants", fields...)
		v.Form.Legend, v.Form.Submit, v.Form.Version = v.T("accounts.add_grant"), v.T("accounts.add_grant"), a.Version
	}
	return v, a, nil
}

func (s *Site) accountPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, _, err := s.accountView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "account", v)
}

// setGrants adds a role to those an account holds.
func (s *Site) setGrants(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, a, err := s.accountView(r, me)
	if err != nil {
		return err
	}
	if v.Form == nil {
		return errs.New(errs.Denied, "identity.own_grants")
	}
	err = v.Form.Read(r)
	if err == nil {
		var grants []identity.Grant
		if grants, err = s.Identity.Grants(r.Context(), a.ID); err == nil {
			err = s.Identity.SetGrants(r.Context(), me.actor, a.ID, v.Form.Version, append(grants, grantOf(v.Form)))
		}
	}
	if err != nil {
		return s.Again(w, r, "account", v, v.Form, err)
	}
	return s.Done(w, r, "/accounts/"+a.ID, "accounts.granted")
}

// accountAct resets a password, closes or opens an account, ends its sessions, or takes its roles away.
func (s *Site) accountAct(w http.ResponseWriter, r *http.Request, me *visitor) error {
	id := r.PathValue("id")
	var err error
	switch r.PathValue("action") {
	case "disable":
		err = s.Identity.SetDisabled(r.Context(), me.actor, id, true)
	case "enable":
		err = s.Identity.SetDisabled(r.Context(), me.actor, id, false)
	case "end-sessions":
		err = s.Identity.EndSessions(r.Context(), me.actor, id)
	case "no-grants":
		err = s.Identity.SetGrants(r.Context(), me.actor, id, 0, nil)
	case "reset":
		return s.resetPassword(w, r, me, id)
	default:
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	if err != nil {
		return err
	}
	return s.Done(w, r, "/accounts/"+id, "accounts.done")
}

func (s *Site) resetPassword(w http.ResponseWriter, r *http.Request, me *visitor, id string) error {
	once, err := s.Identity.ResetPassword(r.Context(), me.actor, id)
	if err != nil {
		return err
	}
	v, _, err := s.accountView(r, me)
	if err != nil {
		return err
	}
	v.Once, v.Form = once, nil
	return s.Render(w, r, "account", v)
}

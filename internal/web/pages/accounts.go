package pages

import (
	"net/http"
	"slices"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

func (s *Site) accountsRoutes() {
	s.Handle("GET /accounts", s.may(policy.KindAccount, "view", s.accounts))
	s.Handle("GET /accounts/new", s.may(policy.KindAccount, "manage", s.newAccountPage))
	s.Handle("POST /accounts/new", s.may(policy.KindAccount, "manage", s.newAccount))
	s.Handle("GET /accounts/{id}", s.may(policy.KindAccount, "view", s.accountPage))
	s.Handle("POST /accounts/{id}/grants", s.may(policy.KindAccount, "manage", s.addGrant))
	s.Handle("POST /accounts/{id}/until", s.may(policy.KindAccount, "manage", s.setUntil))
	s.Handle("POST /accounts/{id}/grants/{grant}/end", s.may(policy.KindAccount, "manage", s.endGrant))
	s.Handle("POST /accounts/{id}/delegations/{delegation}/end", s.may(policy.KindAccount, "manage", s.endTheirDelegation))
	s.Handle("POST /accounts/{id}/tokens/{token}/revoke", s.may(policy.KindAccount, "manage", s.revokeTheirToken))
	s.Handle("POST /accounts/{id}/{action}", s.may(policy.KindAccount, "manage", s.accountAct))
	s.Handle("GET /accounts/{id}/hand-over", s.may(policy.KindAccount, "manage", s.handOverPage))
	s.Handle("POST /accounts/{id}/hand-over", s.may(policy.KindAccount, "manage", s.handOver))
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
		{Label: v.T("accounts.state"), Narrow: true}, {Label: v.T("factor.title"), Narrow: true}, {Label: v.T("accounts.last"), Narrow: true}}}
	for _, a := range list {
		grants, err := s.Identity.Grants(r.Context(), a.ID)
		if err != nil {
			return err
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: a.Name, Href: "/accounts/" + a.ID}, {Text: a.Display}, {Text: s.roleWords(&v.Page, grants)},
			{Badge: s.accountState(&v.Page, a)}, {Badge: factorBadge(&v.Page, a)}, {Text: dayTime(a.LastSignIn)}})
	}
	v.Tables = []web.Table{t}
	return s.Render(w, r, "tables", v)
}

// roleWords lists the roles in force, each once, with the last day of those that have one.
func (s *Site) roleWords(p *web.Page, grants []identity.Grant) string {
	var roles []string
	for _, g := range grants {
		if !g.Holds(s.Identity.Today()) {
			continue
		}
		word := p.T("role." + string(g.Role))
		if g.ValidTo != "" {
			word = p.T("accounts.role_until", "Role", word, "To", string(g.ValidTo))
		}
		if !slices.Contains(roles, word) {
			roles = append(roles, word)
		}
	}
	return strings.Join(roles, "、")
}

func (s *Site) accountState(p *web.Page, a identity.Account) *web.Badge {
	switch {
	case a.Closed(s.Identity.Today()):
		return &web.Badge{Text: p.T("accounts.disabled"), Tone: web.Plain}
	case a.ClosesOn != "":
		return &web.Badge{Text: p.T("accounts.closes", "On", string(a.ClosesOn)), Tone: web.Caution}
	case a.LockedUntil > s.now().UnixMicro():
		return &web.Badge{Text: p.T("accounts.locked"), Tone: web.Bad}
	case a.MustChange:
		return &web.Badge{Text: p.T("accounts.must_change"), Tone: web.Caution}
	}
	return &web.Badge{Text: p.T("accounts.active"), Tone: web.Good}
}

// grantFields ask for one role, where it holds and on which days.
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
	return append(fields, &web.Field{Name: "from", Kind: web.Date, Label: p.T("grant.from"), Narrow: true},
		&web.Field{Name: "to", Kind: web.Date, Label: p.T("grant.to"), Hint: p.T("grant.to_hint"), Narrow: true}), nil
}

func grantOf(f *web.Form) identity.Grant {
	return identity.Grant{Role: policy.Role(f.Value("role")), Congress: f.Value("congress"), Office: f.Value("office"), Station: f.Value("station"),
		Agency: f.Value("agency"), Person: f.Value("person"), ValidFrom: deadline.Date(f.Value("from")), ValidTo: deadline.Date(f.Value("to"))}
}

func (s *Site) newAccountView(r *http.Request) (*accountView, error) {
	v := &accountView{Page: s.Page(r, "accounts.new")}
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

// addGrant adds a role to those an account holds.
func (s *Site) addGrant(w http.ResponseWriter, r *http.Request, me *visitor) error {
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

// setUntil gives a role of an account its last day, or lets it go on.
func (s *Site) setUntil(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, a, err := s.accountView(r, me)
	if err != nil {
		return err
	}
	if v.Until == nil {
		return errs.New(errs.NotFound, "identity.no_grant")
	}
	if err = v.Until.Read(r); err == nil {
		err = s.Identity.EndGrant(r.Context(), me.actor, a.ID, v.Until.Value("grant"), deadline.Date(v.Until.Value("to")))
	}
	if err != nil {
		return s.Again(w, r, "account", v, v.Until, err)
	}
	return s.Done(w, r, "/accounts/"+a.ID, "accounts.done")
}

func (s *Site) endGrant(w http.ResponseWriter, r *http.Request, me *visitor) error {
	err := s.Identity.EndGrant(r.Context(), me.actor, r.PathValue("id"), r.PathValue("grant"), s.Identity.Yesterday())
	return s.doneWith(w, r, err)
}

func (s *Site) endTheirDelegation(w http.ResponseWriter, r *http.Request, me *visitor) error {
	return s.doneWith(w, r, s.Identity.EndDelegation(r.Context(), me.actor, r.PathValue("delegation"), true))
}

func (s *Site) revokeTheirToken(w http.ResponseWriter, r *http.Request, me *visitor) error {
	return s.doneWith(w, r, s.Identity.RevokeToken(r.Context(), me.actor, r.PathValue("id"), r.PathValue("token")))
}

// doneWith leads back to the account's page.
func (s *Site) doneWith(w http.ResponseWriter, r *http.Request, err error) error {
	if err != nil {
		return err
	}
	return s.Done(w, r, "/accounts/"+r.PathValue("id"), "accounts.done")
}

// accountAct resets password or second factor, closes or opens an account, ends its sessions, or takes its roles away.
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
	case "reset-factor":
		err = s.Identity.ResetFactor(r.Context(), me.actor, id)
	case "reset":
		return s.resetPassword(w, r, me, id)
	default:
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	return s.doneWith(w, r, err)
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
	v.Once, v.Form, v.Until = once, nil, nil
	return s.Render(w, r, "account", v)
}

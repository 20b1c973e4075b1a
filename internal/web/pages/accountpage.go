package pages

import (
	"net/http"

	"lianxin/internal/deadline"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

// accountView is an account as the administrator keeps it and the auditor reads it.
type accountView struct {
	web.Page
	ID       string
	Facts    []web.Fact
	Roles    rowsTable
	Lent     rowsTable
	Borrowed rowsTable
	Tokens   rowsTable
	Form     *web.Form // adds a role; nil for who may not
	Until    *web.Form // sets a role's last day
	Once     string    // one-time password, told this once
	Closed   bool
	Enrolled bool
}

func (s *Site) accountPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, _, err := s.accountView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "account", v)
}

func (s *Site) accountView(r *http.Request, me *visitor) (*accountView, identity.Account, error) {
	a, err := s.Identity.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, a, err
	}
	v := &accountView{Page: s.Page(r, "accounts.page", "Name", a.Display), ID: a.ID, Closed: a.Disabled || a.ClosesOn != "", Enrolled: a.Enrolled}
	v.Up = &web.Link{Href: "/accounts", Text: v.T("nav.accounts")}
	grants, err := s.Identity.Grants(r.Context(), a.ID)
	if err != nil {
		return nil, a, err
	}
	path := ""
	if s.Policy.Can(me.actor, policy.KindAccount, "manage") && a.ID != me.account.ID {
		path = "/accounts/" + a.ID
		if err := s.grantForms(r, v, a, grants); err != nil {
			return nil, a, err
		}
	}
	return v, a, s.fillAccount(r, v, a, grants, path)
}

// fillAccount adds what the account is, holds, lends and uses. Path is where its buttons post to, "" for who may only read.
func (s *Site) fillAccount(r *http.Request, v *accountView, a identity.Account, grants []identity.Grant, path string) error {
	v.Facts = []web.Fact{{Label: v.T("account.name"), Text: a.Name}, {Label: v.T("accounts.state"), Badge: s.accountState(&v.Page, a)},
		{Label: v.T("factor.title"), Badge: factorBadge(&v.Page, a)}, {Label: v.T("account.password_since"), Text: dayTime(a.PasswordAt)},
		{Label: v.T("accounts.last"), Text: dayTime(a.LastSignIn)}}
	if err := s.handoverFacts(r, v, a); err != nil {
		return err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	v.Roles = rowsTable{Caption: v.T("accounts.roles"), Columns: []string{v.T("policy.role"), v.T("grant.where"), v.T("grant.days")}, Act: v.T("grant.end"), Empty: v.T("account.no_roles")}
	for _, g := range grants {
		row := actRow{Cells: grantCells(&v.Page, names, g, s.Identity.Today())}
		if path != "" && !g.Ended(s.Identity.Today()) {
			row.Post, row.Button, row.About = path+"/grants/"+g.ID+"/end", v.T("grant.end"), row.Cells[0].Text
		}
		v.Roles.Rows = append(v.Roles.Rows, row)
	}
	under := func(part string) string {
		if path == "" {
			return ""
		}
		return path + part
	}
	if v.Lent, v.Borrowed, err = s.lendings(r, &v.Page, a.ID, under("/delegations/")); err != nil {
		return err
	}
	v.Borrowed.Act = v.Lent.Act
	v.Tokens, err = s.tokensTable(r, &v.Page, a.ID, under("/tokens/"))
	return err
}

// handoverFacts tells to whom the account's work went, and from whom it came.
func (s *Site) handoverFacts(r *http.Request, v *accountView, a identity.Account) error {
	list, err := s.Identity.Handovers(r.Context(), a.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	names, err := s.displays(r)
	for _, h := range list {
		key, other := "handover.to", h.To
		if h.To == a.ID {
			key, other = "handover.from", h.From
		}
		v.Facts = append(v.Facts, web.Fact{Label: v.T(key), Text: names[other], Href: "/accounts/" + other,
			Note: string(h.On) + " " + v.T("handover.reason_"+h.Reason) + " " + h.Note})
	}
	return err
}

// grantForms are for adding a role and for setting the last day of one.
func (s *Site) grantForms(r *http.Request, v *accountView, a identity.Account, grants []identity.Grant) error {
	fields, err := s.grantFields(r, &v.Page)
	if err != nil {
		return err
	}
	v.Form = v.Page.Form("/accounts/"+a.ID+"/grants", fields...).As("grant")
	v.Form.Legend, v.Form.Submit, v.Form.Version = v.T("accounts.add_grant"), v.T("accounts.add_grant"), a.Version
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	var held []web.Option
	for _, g := range grants {
		if !g.Ended(s.Identity.Today()) {
			held = append(held, web.Option{Value: g.ID, Label: v.T("role."+string(g.Role)) + " · " + grantPlace(names, g)})
		}
	}
	if len(held) > 0 {
		v.Until = v.Page.Form("/accounts/"+a.ID+"/until", &web.Field{Name: "grant", Kind: web.Select, Label: v.T("policy.role"), Options: held, Required: true},
			&web.Field{Name: "to", Kind: web.Date, Label: v.T("grant.to"), Hint: v.T("grant.to_hint"), Narrow: true}).As("until")
		v.Until.Legend, v.Until.Submit = v.T("grant.set_until"), v.T("grant.set_until")
	}
	return err
}

type handOverView struct {
	web.Page
	Roles web.Table
	Form  *web.Form
}

func (s *Site) handOverView(r *http.Request, me *visitor) (*handOverView, error) {
	a, err := s.Identity.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	v := &handOverView{Page: s.Page(r, "handover.title", "Name", a.Display)}
	v.Lead, v.Up = v.T("handover.lead"), &web.Link{Href: "/accounts/" + a.ID, Text: v.T("accounts.page", "Name", a.Display)}
	grants, err := s.Identity.Grants(r.Context(), a.ID)
	if err != nil {
		return nil, err
	}
	if v.Roles, err = s.rolesTable(r, &v.Page, grants); err != nil {
		return nil, err
	}
	v.Roles.Caption = v.T("handover.roles")
	list, err := s.Identity.List(r.Context())
	var others, reasons []web.Option
	for _, b := range list {
		if b.ID != a.ID && b.ID != me.account.ID && !b.Closed(s.Identity.Today()) {
			others = append(others, web.Option{Value: b.ID, Label: v.T("handover.account", "Display", b.Display, "Name", b.Name)})
		}
	}
	for _, reason := range identity.Reasons() {
		reasons = append(reasons, web.Option{Value: reason, Label: v.T("handover.reason_" + reason)})
	}
	v.Form = v.Page.Form("/accounts/"+a.ID+"/hand-over",
		&web.Field{Name: "to", Kind: web.Select, Label: v.T("handover.whom"), Options: byLabel(others), Required: true},
		&web.Field{Name: "on", Kind: web.Date, Label: v.T("handover.on"), Hint: v.T("handover.on_hint"), Required: true, Narrow: true, Value: string(s.Identity.Today())},
		&web.Field{Name: "reason", Kind: web.Select, Label: v.T("handover.reason"), Options: reasons, Required: true},
		&web.Field{Name: "note", Kind: web.Line, Label: v.T("handover.note"), Max: 100})
	v.Form.Submit, v.Form.Cancel, v.Form.Danger = v.T("handover.submit"), v.Up.Href, true
	return v, err
}

func (s *Site) handOverPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.handOverView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "hand-over", v)
}

// handOver gives an account's roles to another and closes it.
func (s *Site) handOver(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.handOverView(r, me)
	if err != nil {
		return err
	}
	if err = v.Form.Read(r); err == nil {
		err = s.Identity.HandOver(r.Context(), me.actor, identity.Handover{From: r.PathValue("id"), To: v.Form.Value("to"), On: deadline.Date(v.Form.Value("on")),
			Reason: v.Form.Value("reason"), Note: v.Form.Value("note")})
	}
	if err != nil {
		return s.Again(w, r, "hand-over", v, v.Form, err)
	}
	return s.Done(w, r, "/accounts/"+r.PathValue("id"), "handover.done")
}

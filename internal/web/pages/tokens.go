package pages

import (
	"net/http"
	"time"

	"lianxin/internal/identity"
	"lianxin/internal/web"
)

func (s *Site) tokenRoutes() {
	s.Handle("GET /tokens", signedIn(s.tokensPage))
	s.Handle("POST /tokens", signedIn(s.createToken))
	s.Handle("POST /tokens/{id}/revoke", signedIn(s.revokeToken))
}

type tokensView struct {
	web.Page
	Form   *web.Form
	Tokens rowsTable
	Once   string
}

func (s *Site) tokensView(r *http.Request, me *visitor) (*tokensView, error) {
	v := &tokensView{Page: s.Page(r, "token.title")}
	v.Lead, v.Up = v.T("token.lead"), &web.Link{Href: "/account", Text: v.T("account.mine")}
	var scopes []web.Option
	for _, scope := range identity.Scopes() {
		scopes = append(scopes, web.Option{Value: string(scope), Label: v.T("token.scope_" + string(scope)), Hint: v.T("token.scope_hint_" + string(scope))})
	}
	v.Form = v.Page.Form("/tokens",
		&web.Field{Name: "name", Kind: web.Line, Label: v.T("token.name"), Hint: v.T("token.name_hint"), Required: true, Max: 40},
		&web.Field{Name: "scope", Kind: web.Radio, Label: v.T("token.scope"), Options: scopes, Required: true, Value: string(identity.Read)},
		&web.Field{Name: "days", Kind: web.Line, Label: v.T("token.days"), Hint: v.T("token.days_hint", "Max", identity.MaxTokenDays), Required: true, Narrow: true, Max: 3, Value: "90"}).As("token")
	v.Form.Legend, v.Form.Submit = v.T("token.new"), v.T("token.create")
	var err error
	v.Tokens, err = s.tokensTable(r, &v.Page, me.account.ID, "/tokens/")
	return v, err
}

// tokensTable lists an account's tokens; buttons post to path and the token's id, "" for none.
func (s *Site) tokensTable(r *http.Request, p *web.Page, account, path string) (rowsTable, error) {
	t := rowsTable{Caption: p.T("token.title"), Columns: []string{p.T("token.name"), p.T("token.scope"), p.T("token.created"), p.T("token.expires"), p.T("accounts.state")},
		Act: p.T("token.revoke"), Empty: p.T("token.none")}
	list, err := s.Identity.ListTokens(r.Context(), account)
	for _, token := range list {
		state := token.State(s.now())
		tone := map[string]string{"active": web.Good}[state]
		if tone == "" {
			tone = web.Plain
		}
		row := actRow{Cells: []web.Cell{{Text: token.Name}, {Text: p.T("token.scope_" + string(token.Scope))}, {Text: dayTime(token.CreatedAt)}, {Text: dayTime(token.ExpiresAt)},
			{Badge: &web.Badge{Text: p.T("token.state_" + state), Tone: tone}}}}
		if path != "" && state == "active" {
			row.Post, row.Button, row.About = path+token.ID+"/revoke", p.T("token.revoke"), token.Name
		}
		t.Rows = append(t.Rows, row)
	}
	return t, err
}

func (s *Site) tokensPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.tokensView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "tokens", v)
}

func (s *Site) createToken(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.tokensView(r, me)
	if err != nil {
		return err
	}
	days := 0
	if err = v.Form.Read(r); err == nil {
		days, err = number(v.Form, "days")
	}
	once := ""
	if err == nil {
		_, once, err = s.Identity.CreateToken(r.Context(), me.actor, identity.NewToken{Account: me.account.ID, Name: v.Form.Value("name"),
			Scope: identity.Scope(v.Form.Value("scope")), Lasts: time.Duration(days) * 24 * time.Hour})
	}
	if err != nil {
		return s.Again(w, r, "tokens", v, v.Form, err)
	}
	if v, err = s.tokensView(r, me); err != nil {
		return err
	}
	v.Once = once
	return s.Render(w, r, "tokens", v)
}

func (s *Site) revokeToken(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if err := s.Identity.RevokeToken(r.Context(), me.actor, me.account.ID, r.PathValue("id")); err != nil {
		return err
	}
	return s.Done(w, r, "/tokens", "token.revoked")
}

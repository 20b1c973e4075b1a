package pages

import (
	"net/http"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/identity"
	"lianxin/internal/web"
)

func (s *Site) accountRoutes() {
	s.Handle("GET /sign-in", s.signInPage)
	s.Handle("POST /sign-in", s.signIn)
	s.Handle("POST /sign-out", s.signOut)
	s.Handle("GET /password", signedIn(s.passwordPage))
	s.Handle("POST /password", signedIn(s.changePassword))
	s.Handle("GET /sessions", signedIn(s.sessionsPage))
	s.Handle("POST /sessions/{id}/end", signedIn(s.endSession))
}

type formView struct {
	web.Page
	Form         *web.Form
	DemoAccounts []DemoAccount
	DemoPassword string
}

func (s *Site) signInView(r *http.Request) *formView {
	v := &formView{Page: s.Page(r, "account.sign_in"), DemoAccounts: s.DemoHint, DemoPassword: s.DemoPass}
	v.Form = v.Page.Form("/sign-in",
		&web.Field{Name: "name", Kind: web.Line, Label: v.T("account.name"), Required: true, Max: 40, Complete: "username"},
		&web.Field{Name: "password", Kind: web.Password, Label: v.T("account.password"), Required: true, Max: 200, Complete: "current-password"},
		&web.Field{Name: "return", Kind: web.Hidden, Value: r.URL.Query().Get("return")})
	v.Form.Submit = v.T("account.sign_in")
	return v
}

func (s *Site) signInPage(w http.ResponseWriter, r *http.Request) error {
	if me := who(r); me != nil {
		return web.Redirect(w, r, me.home())
	}
	return s.Render(w, r, "sign-in", s.signInView(r))
}

func (s *Site) signIn(w http.ResponseWriter, r *http.Request) error {
	v := s.signInView(r)
	if err := v.Form.Read(r); err != nil {
		return s.Again(w, r, "sign-in", v, v.Form, err)
	}
	account, err := s.Identity.SignIn(r.Context(), v.Form.Value("name"), v.Form.Value("password"))
	if errs.Is(err, errs.Unauthenticated) {
		err = errs.New(errs.Invalid, "identity.wrong").At("password")
	}
	if err != nil {
		return s.Again(w, r, "sign-in", v, v.Form, err)
	}
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionAccount, account.ID)
	actor, _, err := s.Identity.Actor(r.Context(), account.ID)
	if err != nil {
		return err
	}
	me := &visitor{actor: actor, account: account}
	return web.Redirect(w, r, web.LocalPath(v.Form.Value("return"), me.home()))
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	return web.Redirect(w, r, "/")
}

func (s *Site) passwordView(r *http.Request, me *visitor) *formView {
	v := &formView{Page: s.Page(r, "account.change_password")}
	if me.account.MustChange {
		v.Lead = v.T("account.must_change")
	}
	v.Form = v.Page.Form("/password",
		&web.Field{Name: "old", Kind: web.Password, Label: v.T("account.old_password"), Required: true, Max: 200, Complete: "current-password"},
		&web.Field{Name: "password", Kind: web.Password, Label: v.T("account.new_password"), Hint: v.T("account.password_rule"), Required: true, Max: 200, Complete: "new-password"},
		&web.Field{Name: "again", Kind: web.Password, Label: v.T("account.again"), Required: true, Max: 200, Complete: "new-password"})
	return v
}

func (s *Site) passwordPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	return s.Render(w, r, "form", s.passwordView(r, me))
}

func (s *Site) changePassword(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := s.passwordView(r, me)
	err := v.Form.Read(r)
	if err == nil && v.Form.Value("password") != v.Form.Value("again") {
		err = errs.New(errs.Invalid, "account.differ").At("again")
	}
	if err == nil {
		err = s.Identity.ChangePassword(r.Context(), me.account.ID, v.Form.Value("old"), v.Form.Value("password"), s.sessions.Token(r.Context()))
	}
	if err != nil {
		return s.Again(w, r, "form", v, v.Form, err)
	}
	return s.Done(w, r, me.home(), "account.changed")
}

type sessionsView struct {
	web.Page
	Sessions []sessionLine
}

type sessionLine struct {
	identity.Session
	Current bool
}

func (s *Site) sessionsPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &sessionsView{Page: s.Page(r, "account.sessions")}
	list, err := s.Identity.ListSessions(r.Context(), me.account.ID)
	if err != nil {
		return err
	}
	current := identity.HashToken(s.sessions.Token(r.Context()))
	for _, session := range list {
		v.Sessions = append(v.Sessions, sessionLine{session, strings.TrimRight(session.TokenHash, "=") == strings.TrimRight(current, "=")})
	}
	return s.Render(w, r, "sessions", v)
}

func (s *Site) endSession(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if err := s.Identity.EndSession(r.Context(), me.account.ID, r.PathValue("id")); err != nil {
		return err
	}
	return s.Done(w, r, "/sessions", "account.session_ended")
}

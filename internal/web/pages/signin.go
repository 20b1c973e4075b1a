package pages

import (
	"net/http"
	"time"

	"lianxin/internal/errs"
	"lianxin/internal/identity"
	"lianxin/internal/web"
)

// Names in the session of somebody whose password was right and whose code is waited for.
const (
	sessionPending   = "pending"        // account
	sessionPendingAt = "pending_at"     // microseconds UTC
	sessionPassword  = "pending_with"   // when the password given was set: one changed since makes the step worthless
	sessionReturn    = "pending_return" // where to lead to
)

// codeWithin is how long the second step waits.
const codeWithin = 5 * time.Minute

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
	if account.Enrolled {
		return s.awaitCode(w, r, account, v.Form.Value("return"))
	}
	return s.enter(w, r, account, v.Form.Value("return"))
}

// awaitCode remembers whose password was right, and asks for the code.
func (s *Site) awaitCode(w http.ResponseWriter, r *http.Request, account identity.Account, back string) error {
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionPending, account.ID)
	s.sessions.Put(r.Context(), sessionPendingAt, s.now().UnixMicro())
	s.sessions.Put(r.Context(), sessionPassword, account.PasswordAt)
	s.sessions.Put(r.Context(), sessionReturn, back)
	return web.Redirect(w, r, "/sign-in/code")
}

// pending finds whose code is waited for; nobody's is errs.NotFound.
func (s *Site) pending(r *http.Request) (identity.Account, error) {
	none := errs.New(errs.NotFound, "account.nobody_waits")
	id := s.sessions.GetString(r.Context(), sessionPending)
	if id == "" || s.now().UnixMicro()-s.sessions.GetInt64(r.Context(), sessionPendingAt) > codeWithin.Microseconds() {
		return identity.Account{}, none
	}
	account, err := s.Identity.Get(r.Context(), id)
	if err == nil && account.PasswordAt != s.sessions.GetInt64(r.Context(), sessionPassword) {
		err = none
	}
	return account, err
}

func (s *Site) codeView(r *http.Request) *formView {
	v := &formView{Page: s.Page(r, "factor.sign_in")}
	v.Lead, v.Up = v.T("factor.sign_in_lead"), &web.Link{Href: "/sign-in", Text: v.T("account.sign_in")}
	v.Form = v.Page.Form("/sign-in/code", codeField(&v.Page))
	v.Form.Submit = v.T("account.sign_in")
	return v
}

func codeField(p *web.Page) *web.Field {
	return &web.Field{Name: "code", Kind: web.Line, Label: p.T("factor.code"), Hint: p.T("factor.code_hint"), Required: true, Max: 20, Complete: "one-time-code"}
}

func (s *Site) codePage(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.pending(r); err != nil {
		return s.startOver(w, r, err)
	}
	return s.Render(w, r, "form", s.codeView(r))
}

func (s *Site) signInCode(w http.ResponseWriter, r *http.Request) error {
	account, err := s.pending(r)
	if err != nil {
		return s.startOver(w, r, err)
	}
	v := s.codeView(r)
	if err = v.Form.Read(r); err == nil {
		account, err = s.Identity.SecondStep(r.Context(), account.ID, v.Form.Value("code"))
	}
	switch {
	case errs.Is(err, errs.Unauthenticated):
		return s.startOver(w, r, err)
	case err != nil:
		return s.Again(w, r, "form", v, v.Form, err)
	}
	return s.enter(w, r, account, s.sessions.GetString(r.Context(), sessionReturn))
}

// startOver leads back to the first step where there is none to go on from.
func (s *Site) startOver(w http.ResponseWriter, r *http.Request, err error) error {
	if !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Unauthenticated) {
		return err
	}
	return s.Warn(w, r, "/sign-in", "account.nobody_waits")
}

// enter makes the session the account's, at once in the table too: whoever ends the account's sessions from now on ends this one.
func (s *Site) enter(w http.ResponseWriter, r *http.Request, account identity.Account, back string) error {
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	for _, name := range []string{sessionPending, sessionPendingAt, sessionPassword, sessionReturn} {
		s.sessions.Remove(r.Context(), name)
	}
	s.sessions.Put(r.Context(), sessionAccount, account.ID)
	token, _, err := s.sessions.Commit(r.Context())
	if err != nil {
		return err
	}
	if err := s.Identity.Touch(r.Context(), token, account.ID, web.ClientAddr(r).String(), r.UserAgent()); err != nil {
		return err
	}
	actor, _, err := s.Identity.Actor(r.Context(), account.ID)
	if err != nil {
		return err
	}
	me := &visitor{actor: actor, account: account}
	return web.Redirect(w, r, web.LocalPath(back, me.home()))
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	return web.Redirect(w, r, "/")
}

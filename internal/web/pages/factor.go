package pages

import (
	"html/template"
	"net/http"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/identity"
	"lianxin/internal/render"
	"lianxin/internal/web"
)

func (s *Site) factorRoutes() {
	s.Handle("GET /second-factor", signedIn(s.factorPage))
	s.Handle("POST /second-factor/begin", signedIn(s.beginFactor))
	s.Handle("POST /second-factor/confirm", signedIn(s.confirmFactor))
	s.Handle("POST /second-factor/off", signedIn(s.dropFactor))
	s.Handle("POST /second-factor/recovery", signedIn(s.renewRecovery))
}

type factorView struct {
	web.Page
	On      bool
	Left    string // recovery codes left, worded
	Secret  string
	QR      template.URL
	Confirm *web.Form
	Off     *web.Form
	Renew   *web.Form
	Codes   []string // told this once
	Home    string
}

// factorView shows where the second factor stands: none, begun, or in use.
func (s *Site) factorView(r *http.Request, me *visitor) (*factorView, error) {
	v := &factorView{Page: s.Page(r, "factor.title"), On: me.account.Enrolled, Home: me.home()}
	v.Lead = v.T("factor.lead")
	rules, err := s.Identity.Rules(r.Context())
	if err != nil {
		return v, err
	}
	if rules.NeedsFactor(me.actor) && !v.On {
		v.Lead = v.T("factor.needed")
	} else {
		v.Up = &web.Link{Href: "/account", Text: v.T("account.mine")}
	}
	if v.On {
		return v, s.factorOn(r, v, me)
	}
	e, err := s.Identity.PendingFactor(r.Context(), me.account.ID, v.Site)
	if errs.Is(err, errs.NotFound) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	return v, s.enrolment(v, e)
}

func (s *Site) enrolment(v *factorView, e identity.Enrolment) error {
	svg, err := render.QR(e.Address, v.T("factor.qr"))
	if err != nil {
		return err
	}
	v.QR, v.Secret = template.URL(render.DataURI(svg)), e.Secret // an image of our own making
	v.Confirm = v.Page.Form("/second-factor/confirm", &web.Field{Name: "code", Kind: web.Line, Label: v.T("factor.first_code"), Hint: v.T("factor.first_code_hint"),
		Required: true, Max: 20, Complete: "one-time-code"}).As("confirm")
	v.Confirm.Submit = v.T("factor.confirm")
	return nil
}

func (s *Site) factorOn(r *http.Request, v *factorView, me *visitor) error {
	left, err := s.Identity.RecoveryLeft(r.Context(), me.account.ID)
	if err != nil {
		return err
	}
	v.Left = v.T("factor.left", "N", left)
	v.Renew = v.Page.Form("/second-factor/recovery", codeField(&v.Page)).As("renew")
	v.Renew.Legend, v.Renew.Submit = v.T("factor.renew"), v.T("factor.renew")
	v.Off = v.Page.Form("/second-factor/off", &web.Field{Name: "password", Kind: web.Password, Label: v.T("account.password"), Required: true, Max: 200, Complete: "current-password"},
		codeField(&v.Page)).As("off")
	v.Off.Legend, v.Off.Submit, v.Off.Danger = v.T("factor.turn_off"), v.T("factor.turn_off"), true
	return nil
}

func (s *Site) factorPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.factorView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "second-factor", v)
}

func (s *Site) beginFactor(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if err := s.Identity.BeginFactor(r.Context(), me.account.ID); err != nil {
		return err
	}
	return web.Redirect(w, r, "/second-factor")
}

func (s *Site) confirmFactor(w http.ResponseWriter, r *http.Request, me *visitor) error {
	return s.withCode(w, r, me, func(v *factorView) *web.Form { return v.Confirm }, func(v *factorView) (err error) {
		v.Codes, err = s.Identity.ConfirmFactor(r.Context(), me.account.ID, v.Confirm.Value("code"), s.sessions.Token(r.Context()))
		return err
	})
}

func (s *Site) renewRecovery(w http.ResponseWriter, r *http.Request, me *visitor) error {
	return s.withCode(w, r, me, func(v *factorView) *web.Form { return v.Renew }, func(v *factorView) (err error) {
		v.Codes, err = s.Identity.RenewRecovery(r.Context(), me.account.ID, v.Renew.Value("code"))
		return err
	})
}

func (s *Site) dropFactor(w http.ResponseWriter, r *http.Request, me *visitor) error {
	return s.withCode(w, r, me, func(v *factorView) *web.Form { return v.Off }, func(v *factorView) error {
		return s.Identity.DropFactor(r.Context(), me.account.ID, v.Off.Value("password"), v.Off.Value("code"))
	})
}

// withCode reads one of the page's forms, does what it asks, and shows new recovery codes or leads back to the page.
func (s *Site) withCode(w http.ResponseWriter, r *http.Request, me *visitor, form func(*factorView) *web.Form, do func(*factorView) error) error {
	v, err := s.factorView(r, me)
	if err != nil {
		return err
	}
	f := form(v)
	if f == nil { // the page has moved on since: show it as it is
		return web.Redirect(w, r, "/second-factor")
	}
	if err = f.Read(r); err == nil {
		err = do(v)
	}
	switch {
	case err != nil:
		return s.Again(w, r, "second-factor", v, f, err)
	case v.Codes == nil:
		return s.Done(w, r, "/second-factor", "factor.turned_off")
	}
	v.Title, v.Lead, v.Up = v.T("factor.codes"), v.T("factor.codes_lead"), nil
	return s.Render(w, r, "recovery-codes", v)
}

// detour is where somebody is led before anything else: to a new password, or to a second factor that the rules ask for; "" for nowhere.
func detour(me *visitor, rules identity.Rules, nowExpired bool) string {
	switch {
	case me.account.MustChange || nowExpired:
		return "/password"
	case rules.NeedsFactor(me.actor) && !me.account.Enrolled:
		return "/second-factor"
	}
	return ""
}

// onDetour reports whether a path may be asked for while somebody is led elsewhere first.
func onDetour(path, to string) bool {
	return path == to || strings.HasPrefix(path, to+"/") || path == "/sign-out" || path == "/preferences"
}

package pages

import (
	"context"
	"net/http"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/web"
	"lianxin/internal/web/assets"
)

// Names in the session. A resident's session holds the number and the counter of the code that was shown, never the code.
const (
	sessionAccount = "account"
	sessionCase    = "case"
	sessionCounter = "counter"
)

// visitor is who is signed in.
type visitor struct {
	actor   policy.Actor
	account identity.Account
}

type visitorKey struct{}

// identify finds who is signed in. An account closed since, or a session revoked, is nobody.
func (s *Site) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := s.sessions.GetString(r.Context(), sessionAccount)
		if id == "" || strings.HasPrefix(r.URL.Path, assets.Prefix) {
			next.ServeHTTP(w, r)
			return
		}
		actor, account, err := s.Identity.Actor(r.Context(), id)
		if errs.Is(err, errs.Unauthenticated) {
			s.sessions.Remove(r.Context(), sessionAccount)
			next.ServeHTTP(w, r)
			return
		}
		if err == nil {
			err = s.Identity.Touch(r.Context(), s.sessions.Token(r.Context()), id, web.ClientAddr(r).String(), r.UserAgent())
		}
		if err != nil {
			s.Fail(w, r, err)
			return
		}
		v := &visitor{actor: actor, account: account}
		rules, err := s.Identity.Rules(r.Context())
		if err != nil {
			s.Fail(w, r, err)
			return
		}
		if to := detour(v, rules, rules.Expired(account, s.now())); to != "" && !onDetour(r.URL.Path, to) {
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, v)))
	})
}

// who is signed in; nil for nobody.
func who(r *http.Request) *visitor {
	v, _ := r.Context().Value(visitorKey{}).(*visitor)
	return v
}

// staff is a handler for somebody signed in.
type staffHandler func(w http.ResponseWriter, r *http.Request, me *visitor) error

// signedIn lets only people in who are signed in.
func signedIn(h staffHandler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		me := who(r)
		if me == nil {
			return errs.New(errs.Unauthenticated, "errs.unauthenticated")
		}
		return h(w, r, me)
	}
}

// may lets only those in whom the house's table allows an action that needs no relation.
func (s *Site) may(kind, action string, h staffHandler) web.Handler {
	return signedIn(func(w http.ResponseWriter, r *http.Request, me *visitor) error {
		if !s.Policy.Can(me.actor, kind, action) {
			return errs.New(errs.Denied, "errs.denied")
		}
		return h(w, r, me)
	})
}

// business reports whether the visitor works on cases, and is neither auditor nor administrator.
func (v *visitor) business() bool {
	for _, g := range v.actor.Grants {
		if g.Role.Power() == policy.Business {
			return true
		}
	}
	return false
}

// home is where somebody starts after signing in.
func (v *visitor) home() string {
	switch {
	case v.business():
		return "/desk"
	case v.actor.Has(policy.Auditor):
		return "/audit"
	case v.actor.Has(policy.Admin):
		return "/accounts"
	}
	return "/account"
}

// decorate fills in account and navigation.
func (s *Site) decorate(r *http.Request, p *web.Page) {
	me := who(r)
	var items [][2]string
	if me == nil {
		items = [][2]string{{"/", "nav.home"}, {"/say", "nav.say"}, {"/track", "nav.track"}, {"/published", "nav.published"}, {"/figures", "nav.figures"}}
	} else {
		items = s.staffNav(me)
		var roles []string
		for _, role := range me.actor.Roles() {
			roles = append(roles, p.T("role."+string(role)))
		}
		p.Account = &web.Account{Name: me.account.Display, Roles: strings.Join(roles, "、"), SignOut: "/sign-out", Key: me.account.ID,
			Links: []web.Link{{Href: "/account", Text: p.T("nav.account")}, {Href: "/password", Text: p.T("nav.password")}, {Href: "/sessions", Text: p.T("nav.sessions")},
				{Href: "/second-factor", Text: p.T("nav.second_factor")}, {Href: "/tokens", Text: p.T("nav.tokens")}}}
	}
	at := "" // the item whose address the page's begins with, the longest where several do
	for _, i := range items {
		if r.URL.Path == i[0] || i[0] != "/" && strings.HasPrefix(r.URL.Path, i[0]+"/") && len(i[0]) > len(at) {
			at = i[0]
		}
	}
	for _, i := range items {
		p.Nav = append(p.Nav, web.NavItem{Href: i[0], Text: p.T(i[1]), Current: i[0] == at})
	}
	s.countUnread(r, p, me)
}

func (s *Site) staffNav(me *visitor) [][2]string {
	var items [][2]string
	add := func(ok bool, href, key string) {
		if ok {
			items = append(items, [2]string{href, key})
		}
	}
	add(me.business(), "/desk", "nav.desk")
	add(me.business(), "/notices", "nav.notices")
	add(me.business() && !me.actor.Has(policy.Motions), "/cases", "nav.cases")
	add(me.business() && !me.actor.Has(policy.Street, policy.Station), "/suggestions", "nav.suggestions")
	add(me.actor.Has(sitting...), "/suggestions/sessions", "nav.sittings")
	add(me.actor.Has(overseeing...), roundsPath, "nav.rounds")
	add(me.actor.Has(policy.Deputy, policy.Clerk, policy.Motions, policy.Leader, policy.Agency), "/motions", "nav.motions")
	add(me.actor.Has(policy.Clerk, policy.Street, policy.Station), "/entry", "nav.entry")
	add(me.actor.Has(policy.Deputy), "/suggestions/new", "nav.suggestion")
	add(me.actor.Has(mayUrge...), "/urging", "nav.urging")
	add(me.business() && !me.actor.Has(policy.Deputy), "/promises", "nav.promises")
	_, noBoard := lookerOf(me.actor)
	add(noBoard == nil, boardPath, "nav.boards")
	add(true, "/figures", "nav.figures")
	add(me.business() && !me.actor.Has(policy.Agency, policy.AgencyLead), "/service-list", "nav.service")
	add(s.Policy.Can(me.actor, policy.KindRegistry, "view"), "/registry", "nav.registry")
	add(s.Policy.Can(me.actor, policy.KindAccount, "view"), "/accounts", "nav.accounts")
	add(s.Policy.Can(me.actor, policy.KindSettings, "edit"), "/settings", "nav.settings")
	add(s.Policy.Can(me.actor, policy.KindSettings, "edit"), "/settings/papers", "papers.settings")
	add(s.Policy.Can(me.actor, policy.KindSettings, "edit"), "/admin/deliveries", "nav.deliveries")
	add(s.Policy.Can(me.actor, policy.KindAudit, "view"), "/audit", "nav.audit")
	add(true, "/procedures/opinion", "nav.procedure")
	add(true, "/policy", "nav.policy")
	return items
}

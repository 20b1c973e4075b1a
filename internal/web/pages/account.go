package pages

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/identity"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

func (s *Site) accountRoutes() {
	s.Handle("GET /sign-in", s.signInPage)
	s.Handle("POST /sign-in", s.signIn)
	s.Handle("GET /sign-in/code", s.codePage)
	s.Handle("POST /sign-in/code", s.signInCode)
	s.Handle("POST /sign-out", s.signOut)
	s.Handle("GET /account", signedIn(s.myAccount))
	s.Handle("GET /password", signedIn(s.passwordPage))
	s.Handle("POST /password", signedIn(s.changePassword))
	s.Handle("GET /sessions", signedIn(s.sessionsPage))
	s.Handle("POST /sessions/{id}/end", signedIn(s.endSession))
	s.factorRoutes()
	s.lendingRoutes()
	s.tokenRoutes()
}

// rowsTable is a table with a button in each row that can be done something about.
type rowsTable struct {
	Caption string
	Columns []string
	Act     string // header of the buttons' column
	Rows    []actRow
	Empty   string
}

type actRow struct {
	Cells  []web.Cell
	Post   string // path; "" for no button
	Button string
	About  string // what the button is about, read out with it
}

type myAccountView struct {
	web.Page
	Facts    []web.Fact
	Roles    web.Table
	Lent     rowsTable
	Borrowed rowsTable
	CanLend  bool
}

// myAccount is what somebody may be, until when, and on whose behalf.
func (s *Site) myAccount(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &myAccountView{Page: s.Page(r, "account.mine")}
	v.Facts = []web.Fact{{Label: v.T("account.name"), Text: me.account.Name}, {Label: v.T("account.display"), Text: me.account.Display},
		{Label: v.T("account.password_since"), Text: dayTime(me.account.PasswordAt), Href: ""}, {Label: v.T("factor.title"), Badge: factorBadge(&v.Page, me.account)}}
	grants, err := s.Identity.Grants(r.Context(), me.account.ID)
	if err != nil {
		return err
	}
	if v.Roles, err = s.rolesTable(r, &v.Page, grants); err != nil {
		return err
	}
	for _, g := range grants {
		v.CanLend = v.CanLend || g.Role.Lendable() && !g.Ended(s.Identity.Today())
	}
	if v.Lent, v.Borrowed, err = s.lendings(r, &v.Page, me.account.ID, "/delegations/"); err != nil {
		return err
	}
	return s.Render(w, r, "my-account", v)
}

func factorBadge(p *web.Page, a identity.Account) *web.Badge {
	if a.Enrolled {
		return &web.Badge{Text: p.T("factor.on"), Tone: web.Good}
	}
	return &web.Badge{Text: p.T("factor.off"), Tone: web.Plain}
}

func dayTime(micros int64) string {
	if micros == 0 {
		return ""
	}
	return microTime(micros).In(deadline.Zone).Format("2006-01-02 15:04")
}

// rolesTable shows grants with where they hold and until when.
func (s *Site) rolesTable(r *http.Request, p *web.Page, grants []identity.Grant) (web.Table, error) {
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	t := web.Table{Caption: p.T("accounts.roles"), Empty: web.Empty{Text: p.T("account.no_roles")},
		Columns: []web.Column{{Label: p.T("policy.role")}, {Label: p.T("grant.where")}, {Label: p.T("grant.days")}}}
	for _, g := range grants {
		t.Rows = append(t.Rows, grantCells(p, names, g, s.Identity.Today()))
	}
	return t, err
}

func grantCells(p *web.Page, names registry.Names, g identity.Grant, today deadline.Date) []web.Cell {
	days := web.Cell{Text: spanWords(p, g.ValidFrom, g.ValidTo)}
	switch {
	case g.Ended(today):
		days.Badge = &web.Badge{Text: p.T("grant.ended"), Tone: web.Plain}
	case !g.Holds(today):
		days.Badge = &web.Badge{Text: p.T("grant.later"), Tone: web.Note}
	}
	return []web.Cell{{Text: p.T("role." + string(g.Role))}, {Text: grantPlace(names, g)}, days}
}

// grantPlace words where a grant holds.
func grantPlace(names registry.Names, g identity.Grant) string {
	var at []string
	for _, ref := range [][2]string{{"congress", g.Congress}, {"office", g.Office}, {"agency", g.Agency}, {"station", g.Station}, {"person", g.Person}} {
		if ref[1] != "" {
			at = append(at, names.Of(ref[0], ref[1]))
		}
	}
	return strings.Join(at, " · ")
}

// spanWords words the days of a grant or a delegation.
func spanWords(p *web.Page, from, to deadline.Date) string {
	switch {
	case from == "" && to == "":
		return p.T("grant.always")
	case to == "":
		return p.T("grant.since", "From", string(from))
	case from == "":
		return p.T("grant.until", "To", string(to))
	}
	return p.T("grant.span", "From", string(from), "To", string(to))
}

func (s *Site) passwordView(r *http.Request, me *visitor) (*formView, error) {
	v := &formView{Page: s.Page(r, "account.change_password")}
	rules, err := s.Identity.Rules(r.Context())
	switch {
	case me.account.MustChange:
		v.Lead = v.T("account.must_change")
	case rules.Expired(me.account, s.now()):
		v.Lead = v.T("account.expired", "Days", rules.MaxAge)
	}
	hint := v.T("account.password_rule", "Min", rules.MinLength)
	if rules.History > 1 {
		hint += v.T("account.password_again", "N", rules.History)
	}
	v.Form = v.Page.Form("/password",
		&web.Field{Name: "old", Kind: web.Password, Label: v.T("account.old_password"), Required: true, Max: 200, Complete: "current-password"},
		&web.Field{Name: "password", Kind: web.Password, Label: v.T("account.new_password"), Hint: hint, Required: true, Max: 200, Complete: "new-password"},
		&web.Field{Name: "again", Kind: web.Password, Label: v.T("account.again"), Required: true, Max: 200, Complete: "new-password"})
	return v, err
}

func (s *Site) passwordPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.passwordView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "form", v)
}

func (s *Site) changePassword(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.passwordView(r, me)
	if err != nil {
		return err
	}
	err = v.Form.Read(r)
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
	Text     string
	Sessions []sessionLine
}

type sessionLine struct {
	identity.Session
	Current bool
}

func (s *Site) sessionsPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &sessionsView{Page: s.Page(r, "account.sessions")}
	rules, err := s.Identity.Rules(r.Context())
	if err != nil {
		return err
	}
	v.Text = v.T("account.sessions_text", "Minutes", rules.Idle, "Hours", rules.Lifetime, "Max", rules.Sessions)
	list, err := s.Identity.ListSessions(r.Context(), me.account.ID)
	if err != nil {
		return err
	}
	current := identity.HashToken(s.sessions.Token(r.Context()))
	for _, session := range list {
		v.Sessions = append(v.Sessions, sessionLine{session, session.TokenHash == current})
	}
	return s.Render(w, r, "sessions", v)
}

func (s *Site) endSession(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if err := s.Identity.EndSession(r.Context(), me.account.ID, r.PathValue("id")); err != nil {
		return err
	}
	return s.Done(w, r, "/sessions", "account.session_ended")
}

// number reads a whole number from a field; anything else is named there.
func number(f *web.Form, field string) (int, error) {
	n, err := strconv.Atoi(f.Value(field))
	if err != nil {
		return 0, errs.New(errs.Invalid, "account.whole_number").At(field)
	}
	return n, nil
}

// byLabel sorts options as people look for them.
func byLabel(options []web.Option) []web.Option {
	slices.SortFunc(options, func(a, b web.Option) int { return strings.Compare(a.Label, b.Label) })
	return options
}

package pages

import (
	"net/http"

	"lianxin/internal/deadline"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

func (s *Site) lendingRoutes() {
	s.Handle("GET /delegations/new", s.may(policy.KindAccount, "lend", s.lendPage))
	s.Handle("POST /delegations/new", s.may(policy.KindAccount, "lend", s.lend))
	s.Handle("POST /delegations/{id}/end", signedIn(s.endDelegation))
}

// lendings are the tables of what an account lends and of what is lent to it. Buttons post to path and the delegation's id; "" for none.
func (s *Site) lendings(r *http.Request, p *web.Page, account, path string) (lent, borrowed rowsTable, err error) {
	list, err := s.Identity.Delegations(r.Context(), account)
	if err != nil {
		return
	}
	names, err := s.displays(r)
	if err != nil {
		return
	}
	columns := func(who string) []string {
		return []string{p.T("policy.role"), p.T(who), p.T("grant.days"), p.T("accounts.state")}
	}
	lent = rowsTable{Caption: p.T("lending.lent"), Columns: columns("lending.to"), Act: p.T("lending.end"), Empty: p.T("lending.none_lent")}
	borrowed = rowsTable{Caption: p.T("lending.borrowed"), Columns: columns("lending.from"), Act: p.T("lending.give_back"), Empty: p.T("lending.none_borrowed")}
	for _, d := range list {
		t, other := &lent, d.Delegate
		if d.Lender != account {
			t, other = &borrowed, d.Lender
		}
		t.Rows = append(t.Rows, lendingRow(p, d, names[other], t.Act, path, s.Identity.Today()))
	}
	return lent, borrowed, nil
}

func lendingRow(p *web.Page, d identity.Lent, other, button, path string, today deadline.Date) actRow {
	state, open := web.Badge{Text: p.T("lending.active"), Tone: web.Good}, true
	switch d.State(today) {
	case "ended":
		state, open = web.Badge{Text: p.T("lending.ended", "On", string(deadline.DateOf(microTime(d.EndedAt)))), Tone: web.Plain}, false
	case "over":
		state, open = web.Badge{Text: p.T("grant.ended"), Tone: web.Plain}, false
	case "later":
		state = web.Badge{Text: p.T("grant.later"), Tone: web.Note}
	}
	role := ""
	if d.Role != "" {
		role = p.T("role." + string(d.Role))
	}
	row := actRow{Cells: []web.Cell{{Text: role}, {Text: other}, {Text: spanWords(p, d.ValidFrom, d.ValidTo)}, {Badge: &state}}}
	if path != "" && open {
		row.Post, row.Button, row.About = path+d.ID+"/end", button, role+" "+other
	}
	return row
}

func (s *Site) lendView(r *http.Request, me *visitor) (*formView, error) {
	v := &formView{Page: s.Page(r, "lending.new")}
	v.Lead, v.Up = v.T("lending.lead", "Days", identity.MaxLending), &web.Link{Href: "/account", Text: v.T("account.mine")}
	grants, err := s.Identity.Grants(r.Context(), me.account.ID)
	if err != nil {
		return v, err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return v, err
	}
	accounts, err := s.Identity.Colleagues(r.Context(), me.account.ID)
	if err != nil {
		return v, err
	}
	today := s.Identity.Today()
	var mine, others []web.Option
	for _, g := range grants {
		if g.Role.Lendable() && !g.Ended(today) {
			mine = append(mine, web.Option{Value: g.ID, Label: v.T("role."+string(g.Role)) + " · " + grantPlace(names, g)})
		}
	}
	for _, a := range accounts {
		others = append(others, web.Option{Value: a.ID, Label: a.Display})
	}
	v.Form = v.Page.Form("/delegations/new",
		&web.Field{Name: "grant", Kind: web.Select, Label: v.T("lending.grant"), Options: mine, Required: true},
		&web.Field{Name: "to", Kind: web.Select, Label: v.T("lending.to"), Hint: v.T("lending.to_hint"), Options: byLabel(others), Required: true},
		&web.Field{Name: "from", Kind: web.Date, Label: v.T("lending.first_day"), Required: true, Narrow: true, Value: string(today)},
		&web.Field{Name: "to_day", Kind: web.Date, Label: v.T("lending.last_day"), Required: true, Narrow: true})
	if len(mine) == 1 {
		v.Form.Set("grant", mine[0].Value)
	}
	v.Form.Submit, v.Form.Cancel = v.T("lending.submit"), "/account"
	return v, nil
}

func (s *Site) lendPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.lendView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "form", v)
}

func (s *Site) lend(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.lendView(r, me)
	if err != nil {
		return err
	}
	if err = v.Form.Read(r); err == nil {
		_, err = s.Identity.Lend(r.Context(), me.account.ID, identity.Lending{Grant: v.Form.Value("grant"), To: v.Form.Value("to"),
			From: deadline.Date(v.Form.Value("from")), On: deadline.Date(v.Form.Value("to_day"))})
	}
	if err != nil {
		return s.Again(w, r, "form", v, v.Form, err)
	}
	return s.Done(w, r, "/account", "lending.done")
}

func (s *Site) endDelegation(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if err := s.Identity.EndDelegation(r.Context(), me.actor, r.PathValue("id"), false); err != nil {
		return err
	}
	return s.Done(w, r, "/account", "lending.ended_now")
}

package pages

import (
	"net/http"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/web"
	"lianxin/internal/web/paper"
)

const ledgerPath = "/suggestions/ledger"

func (s *Site) ledgerRoutes() {
	s.Handle("GET "+ledgerPath, signedIn(s.ledgerPage))
	s.Handle("POST "+ledgerPath, signedIn(s.saveLedger))
}

// ledgerActs lead to the ledger's columns, and to where it is pasted back.
func ledgerActs(p *web.Page, me *visitor) []web.Act {
	var acts []web.Act
	if me.actor.Has(policy.Clerk) {
		acts = append(acts, web.Act{Href: ledgerPath, Text: p.T("ledger.title")})
	}
	if me.actor.Has(policy.Clerk, policy.Motions) {
		acts = append(acts, web.Act{Href: backPath, Text: p.T("back.title")})
	}
	return acts
}

// ledgerColumns are the columns a visitor's congress has set for its ledger.
func (s *Site) ledgerColumns(r *http.Request, me *visitor, desk paper.Desk) ([]paper.Chosen, error) {
	setting, err := registry.Setting(r.Context(), s.DB.Reader(), paper.LedgerColumns(me.actor.Under("").Congress))
	return desk.Chosen(setting), err
}

// ledgerForm asks for the columns, a line each in their order.
func (s *Site) ledgerForm(r *http.Request, me *visitor) (*formView, paper.Desk, error) {
	v := &formView{Page: s.Page(r, "ledger.title")}
	if !me.actor.Has(policy.Clerk) {
		return v, paper.Desk{}, errs.New(errs.Denied, "errs.denied")
	}
	v.Lead, v.Up = v.T("ledger.lead"), &web.Link{Href: printPath + "?paper=ledger", Text: v.T("printout.title")}
	desk, err := s.paperDesk(r, &v.Page)
	if err != nil {
		return v, desk, err
	}
	chosen, err := s.ledgerColumns(r, me, desk)
	if err != nil {
		return v, desk, err
	}
	var names []string
	for _, c := range paper.Columns() {
		names = append(names, v.T("paper.column."+c.Key))
	}
	v.Form = v.Page.Form(ledgerPath, &web.Field{Name: "columns", Kind: web.Area, Label: v.T("ledger.columns"), Hint: v.T("ledger.hint", "Columns", strings.Join(names, v.T("paper.and"))), Required: true, Max: 2000, Rows: 24,
		Value: desk.Written(chosen)})
	v.Form.Submit = v.T("settings.save")
	return v, desk, nil
}

func (s *Site) ledgerPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, _, err := s.ledgerForm(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "form", v)
}

func (s *Site) saveLedger(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, desk, err := s.ledgerForm(r, me)
	if err != nil {
		return err
	}
	setting := ""
	if err = v.Form.Read(r); err == nil {
		setting, err = desk.Read(v.Form.Value("columns"))
	}
	if err == nil {
		err = registry.SetSettings(r.Context(), s.DB, me.actor, map[string]string{paper.LedgerColumns(me.actor.Under("").Congress): setting})
	}
	if err != nil {
		return s.Again(w, r, "form", v, v.Form, err)
	}
	return s.Done(w, r, ledgerPath, "settings.saved")
}

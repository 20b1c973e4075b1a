package pages

import (
	"net/http"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/suggestion"
	"lianxin/internal/table"
	"lianxin/internal/web"
	"lianxin/internal/web/paper"
)

const backPath = "/suggestions/paste"

func (s *Site) backRoutes() {
	s.Handle("GET "+backPath, signedIn(s.backPage))
	s.HandleUpload("POST "+backPath, maxUpload, signedIn(s.back))
	s.Handle("GET "+backPath+"/template.xlsx", signedIn(s.backTemplate))
}

// backView takes the ledger back, under the office's own headings and the system's.
func (s *Site) backView(r *http.Request, me *visitor) (*pasteView, error) {
	if !me.actor.Has(policy.Clerk, policy.Motions) {
		return nil, errs.New(errs.Denied, "errs.denied")
	}
	v := &pasteView{Page: s.Page(r, "back.title"), Template: backPath + "/template.xlsx", known: suggestion.PasteFields()}
	v.Lead, v.Up = v.T("back.lead"), &web.Link{Href: printPath, Text: v.T("printout.title")}
	desk, err := s.paperDesk(r, &v.Page)
	if err != nil {
		return nil, err
	}
	chosen, err := s.ledgerColumns(r, me, desk)
	if err != nil {
		return nil, err
	}
	v.fields = desk.Headings(chosen)
	v.pasteForm(backPath, v.T("back.hint", "Columns", strings.Join(backColumns(&v.Page), v.T("paper.and"))))
	return v, nil
}

func backColumns(p *web.Page) []string {
	var labels []string
	for _, f := range suggestion.PasteFields() {
		labels = append(labels, p.T("paper.column."+f))
	}
	return labels
}

func (s *Site) backPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.backView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "paste", v)
}

// backTemplate is an empty sheet with the columns that are taken back.
func (s *Site) backTemplate(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	p := s.Page(r, "back.title")
	return s.excel(w, p.Title, "ledger-back", [][]string{backColumns(&p)})
}

func (s *Site) back(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.backView(r, me)
	if err != nil {
		return err
	}
	return s.pasted(w, r, v, "/suggestions", func(rows []table.Row) ([]casework.Pasted, error) {
		return suggestion.PasteBack(r.Context(), s.Cases, me.actor, rows, suggestion.PasteOptions{Key: v.Form.Key, Apply: v.Form.Ticked("sure"), Serial: func(session, phase string, n int64) string {
			return paper.SerialWords(&v.Page, session, phase, n)
		}})
	})
}

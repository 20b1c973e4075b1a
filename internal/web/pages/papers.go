package pages

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/table"
	"lianxin/internal/web"
	"lianxin/internal/web/paper"
)

// Kinds of files that a paper comes as; "" is a page to print.
const (
	asWord  = "docx"
	asPDF   = "pdf"
	asSheet = "xlsx"
)

const (
	wordType  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	excelType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

func (s *Site) paperRoutes() {
	s.Handle("GET /cases/{number}/letter/{file}", signedIn(s.letter))
	s.Handle("GET /cases/{number}/form/{file}", signedIn(s.verdictForm))
	s.Handle("GET /settings/papers", s.may(policy.KindSettings, "edit", s.paperSettings))
	s.Handle("POST /settings/papers", s.may(policy.KindSettings, "edit", s.savePaperSettings))
}

// paperDesk is where papers are laid out.
func (s *Site) paperDesk(r *http.Request, p *web.Page) (paper.Desk, error) {
	d := paper.Desk{Words: p, Today: deadline.DateOf(s.now())}
	var err error
	if d.Names, err = registry.LoadNames(r.Context(), s.DB.Reader()); err == nil {
		d.Settings, err = registry.Settings(r.Context(), s.DB.Reader(), paper.Settings()...)
	}
	return d, err
}

// lettered is a case and one of its assignments, as an address names them: "2.docx".
type lettered struct {
	desk   paper.Desk
	view   *casework.View
	part   casework.AssignmentView
	agency registry.Agency
	office registry.Office
	ext    string
}

func (s *Site) lettered(r *http.Request, me *visitor) (lettered, error) {
	p := s.Page(r, "papers.title")
	var l lettered
	name, ext, _ := strings.Cut(r.PathValue("file"), ".")
	l.ext = ext
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return l, errs.New(errs.NotFound, "errs.not_found")
	}
	if l.view, err = s.Cases.View(r.Context(), me.actor, r.PathValue("number")); err != nil {
		return l, err
	}
	if l.desk, err = s.paperDesk(r, &p); err != nil {
		return l, err
	}
	if l.office, err = registry.GetOffice(r.Context(), s.DB.Reader(), l.view.Office); err != nil {
		return l, err
	}
	for _, a := range l.view.Assigned {
		if a.N == n {
			l.part = a
			l.agency, err = registry.GetAgency(r.Context(), s.DB.Reader(), a.Agency)
			return l, err
		}
	}
	return l, errs.New(errs.NotFound, "casework.no_such_assignment").With(errs.Args{"N": n})
}

// letter is the answer, the second answer or the co-handler's opinion of an assignment: for whoever sees the case, before it is issued as a draft.
func (s *Site) letter(w http.ResponseWriter, r *http.Request, me *visitor) error {
	l, err := s.lettered(r, me)
	if err != nil {
		return err
	}
	which, _ := strconv.Atoi(r.URL.Query().Get("reply")) // what is no number is the last
	letter, err := l.desk.Answer(l.view, l.part, which, l.agency, l.office)
	if err != nil {
		return err
	}
	return s.paper(w, r, letter.Document(), l.ext, l.view.Number+"-"+strconv.FormatInt(l.part.N, 10))
}

// verdictForm is the sheet on which the deputy says what he thinks of an assignment's last answer.
func (s *Site) verdictForm(w http.ResponseWriter, r *http.Request, me *visitor) error {
	l, err := s.lettered(r, me)
	if err != nil {
		return err
	}
	replies := paper.Replies(l.view, l.part.N)
	if len(replies) == 0 || replies[len(replies)-1].Kind == paper.Opinion {
		return errs.New(errs.NotFound, "paper.no_reply")
	}
	doc := l.desk.Form(l.view, l.part, replies[len(replies)-1], l.agency, l.office).Document()
	return s.paper(w, r, doc, l.ext, l.view.Number+"-"+strconv.FormatInt(l.part.N, 10))
}

// paperActs are the ways to have a paper: a page to print, Word, PDF where there is a browser to make it, Excel.
func (s *Site) paperActs(p *web.Page, path string) []web.Act {
	acts := []web.Act{{Href: path, Text: p.T("papers.as_page")}, {Href: path + "." + asWord, Text: p.T("papers.as_word")}}
	if s.Printer.Ready() {
		acts = append(acts, web.Act{Href: path + "." + asPDF, Text: p.T("papers.as_pdf")})
	}
	return append(acts, web.Act{Href: path + "." + asSheet, Text: p.T("papers.as_excel")})
}

// paper answers with a document as a Word file, a PDF or a page to print.
func (s *Site) paper(w http.ResponseWriter, r *http.Request, doc render.Document, ext, number string) error {
	switch ext {
	case asWord:
		attach(w, wordType, doc.Name, number, ext)
		return render.Word(w, doc)
	case "", asPDF:
		var page bytes.Buffer
		if err := render.HTML(&page, doc); err != nil {
			return err
		}
		if ext == "" {
			return web.Paper(w, page.Bytes())
		}
		pdf, err := s.Printer.PDF(r.Context(), page.Bytes())
		if err != nil {
			return err
		}
		attach(w, "application/pdf", doc.Name, number, ext)
		_, err = w.Write(pdf)
		return err
	}
	return errs.New(errs.NotFound, "errs.not_found")
}

// excel answers with rows as an Excel file.
func (s *Site) excel(w http.ResponseWriter, title, number string, rows [][]string) error {
	attach(w, excelType, title, number, asSheet)
	return table.WriteExcel(w, title, rows)
}

// attach names a download in the language of its title; old programs get the number.
func attach(w http.ResponseWriter, mediaType, title, number, ext string) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", `attachment; filename="`+number+"."+ext+`"; filename*=UTF-8''`+url.PathEscape(title)+"."+ext)
	h.Set("Cache-Control", "private, no-store")
}

// papersOf lists the papers of an assignment for its card on the case's page.
func (s *Site) papersOf(p *web.Page, v *casework.View, n int64) []web.Act {
	replies := paper.Replies(v, n)
	path := "/cases/" + v.Number + "/letter/" + strconv.FormatInt(n, 10)
	var acts []web.Act
	for i, reply := range replies {
		query := ""
		if i < len(replies)-1 {
			query = "?reply=" + strconv.Itoa(i+1)
		}
		word := p.T("papers.letter_" + reply.Kind)
		if !reply.Issued() {
			word = p.T("papers.draft", "Letter", word)
		}
		acts = append(acts, web.Act{Href: path + query, Text: p.T("papers.print", "Letter", word)}, web.Act{Href: path + "." + asWord + query, Text: p.T("papers.word", "Letter", word)})
		if s.Printer.Ready() {
			acts = append(acts, web.Act{Href: path + "." + asPDF + query, Text: p.T("papers.pdf", "Letter", word)})
		}
		if reply.Kind != paper.Opinion && i == len(replies)-1 {
			form := "/cases/" + v.Number + "/form/" + strconv.FormatInt(n, 10)
			acts = append(acts, web.Act{Href: form + "." + asWord, Text: p.T("papers.word", "Letter", p.T("papers.form"))})
		}
	}
	return acts
}

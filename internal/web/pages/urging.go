package pages

import (
	"fmt"
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
	"lianxin/internal/web"
)

func (s *Site) urgingRoutes() {
	s.Handle("GET /urging", signedIn(s.urging))
	s.Handle("GET /urging/{agency}/letter.docx", signedIn(s.urgingLetter))
	s.Handle("GET /promises", signedIn(s.promises))
	s.Handle("GET /service-list", signedIn(s.serviceList))
}

// maxLate is how many late assignments the page of urging shows (our default).
const maxLate = 500

// mayUrge are the roles the page of urging is for.
var mayUrge = []policy.Role{policy.Clerk, policy.Street, policy.Leader, policy.Supervision}

type urgingView struct {
	web.Page
	Agencies []lateAgency
	Empty    web.Empty
}

// lateAgency is an agency with what it is late with, whom to ring, and a text to send to it.
type lateAgency struct {
	ID, Name string
	Whom     []string
	Table    web.Table
	Text     string
	Record   string // address of the page that records the urging of all of them
	Letter   string // address of the 督办单
}

// urging gathers what is amber or red by agency: whom to ring, a text to copy, a letter to print, and the recording of what was done.
func (s *Site) urging(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if !me.actor.Has(mayUrge...) {
		return errs.New(errs.Denied, "errs.denied")
	}
	v := &urgingView{Page: s.Page(r, "urging.title")}
	v.Lead, v.Empty = v.T("urging.lead"), web.Empty{Text: v.T("urging.none")}
	items, err := s.Cases.Late(r.Context(), me.actor, "", maxLate)
	if err != nil {
		return err
	}
	for len(items) > 0 {
		n := 1
		for n < len(items) && items[n].Agency == items[0].Agency {
			n++
		}
		agency, err := s.lateAgency(r, &v.Page, items[:n])
		if err != nil {
			return err
		}
		v.Agencies = append(v.Agencies, agency)
		items = items[n:]
	}
	return s.Render(w, r, "urging", v)
}

func (s *Site) lateAgency(r *http.Request, p *web.Page, items []casework.DeskItem) (lateAgency, error) {
	agency, err := registry.GetAgency(r.Context(), s.DB.Reader(), items[0].Agency)
	if err != nil {
		return lateAgency{}, err
	}
	a := lateAgency{ID: agency.ID, Name: agency.Name, Letter: "/urging/" + url.PathEscape(agency.ID) + "/letter.docx"}
	liaisons, err := registry.Liaisons(r.Context(), s.DB.Reader(), agency.ID, deadline.DateOf(s.now()))
	if err != nil {
		return a, err
	}
	for _, l := range liaisons {
		a.Whom = append(a.Whom, strings.TrimSpace(l.Name+" "+l.Duty+" "+l.Phone))
	}
	if agency.Phone != "" {
		a.Whom = append(a.Whom, p.T("urging.office_phone", "Phone", agency.Phone))
	}
	a.Table = web.Table{Caption: p.T("urging.of", "Agency", agency.Name), Columns: []web.Column{{Label: p.T("case.number"), Narrow: true}, {Label: p.T("case.title")},
		{Label: p.T("case.due"), Narrow: true}, {Label: p.T("urging.spell"), Narrow: true}}}
	lines, record := []string{p.T("urging.text_head", "Agency", agency.Name, "N", len(items))}, url.Values{"action": {"urge"}}
	for i, item := range items {
		due, spell := s.spell(p, item)
		a.Table.Rows = append(a.Table.Rows, []web.Cell{{Text: item.Number, Href: fmt.Sprintf("/cases/%s#a%d", item.Number, item.N)}, {Text: item.Title},
			{Text: string(due), Lamp: deadline.LampOf(item.ItemAmber, item.ItemDue, s.now())}, {Text: spell}})
		lines = append(lines, p.T("urging.text_line", "N", i+1, "Number", item.Number, "Title", item.Title, "Due", string(due), "Spell", spell))
		if !strings.Contains(","+strings.Join(record["n"], ",")+",", ","+item.Number+",") {
			record.Add("n", item.Number)
		}
	}
	a.Text, a.Record = strings.Join(append(lines, p.T("urging.text_foot")), "\n"), "/bulk?"+record.Encode()
	return a, nil
}

// spell words how late an assignment is, or how long it still has.
func (s *Site) spell(p *web.Page, item casework.DeskItem) (deadline.Date, string) {
	due := deadline.DateOf(microTime(item.ItemDue - 1))
	days := due.Until(deadline.DateOf(s.now()))
	switch {
	case days > 0:
		return due, p.T("urging.late_days", "N", days)
	case days == 0:
		return due, p.T("urging.today")
	}
	return due, p.T("urging.days_left", "N", -days)
}

// urgingLetter is the 督办单 of an agency in Word: what it is late with, since when, and what is asked of it.
func (s *Site) urgingLetter(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if !me.actor.Has(mayUrge...) {
		return errs.New(errs.Denied, "errs.denied")
	}
	items, err := s.Cases.Late(r.Context(), me.actor, r.PathValue("agency"), maxLate)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return errs.New(errs.NotFound, "urging.none")
	}
	p := s.Page(r, "urging.title")
	agency, err := registry.GetAgency(r.Context(), s.DB.Reader(), items[0].Agency)
	if err != nil {
		return err
	}
	head := []string{p.T("urging.column_n"), p.T("case.number"), p.T("case.title"), p.T("case.due"), p.T("urging.spell")}
	list := render.Table{Points: 12}
	for i, width := range []float64{1, 3, 6, 2.2, 2.5} {
		list.Columns = append(list.Columns, render.Column{Title: head[i], Width: width})
	}
	for i, item := range items {
		due, spell := s.spell(&p, item)
		list.Rows = append(list.Rows, render.Line(strconv.Itoa(i+1), item.Number, item.Title, string(due), spell))
	}
	doc := render.Letter{Title: p.T("urging.letter_title"), To: agency.Name + "：", Sign: p.Site, Date: p.T("urging.letter_date", "Date", p.Date(deadline.DateOf(s.now()))),
		Body: []render.Block{render.Paragraph{Text: p.T("urging.letter_head", "N", len(items))}, list, render.Paragraph{Text: p.T("urging.letter_foot"), Before: 1}}}.Document()
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	h.Set("Content-Disposition", `attachment; filename="`+"duban-"+string(deadline.DateOf(s.now()))+`.docx"`)
	return render.Word(w, doc)
}

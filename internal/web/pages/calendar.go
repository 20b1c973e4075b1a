package pages

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/web"
)

func (s *Site) poster(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	t, err := s.tableOf(r)
	if err != nil {
		return err
	}
	param := map[string]string{"station": "station", "grid": "grid", "person": "deputy"}[t.Name]
	if param == "" {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	id := r.PathValue("id")
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	v := &registryView{Page: s.Page(r, "poster.title")}
	v.Title = v.T("poster.heading", "Place", names.Of(t.Name, id))
	v.Link = s.PublicURL + "/say?" + param + "=" + id
	svg, err := render.QR(v.Link, v.T("poster.qr"))
	if err != nil {
		return err
	}
	v.QR = template.URL(render.DataURI(svg))
	people, err := s.postered(r, t.Name, id)
	for _, p := range people {
		v.Whose = append(v.Whose, p.Name)
	}
	if err != nil {
		return err
	}
	return s.Render(w, r, "poster", v)
}

func (s *Site) postered(r *http.Request, table, id string) ([]registry.Person, error) {
	on := deadline.DateOf(s.now())
	switch table {
	case "grid":
		return registry.DeputiesOfGrid(r.Context(), s.DB.Reader(), id, on)
	case "station":
		return registry.DeputiesOfStation(r.Context(), s.DB.Reader(), id, on)
	}
	return nil, nil
}

func (s *Site) calendarNow(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	return web.Redirect(w, r, "/calendar/"+strconv.Itoa(deadline.DateOf(s.now()).Year()))
}

func (s *Site) calendarView(r *http.Request, me *visitor) (*registryView, int, error) {
	year, err := strconv.Atoi(r.PathValue("year"))
	if err != nil || year < 2007 || year > 2100 {
		return nil, 0, errs.New(errs.NotFound, "errs.not_found")
	}
	cal, err := registry.Calendar(r.Context(), s.DB.Reader())
	if err != nil {
		return nil, 0, err
	}
	v := &registryView{Page: s.Page(r, "calendar.year", "Year", year), Calendar: cal.Year(year)}
	v.Lead = v.T("calendar.lead")
	v.Reading = cal.Version()
	if !cal.Announced(year) {
		v.Lead = v.T("calendar.unannounced", "Year", year)
	}
	v.Editable = s.Policy.Can(me.actor, policy.KindRegistry, "edit_calendar")
	v.Acts = []web.Act{{Href: "/calendar/" + strconv.Itoa(year-1), Text: v.T("calendar.previous")}, {Href: "/calendar/" + strconv.Itoa(year+1), Text: v.T("calendar.next")}}
	v.Table = web.Table{Caption: v.Title, Empty: web.Empty{Text: v.T("calendar.none")}, Columns: []web.Column{
		{Label: v.T("calendar.date"), Narrow: true}, {Label: v.T("calendar.kind"), Narrow: true}, {Label: v.T("calendar.name")}}}
	var lines []string
	for _, d := range v.Calendar {
		kind, tone := "calendar.work", web.Caution
		if d.Off {
			kind, tone = "calendar.off", web.Good
		}
		v.Table.Rows = append(v.Table.Rows, []web.Cell{{Text: string(d.Date)}, {Badge: &web.Badge{Text: v.T(kind), Tone: tone}}, {Text: d.Name}})
		lines = append(lines, strings.Join([]string{string(d.Date), v.T(kind), d.Name}, " "))
	}
	v.Form = v.Page.Form(r.URL.Path, &web.Field{Name: "days", Kind: web.Area, Label: v.T("calendar.days"), Hint: v.T("calendar.days_hint"), Max: 20000, Rows: 14, Value: strings.Join(lines, "\n")})
	v.Form.Submit = v.T("calendar.save")
	return v, year, nil
}

func (s *Site) calendar(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, _, err := s.calendarView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "calendar", v)
}

func (s *Site) setCalendar(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, year, err := s.calendarView(r, me)
	if err != nil {
		return err
	}
	err = v.Form.Read(r)
	var days []deadline.Day
	if err == nil {
		days, err = readDays(&v.Page, v.Form.Value("days"))
	}
	if err == nil {
		err = registry.SetYear(r.Context(), s.DB, me.actor, year, days)
	}
	if err != nil {
		return s.Again(w, r, "calendar", v, v.Form, err)
	}
	moved, err := s.Cases.Recalculate(r.Context())
	if err != nil {
		return err
	}
	return s.Done(w, r, r.URL.Path, "calendar.saved", "N", moved)
}

func readDays(p *web.Page, text string) ([]deadline.Day, error) {
	var days []deadline.Day
	for i, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		bad := errs.New(errs.Invalid, "calendar.bad_line").With(errs.Args{"Line": i + 1}).At("days")
		if len(words) < 2 {
			return nil, bad
		}
		off := words[1] == p.T("calendar.off")
		if _, err := deadline.ParseDate(words[0]); err != nil || !off && words[1] != p.T("calendar.work") {
			return nil, bad
		}
		days = append(days, deadline.Day{Date: deadline.Date(words[0]), Off: off, Name: strings.Join(words[2:], " ")})
	}
	return days, nil
}

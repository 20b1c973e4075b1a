package pages

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/store"
	"lianxin/internal/web"
)

func (s *Site) registryRoutes() {
	s.Handle("GET /registry", s.may(policy.KindRegistry, "view", s.registry))
	s.Handle("GET /registry/{table}", s.may(policy.KindRegistry, "view", s.kept))
	s.Handle("GET /registry/{table}/template.csv", s.may(policy.KindRegistry, "view", s.keptTemplate))
	s.Handle("GET /registry/{table}/export.csv", s.may(policy.KindRegistry, "view", s.keptExport))
	s.Handle("GET /registry/{table}/import", signedIn(s.importPage))
	s.HandleUpload("POST /registry/{table}/import", 20<<20, signedIn(s.importFile))
	s.Handle("GET /registry/{table}/new", signedIn(s.keptForm))
	s.Handle("POST /registry/{table}/new", signedIn(s.keep))
	s.Handle("GET /registry/{table}/{id}", signedIn(s.keptForm))
	s.Handle("POST /registry/{table}/{id}", signedIn(s.keep))
	s.Handle("GET /registry/{table}/{id}/poster", s.may(policy.KindRegistry, "view", s.poster))
	s.Handle("GET /calendar", s.may(policy.KindRegistry, "view", s.calendarNow))
	s.Handle("GET /calendar/{year}", s.may(policy.KindRegistry, "view", s.calendar))
	s.Handle("POST /calendar/{year}", s.may(policy.KindRegistry, "edit_calendar", s.setCalendar))
}

// editable reports whether the visitor keeps the table.
func (s *Site) editable(me *visitor, t registry.Table) bool {
	action := "edit"
	if t.Admin {
		action = "edit_admin"
	}
	return s.Policy.Can(me.actor, policy.KindRegistry, action)
}

func (s *Site) tableOf(r *http.Request) (registry.Table, error) {
	t, ok := registry.FindTable(r.PathValue("table"))
	if !ok {
		return t, errs.New(errs.NotFound, "registry.no_table")
	}
	return t, nil
}

type registryView struct {
	web.Page
	Table    web.Table
	Acts     []web.Act
	Pager    web.Pager
	Filter   *web.Form
	Form     *web.Form
	Report   *registry.Report
	Wrong    web.Table
	QR       template.URL
	Link     string
	Whose    []string
	Reading  string
	Calendar []deadline.Day
	Editable bool
}

func (s *Site) registry(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v := &registryView{Page: s.Page(r, "nav.registry")}
	v.Table = web.Table{Caption: v.Title, Columns: []web.Column{{Label: v.T("reg.table")}, {Label: v.T("reg.rows"), Narrow: true}, {Label: v.T("reg.keeper")}}}
	for _, t := range registry.Tables() {
		n, err := store.One[int](r.Context(), s.DB.Reader(), "select count(*) from "+t.Name)
		if err != nil {
			return err
		}
		keeper := "role.clerk"
		if t.Admin {
			keeper = "role.admin"
		}
		v.Table.Rows = append(v.Table.Rows, []web.Cell{{Text: v.T("registry.table." + t.Name), Href: "/registry/" + t.Name}, {Text: strconv.Itoa(n)}, {Text: v.T(keeper)}})
	}
	v.Table.Rows = append(v.Table.Rows, []web.Cell{{Text: v.T("calendar.title"), Href: "/calendar"}, {}, {Text: v.T("role.admin")}})
	return s.Render(w, r, "registry", v)
}

// shown are at most so many rows on a page of a kept table.
const shown = 100

func (s *Site) kept(w http.ResponseWriter, r *http.Request, me *visitor) error {
	t, err := s.tableOf(r)
	if err != nil {
		return err
	}
	v := &registryView{Page: s.Page(r, "registry.table."+t.Name)}
	v.Up = &web.Link{Href: "/registry", Text: v.T("nav.registry")}
	v.Filter = v.Page.Filter("/registry/"+t.Name, &web.Field{Name: "q", Kind: web.Line, Label: v.T("reg.q"), Max: 60})
	if err := v.Filter.Read(r); err != nil {
		return s.Again(w, r, "kept", v, v.Filter, err)
	}
	if s.editable(me, t) {
		v.Acts = append(v.Acts, web.Act{Href: "/registry/" + t.Name + "/new", Text: v.T("reg.new"), Main: true}, web.Act{Href: "/registry/" + t.Name + "/import", Text: v.T("reg.import")})
	}
	v.Acts = append(v.Acts, web.Act{Href: "/registry/" + t.Name + "/export.csv", Text: v.T("reg.export")})
	rows, err := registry.Rows(r.Context(), s.DB.Reader(), t, nil)
	if err != nil {
		return err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	return s.keptTable(w, r, v, t, rows, names)
}

func (s *Site) keptTable(w http.ResponseWriter, r *http.Request, v *registryView, t registry.Table, rows []map[string]string, names registry.Names) error {
	columns := []string{"id"}
	for _, f := range t.Fields {
		columns = append(columns, f.Name)
	}
	columns = append(columns, "valid_from", "valid_to")
	v.Table = web.Table{Caption: v.Title, Empty: web.Empty{Text: v.T("reg.none")}}
	for _, c := range columns {
		v.Table.Columns = append(v.Table.Columns, web.Column{Label: v.T("registry.field." + c), Narrow: c == "id" || strings.HasPrefix(c, "valid")})
	}
	var all [][]web.Cell
	for _, row := range rows {
		var cells []web.Cell
		text := ""
		for _, c := range columns {
			cell := web.Cell{Text: wordCell(&v.Page, t, names, c, row[c])}
			if c == "id" {
				cell.Href = "/registry/" + t.Name + "/" + row["id"]
			}
			text += cell.Text + "\n"
			cells = append(cells, cell)
		}
		if strings.Contains(text, v.Filter.Value("q")) {
			all = append(all, cells)
		}
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := min(max(page, 0)*shown, len(all))
	v.Table.Rows = all[from:min(from+shown, len(all))]
	v.Pager = web.Pager{Summary: v.T("cases.total", "N", len(all))}
	if from > 0 {
		v.Pager.First = v.Filter.Link()
	}
	if from+shown < len(all) {
		v.Pager.Next = v.Filter.Link("page", strconv.Itoa(page+1))
	}
	return s.Render(w, r, "kept", v)
}

// wordCell words a value for people.
func wordCell(p *web.Page, t registry.Table, names registry.Names, column, value string) string {
	f, ok := t.Field(column)
	switch {
	case !ok || value == "":
		return value
	case f.Type == registry.Enum:
		return p.T("registry.option." + value)
	case f.Type == registry.Flag && value == "true":
		return p.T("registry.yes")
	case f.Type == registry.Flag:
		return p.T("registry.no")
	case f.Type == registry.Ref:
		return names.Of(f.Ref, value)
	}
	return value
}

func (s *Site) csv(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
}

func (s *Site) keptTemplate(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	t, err := s.tableOf(r)
	if err != nil {
		return err
	}
	s.csv(w, t.Name+"-template")
	p := s.Page(r, "nav.registry")
	return registry.Template(w, t, p.T)
}

func (s *Site) keptExport(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	t, err := s.tableOf(r)
	if err != nil {
		return err
	}
	s.csv(w, t.Name)
	p := s.Page(r, "nav.registry")
	return registry.Export(r.Context(), s.DB.Reader(), w, t, p.T)
}

// keptView is the form of one row.
func (s *Site) keptView(r *http.Request, me *visitor) (*registryView, registry.Table, error) {
	t, err := s.tableOf(r)
	if err != nil {
		return nil, t, err
	}
	if !s.Policy.Can(me.actor, policy.KindRegistry, "view") {
		return nil, t, errs.New(errs.Denied, "errs.denied")
	}
	v := &registryView{Page: s.Page(r, "reg.edit", "Table", "")}
	v.Title = v.T("reg.edit", "Table", v.T("registry.table."+t.Name))
	v.Up = &web.Link{Href: "/registry/" + t.Name, Text: v.T("registry.table." + t.Name)}
	v.Editable = s.editable(me, t)
	id := r.PathValue("id")
	v.Form = v.Page.Form(r.URL.Path)
	idField := &web.Field{Name: "id", Kind: web.Line, Label: v.T("registry.field.id"), Hint: v.T("reg.id_hint"), Max: 40, Value: id}
	if id != "" {
		idField.Kind = web.Hidden
	}
	v.Form.Add(idField)
	for _, f := range t.Fields {
		field, err := s.keptField(r, &v.Page, f)
		if err != nil {
			return nil, t, err
		}
		v.Form.Add(field)
	}
	v.Form.Add(&web.Field{Name: "valid_from", Kind: web.Date, Label: v.T("registry.field.valid_from"), Narrow: true},
		&web.Field{Name: "valid_to", Kind: web.Date, Label: v.T("registry.field.valid_to"), Hint: v.T("reg.valid_to_hint"), Narrow: true})
	v.Form.Submit, v.Form.Cancel = v.T("reg.save"), v.Up.Href
	if id != "" {
		err = s.fillKept(r, v, t, id)
	}
	if t.Name == "station" || t.Name == "grid" || t.Name == "person" {
		v.Acts = append(v.Acts, web.Act{Href: "/registry/" + t.Name + "/" + id + "/poster", Text: v.T("poster.title")})
	}
	return v, t, err
}

func (s *Site) fillKept(r *http.Request, v *registryView, t registry.Table, id string) error {
	rows, err := registry.Rows(r.Context(), s.DB.Reader(), t, new(store.Where).And("id = ?", id))
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return errs.New(errs.NotFound, "store.not_found")
	}
	for name, value := range rows[0] {
		f, ok := t.Field(name)
		if ok && f.Type == registry.Flag {
			v.Form.Field(name).Ticked(value == "true")
			continue
		}
		v.Form.Set(name, value)
	}
	v.Form.Version, err = strconv.ParseInt(rows[0]["version"], 10, 64)
	return err
}

func (s *Site) keptField(r *http.Request, p *web.Page, f registry.Field) (*web.Field, error) {
	field := &web.Field{Name: f.Name, Label: p.T("registry.field." + f.Name), Required: f.Required, Max: f.Max}
	switch f.Type {
	case registry.Line, registry.Int:
		field.Kind = web.Line
		if f.Type == registry.Int {
			field.Max = 12
		}
	case registry.Day:
		field.Kind = web.Date
	case registry.Flag:
		field.Kind = web.Check
	case registry.Enum:
		field.Kind = web.Select
		for _, o := range f.Options {
			field.Options = append(field.Options, web.Option{Value: o, Label: p.T("registry.option." + o)})
		}
	case registry.Ref:
		field.Kind = web.Select
		names, err := registry.LoadNames(r.Context(), s.DB.Reader())
		if err != nil {
			return nil, err
		}
		rows, err := store.All[string](r.Context(), s.DB.Reader(), "select id from "+f.Ref+` order by id collate "C"`)
		if err != nil {
			return nil, err
		}
		for _, id := range rows {
			field.Options = append(field.Options, web.Option{Value: id, Label: names.Of(f.Ref, id)})
		}
	}
	return field, nil
}

func (s *Site) keptForm(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, _, err := s.keptView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "kept-form", v)
}

func (s *Site) keep(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, t, err := s.keptView(r, me)
	if err != nil {
		return err
	}
	if !v.Editable {
		return errs.New(errs.Denied, "errs.denied")
	}
	err = v.Form.Read(r)
	var report *registry.Report
	if err == nil {
		values := map[string]string{}
		for _, f := range v.Form.Fields {
			values[f.Name] = f.Value
		}
		for _, f := range t.Fields {
			if f.Type == registry.Flag {
				values[f.Name] = fmt.Sprint(v.Form.Ticked(f.Name))
			}
		}
		if id := r.PathValue("id"); id != "" {
			values["id"] = id
		}
		report, err = registry.Put(r.Context(), s.DB, me.actor, t.Name, []registry.Row{{Version: v.Form.Version, Values: values}}, false)
	}
	if err == nil {
		err = report.First()
	}
	if err != nil {
		return s.Again(w, r, "kept-form", v, v.Form, err)
	}
	return s.Done(w, r, "/registry/"+t.Name, "reg.saved")
}

func (s *Site) importView(r *http.Request, me *visitor) (*registryView, registry.Table, error) {
	t, err := s.tableOf(r)
	if err != nil {
		return nil, t, err
	}
	if !s.editable(me, t) {
		return nil, t, errs.New(errs.Denied, "errs.denied")
	}
	v := &registryView{Page: s.Page(r, "reg.import")}
	v.Title = v.T("reg.import_title", "Table", v.T("registry.table."+t.Name))
	v.Lead = v.T("reg.import_lead")
	v.Up = &web.Link{Href: "/registry/" + t.Name, Text: v.T("registry.table." + t.Name)}
	v.Acts = []web.Act{{Href: "/registry/" + t.Name + "/template.csv", Text: v.T("reg.template")}}
	v.Form = v.Page.Form(r.URL.Path, &web.Field{Name: "file", Kind: web.File, Label: v.T("reg.file"), Hint: v.T("reg.file_hint"), Required: true, Max: 1},
		&web.Field{Name: "dry", Kind: web.Check, Label: v.T("reg.dry"), Hint: v.T("reg.dry_hint")})
	v.Form.Field("dry").Ticked(true)
	v.Form.Submit = v.T("reg.import")
	return v, t, nil
}

func (s *Site) importPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, _, err := s.importView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "import", v)
}

func (s *Site) importFile(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, t, err := s.importView(r, me)
	if err != nil {
		return err
	}
	if err := v.Form.Read(r); err != nil {
		return s.Again(w, r, "import", v, v.Form, err)
	}
	file, err := v.Form.Field("file").Files[0].Open()
	if err != nil {
		return err
	}
	defer file.Close()
	dry := v.Form.Ticked("dry")
	v.Report, err = registry.Import(r.Context(), s.DB, me.actor, t, file, v.T, dry)
	if err != nil {
		return s.Again(w, r, "import", v, v.Form, err)
	}
	if len(v.Report.Wrong) == 0 && !dry {
		return s.Done(w, r, "/registry/"+t.Name, "reg.imported", "New", v.Report.New, "Changed", v.Report.Changed)
	}
	v.Wrong = web.Table{Caption: v.T("reg.wrong", "N", len(v.Report.Wrong)), ShowCaption: true, Columns: []web.Column{
		{Label: v.T("reg.line"), Narrow: true}, {Label: v.T("reg.column"), Narrow: true}, {Label: v.T("reg.problem")}}}
	for _, c := range v.Report.Wrong {
		label := c.Field
		if _, ok := t.Field(c.Field); ok || slices.Contains([]string{"id", "congress_id", "valid_from", "valid_to"}, c.Field) {
			label = v.T("registry.field." + c.Field)
		}
		v.Wrong.Rows = append(v.Wrong.Rows, []web.Cell{{Text: strconv.Itoa(c.Line)}, {Text: label}, {Text: v.T(c.Err.Key, c.Err.Args)}})
	}
	return s.Render(w, r, "import", v)
}

// poster is the sheet with the QR code that hangs at a station, in a grid, or is handed out by a deputy.
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

// setCalendar writes a year's days and recomputes every open clock.
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

// readDays reads lines such as "2027-01-01 放假 元旦".
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

package pages

import (
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
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
		v.Table.Columns = append(v.Table.Columns, web.Column{Label: v.T("registry.field." + c), Narrow: (c == "id" || strings.HasPrefix(c, "valid")) && len(t.Fields) < 8})
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
	if id == "" && t.Admin && t.Name != "congress" {
		owner, err := s.keptField(r, &v.Page, registry.Field{Name: "congress_id", Type: registry.Ref, Ref: "congress"})
		if err != nil {
			return nil, t, err
		}
		v.Form.Add(owner)
	}
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

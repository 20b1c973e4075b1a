package pages

import (
	"net/http"
	"slices"
	"strconv"

	"lianxin/internal/errs"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

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

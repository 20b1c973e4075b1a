package pages

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/table"
	"lianxin/internal/web"
)

// maxPaste is how many characters can be pasted at once (our default).
const maxPaste = 500_000

func (s *Site) pasteRoutes() {
	s.Handle("GET /cases/paste", signedIn(s.pastePage))
	s.HandleUpload("POST /cases/paste", maxUpload, signedIn(s.paste))
	s.Handle("GET /cases/paste/template.xlsx", signedIn(s.pasteTemplate))
}

type pasteView struct {
	web.Page
	Form  *web.Form
	Table web.Table
	Wrong int
	Told  bool
}

func (s *Site) pasteView(r *http.Request, me *visitor) (*pasteView, error) {
	if !me.actor.Has(policy.Clerk, policy.Street) {
		return nil, errs.New(errs.Denied, "errs.denied")
	}
	v := &pasteView{Page: s.Page(r, "paste.title")}
	v.Lead, v.Up = v.T("paste.lead"), &web.Link{Href: "/cases", Text: v.T("cases.title")}
	v.Form = v.Page.Form("/cases/paste", &web.Field{Name: "rows", Kind: web.Area, Label: v.T("paste.rows"), Hint: v.T("paste.rows_hint", "Columns", s.pasteColumns(&v.Page)), Max: maxPaste, Rows: 12},
		&web.Field{Name: "file", Kind: web.File, Label: v.T("paste.file"), Hint: v.T("reg.file_hint"), Max: 1},
		&web.Field{Name: "sure", Kind: web.Check, Label: v.T("paste.sure"), Hint: v.T("paste.sure_hint")})
	v.Form.Submit = v.T("paste.submit")
	return v, nil
}

func (s *Site) pasteColumns(p *web.Page) string {
	var labels []string
	for _, f := range opinion.PasteFields() {
		labels = append(labels, p.T("opinion.paste."+f))
	}
	return strings.Join(labels, "、")
}

func (s *Site) pastePage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.pasteView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "paste", v)
}

// pasteTemplate is an empty sheet with the columns that can be pasted back.
func (s *Site) pasteTemplate(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	p := s.Page(r, "paste.title")
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="paste-back.xlsx"`)
	return table.WriteExcel(w, p.T("paste.title"), [][]string{strings.Split(s.pasteColumns(&p), "、")})
}

// paste rehearses the rows and shows what each would do; ticked as sure, and with no row refused, it does it.
func (s *Site) paste(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.pasteView(r, me)
	if err != nil {
		return err
	}
	var rows []table.Row
	err = v.Form.Read(r)
	if err == nil {
		rows, err = s.pastedRows(v)
	}
	var found []opinion.Pasted
	if err == nil {
		found, err = opinion.PasteBack(r.Context(), s.Cases, me.actor, rows, v.Form.Key, v.Form.Ticked("sure"))
	}
	if err != nil {
		return s.Again(w, r, "paste", v, v.Form, err)
	}
	for _, p := range found {
		if p.Err != nil {
			v.Wrong++
		}
	}
	if v.Wrong == 0 && v.Form.Ticked("sure") {
		return s.Done(w, r, "/cases", "paste.done", "N", len(found))
	}
	v.Told = true
	v.Table = s.pasteTable(v, found)
	return s.Render(w, r, "paste", v)
}

// pastedRows reads what was pasted or sent as a file, by the columns' names in the head.
func (s *Site) pastedRows(v *pasteView) ([]table.Row, error) {
	var in io.Reader = strings.NewReader(tabbed(v.Form.Value("rows")))
	if files := v.Form.Field("file").Files; len(files) > 0 {
		f, err := files[0].Open()
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	} else if v.Form.Value("rows") == "" {
		return nil, errs.New(errs.Invalid, "paste.empty").At("rows")
	}
	file, err := table.Read(in)
	if err != nil {
		return nil, err
	}
	if len(v.Form.Field("file").Files) > 0 { // so that what was checked is what is sent again
		v.Form.Set("rows", tabs(file))
	}
	fields := map[string]string{}
	for _, f := range opinion.PasteFields() {
		fields[v.T("opinion.paste."+f)] = f
	}
	rows := make([]table.Row, 0, len(file.Rows))
	for _, row := range file.Rows {
		out := table.Row{Line: row.Line, Err: row.Err, Fields: map[string]string{}}
		for head, cell := range row.Fields {
			name, known := fields[strings.TrimSpace(head)]
			if !known && strings.TrimSpace(cell) != "" && row.Err == nil {
				return nil, errs.New(errs.Invalid, "paste.unknown_column").With(errs.Args{"Column": head}).At("rows")
			}
			out.Fields[name] = cell
		}
		rows = append(rows, out)
	}
	if len(rows) == 0 {
		return nil, errs.New(errs.Invalid, "paste.empty").At("rows")
	}
	return rows, nil
}

// tabs writes a file's rows as they would have been pasted.
func tabs(file *table.File) string {
	flat := strings.NewReplacer("\t", " ", "\r", "", "\n", " ")
	lines := []string{strings.Join(file.Header, "\t")}
	for _, row := range file.Rows {
		cells := make([]string, len(file.Header))
		for i, head := range file.Header {
			cells[i] = flat.Replace(row.Fields[head])
		}
		lines = append(lines, strings.Join(cells, "\t"))
	}
	return strings.Join(lines, "\n")
}

// tabbed turns rows copied from a spreadsheet into CSV; what is CSV already stays.
func tabbed(text string) string {
	if !strings.Contains(text, "\t") {
		return text
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		for i, cell := range strings.Split(strings.TrimRight(line, "\r\n"), "\t") {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(`"` + strings.ReplaceAll(strings.Trim(cell, `"`), `"`, `""`) + `"`)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func (s *Site) pasteTable(v *pasteView, found []opinion.Pasted) web.Table {
	t := web.Table{Caption: v.T("paste.preview"), ShowCaption: true, Columns: []web.Column{{Label: v.T("reg.line"), Narrow: true}, {Label: v.T("case.number"), Narrow: true},
		{Label: v.T("paste.acts")}, {Label: v.T("bulk.result")}}}
	for _, p := range found {
		result := web.Cell{Badge: &web.Badge{Text: v.T("bulk.able"), Tone: web.Good}}
		if p.Err != nil {
			result = web.Cell{Badge: &web.Badge{Text: v.T("bulk.unable"), Tone: web.Bad}, Note: strings.Join(v.Sentences(p.Err), "")}
		}
		number := web.Cell{Text: p.Number}
		if p.Err == nil {
			number.Href = "/cases/" + p.Number
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: strconv.Itoa(p.Line)}, number, {Text: strings.Join(p.Actions, "、")}, result})
	}
	return t
}

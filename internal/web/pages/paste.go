package pages

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/casework"
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
	Form     *web.Form
	Table    web.Table
	Template string
	Wrong    int
	Same     int    // rows that change nothing
	Ignored  string // columns that are not taken back
	Told     bool

	fields map[string]string // what each heading is
	known  []string          // fields that are taken back; others of the headings are passed over
}

// pasteForm asks for rows, and whether they are to be written.
func (v *pasteView) pasteForm(path, hint string) {
	v.Form = v.Page.Form(path, &web.Field{Name: "rows", Kind: web.Area, Label: v.T("paste.rows"), Hint: hint, Max: maxPaste, Rows: 12},
		&web.Field{Name: "file", Kind: web.File, Label: v.T("paste.file"), Hint: v.T("reg.file_hint"), Max: 1},
		&web.Field{Name: "sure", Kind: web.Check, Label: v.T("paste.sure"), Hint: v.T("paste.sure_hint")})
	v.Form.Submit = v.T("paste.submit")
}

func (s *Site) pasteView(r *http.Request, me *visitor) (*pasteView, error) {
	if !me.actor.Has(policy.Clerk, policy.Street) {
		return nil, errs.New(errs.Denied, "errs.denied")
	}
	v := &pasteView{Page: s.Page(r, "paste.title"), Template: "/cases/paste/template.xlsx", fields: map[string]string{}, known: opinion.PasteFields()}
	v.Lead, v.Up = v.T("paste.lead"), &web.Link{Href: "/cases", Text: v.T("cases.title")}
	for _, f := range v.known {
		v.fields[v.T("opinion.paste."+f)] = f
	}
	v.pasteForm("/cases/paste", v.T("paste.rows_hint", "Columns", s.pasteColumns(&v.Page)))
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
	return s.pasted(w, r, v, "/cases", func(rows []table.Row) ([]casework.Pasted, error) {
		return opinion.PasteBack(r.Context(), s.Cases, me.actor, rows, v.Form.Key, v.Form.Ticked("sure"))
	})
}

// pasted takes rows back by a kind's own reading of them: rehearsed and shown, or done where that is sure and no row is refused.
func (s *Site) pasted(w http.ResponseWriter, r *http.Request, v *pasteView, done string, back func(rows []table.Row) ([]casework.Pasted, error)) error {
	var rows []table.Row
	err := v.Form.Read(r)
	if err == nil {
		rows, err = s.pastedRows(v)
	}
	var found []casework.Pasted
	if err == nil {
		found, err = back(rows)
	}
	if err != nil {
		return s.Again(w, r, "paste", v, v.Form, err)
	}
	for _, p := range found {
		switch {
		case p.Err != nil:
			v.Wrong++
		case len(p.Requests) == 0:
			v.Same++
		}
	}
	if v.Wrong == 0 && v.Form.Ticked("sure") {
		return s.Done(w, r, done, "paste.done", "N", len(found)-v.Same)
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
	rows := make([]table.Row, 0, len(file.Rows))
	for _, row := range file.Rows {
		out, err := v.read(row)
		if err != nil {
			return nil, err
		}
		rows = append(rows, out)
	}
	if len(rows) == 0 {
		return nil, errs.New(errs.Invalid, "paste.empty").At("rows")
	}
	var ignored []string
	for _, head := range file.Header {
		if name, known := v.fields[head]; known && !slices.Contains(v.known, name) {
			ignored = append(ignored, head)
		}
	}
	v.Ignored = strings.Join(ignored, v.T("paper.and"))
	return rows, nil
}

// read names a row's cells by the fields they are; one under a heading nobody knows is refused.
func (v *pasteView) read(row table.Row) (table.Row, error) {
	out := table.Row{Line: row.Line, Err: row.Err, Fields: map[string]string{}}
	for head, cell := range row.Fields {
		name, known := v.fields[strings.TrimSpace(head)]
		if !known && strings.TrimSpace(cell) != "" && row.Err == nil {
			return out, errs.New(errs.Invalid, "paste.unknown_column").With(errs.Args{"Column": head}).At("rows")
		}
		out.Fields[name] = cell
	}
	return out, nil
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

// pasteTable tells of every row that would change something or cannot, what it would do.
func (s *Site) pasteTable(v *pasteView, found []casework.Pasted) web.Table {
	t := web.Table{Caption: v.T("paste.preview"), ShowCaption: true, Empty: web.Empty{Text: v.T("paste.nothing_new")}, Columns: []web.Column{{Label: v.T("reg.line"), Narrow: true}, {Label: v.T("case.number"), Narrow: true},
		{Label: v.T("paste.acts")}, {Label: v.T("bulk.result")}}}
	for _, p := range found {
		if p.Err == nil && len(p.Requests) == 0 {
			continue
		}
		result := web.Cell{Badge: &web.Badge{Text: v.T("bulk.able"), Tone: web.Good}}
		if p.Err != nil {
			result = web.Cell{Badge: &web.Badge{Text: v.T("bulk.unable"), Tone: web.Bad}, Note: strings.Join(v.Sentences(p.Err), "")}
		}
		number := web.Cell{Text: p.Number}
		if p.Err == nil {
			number.Href = "/cases/" + p.Number
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: strconv.Itoa(p.Line)}, number, {Text: strings.Join(p.Actions, "、"), Note: changesOf(&v.Page, p)}, result})
	}
	return t
}

// changesOf words what a row changes, from what to what.
func changesOf(p *web.Page, row casework.Pasted) string {
	var words []string
	for _, c := range row.Changes {
		from := c.From
		if from == "" {
			from = p.T("paste.blank")
		}
		words = append(words, p.T("paste.change", "Column", p.T("paper.column."+c.Field), "From", from, "To", c.To))
	}
	return strings.Join(words, "；")
}

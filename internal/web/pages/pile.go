package pages

import (
	"bytes"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/table"
	"lianxin/internal/web"
)

// Bounds of a session's pile as it is sent to a page (our default); the command takes more.
const (
	maxPile      = 200
	maxPileBytes = 60 << 20
)

type pileView struct {
	web.Page
	Form  *web.Form
	Sum   *suggestion.Summary
	Wrong web.Table
}

func (s *Site) pileRoutes() {
	s.Handle("GET /suggestions/pile", signedIn(s.pilePage))
	s.HandleUpload("POST /suggestions/pile", maxPileBytes, signedIn(s.takePile))
}

// pileForm is the form a pile comes in by.
func (s *Site) pileForm(r *http.Request, me *visitor) (*pileView, error) {
	if !me.actor.Has(policy.Clerk, policy.Motions) {
		return nil, errs.New(errs.Denied, "errs.denied")
	}
	sessions, err := registry.Sessions(r.Context(), s.DB.Reader(), me.actor.Under("").Congress)
	if err != nil {
		return nil, err
	}
	v := &pileView{Page: s.Page(r, "pile.title")}
	v.Lead = v.T("pile.lead")
	var choices []web.Option
	for _, ss := range sessions {
		choices = append(choices, web.Option{Value: ss.ID, Label: ss.Name}, web.Option{Value: ss.ID + ":" + suggestion.Recess, Label: v.T("pile.recess", "Name", ss.Name)})
	}
	v.Form = v.Page.Form(r.URL.Path, &web.Field{Name: "session", Kind: web.Select, Label: v.T("pile.session"), Options: choices, Required: true},
		&web.Field{Name: "files", Kind: web.File, Label: v.T("pile.files"), Hint: v.T("pile.files_hint"), Required: true, Max: maxPile},
		&web.Field{Name: "dry", Kind: web.Check, Label: v.T("pile.dry"), Hint: v.T("pile.dry_hint")},
		&web.Field{Name: "add", Kind: web.Check, Label: v.T("pile.add"), Hint: v.T("pile.add_hint")})
	v.Form.Field("dry").Ticked(true)
	v.Form.Submit = v.T("pile.send")
	return v, nil
}

func (s *Site) pilePage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.pileForm(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "pile", v)
}

func (s *Site) takePile(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.pileForm(r, me)
	if err != nil {
		return err
	}
	if err := v.Form.Read(r); err != nil {
		return s.Again(w, r, "pile", v, v.Form, err)
	}
	file, names, err := pileOf(v.Form.Field("files").Files)
	if err != nil {
		return s.Again(w, r, "pile", v, v.Form, err)
	}
	dry := v.Form.Ticked("dry")
	v.Sum, err = suggestion.Import(r.Context(), s.Cases, file, suggestion.ImportOptions{Session: v.Form.Value("session"), Account: me.actor.Account, Numbered: true,
		Add: v.Form.Ticked("add"), DryRun: dry, Strict: true})
	if err != nil {
		return s.Again(w, r, "pile", v, v.Form, err)
	}
	if len(v.Sum.Bad) == 0 && !dry {
		return s.Done(w, r, listPath(suggestion.Kind), "pile.taken", "Taken", v.Sum.Taken, "Known", v.Sum.Known)
	}
	v.wrong(names)
	return s.Render(w, r, "pile", v)
}

// wrong tells every bad row, by its file where the pile is of Word files.
func (v *pileView) wrong(names []string) {
	v.Wrong = web.Table{Caption: v.T("pile.wrong", "N", len(v.Sum.Bad)), ShowCaption: true, Columns: []web.Column{{Label: v.T("pile.where"), Narrow: true}, {Label: v.T("reg.problem")}}}
	for _, b := range v.Sum.Bad {
		where := v.T("pile.line", "N", b.Line)
		if len(names) > 0 {
			where = names[b.Line-1]
		}
		v.Wrong.Rows = append(v.Wrong.Rows, []web.Cell{{Text: where}, {Text: strings.Join(v.Sentences(b.Err), " ")}})
	}
}

// pileOf reads one spreadsheet, or Word files as the rows of one; names tells which file each line is.
func pileOf(uploads []web.Upload) (*table.File, []string, error) {
	var sheets []suggestion.Sheet
	for _, u := range uploads {
		f, err := u.Open()
		if err != nil {
			return nil, nil, err
		}
		body, err := io.ReadAll(f) // bounded by the upload's limit
		if err := f.Close(); err != nil {
			return nil, nil, err
		}
		if err != nil {
			return nil, nil, err
		}
		word := strings.EqualFold(path.Ext(u.Filename), ".docx")
		if !word && len(uploads) == 1 {
			file, err := table.Read(bytes.NewReader(body))
			return file, nil, atFiles(err)
		}
		if !word {
			return nil, nil, errs.New(errs.Invalid, "pile.mixed").With(errs.Args{"Name": u.Filename}).At("files")
		}
		sheets = append(sheets, suggestion.Sheet{Name: u.Filename, Body: bytes.NewReader(body)})
	}
	suggestion.SortSheets(sheets)
	var names []string
	for i, sh := range sheets {
		names = append(names, strconv.Itoa(i+1)+" "+sh.Name)
	}
	file, err := suggestion.Pile(sheets)
	return file, names, err
}

// atFiles says that what is wrong is the file.
func atFiles(err error) error {
	if err == nil {
		return nil
	}
	return errs.All(err)[0].At("files")
}

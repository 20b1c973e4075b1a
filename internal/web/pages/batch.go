package pages

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

// batchRows is how many sheets of paper one page of batch entry takes (our default).
const batchRows = 15

func (s *Site) batchRoutes() {
	s.Handle("GET /entry/batch", signedIn(s.batchPage))
	s.HandleUpload("POST /entry/batch", maxUpload, signedIn(s.batch))
}

// batchView is a reception day's paper on one screen: a row a sheet, by keyboard or pasted from a spreadsheet.
type batchView struct {
	web.Page
	Form  *web.Form
	Heads []string
	Rows  [][]*web.Field
	Codes web.Table
}

// batchCells are the cells of a row, in the order of the columns; the catalogue has their labels.
var batchCells = []struct {
	name, key, kind string
	max             int
}{
	{"at", "batch.at", web.Line, 16}, {"name", "case.name", web.Line, opinion.MaxContact}, {"phone", "case.phone", web.Line, opinion.MaxContact},
	{"category", "case.category", web.Select, 0}, {"place", "case.place", web.Line, opinion.MaxPlace}, {"body", "case.body", web.Area, opinion.MaxBody},
}

func cellName(cell string, row int) string { return cell + "-" + strconv.Itoa(row) }

func (s *Site) batchView(r *http.Request, me *visitor) (*batchView, error) {
	if !me.actor.Has(policy.Clerk, policy.Street, policy.Station) {
		return nil, errs.New(errs.Denied, "casework.may_not_enter")
	}
	v := &batchView{Page: s.Page(r, "batch.title")}
	v.Lead, v.Up = v.T("batch.lead"), &web.Link{Href: "/entry", Text: v.T("entry.title")}
	stations, err := s.stations(r, me)
	if err != nil {
		return nil, err
	}
	categories, err := s.categoriesOf(r.Context(), opinion.Kind)
	if err != nil {
		return nil, err
	}
	var sources []web.Option
	for _, source := range opinion.Sources() {
		sources = append(sources, web.Option{Value: source, Label: v.T("source." + source)})
	}
	v.Form = v.Page.Form("/entry/batch", &web.Field{Name: "station", Kind: web.Select, Label: v.T("entry.station"), Options: stations, Blank: v.T("entry.no_station")},
		&web.Field{Name: "source", Kind: web.Select, Label: v.T("entry.source"), Options: sources, Required: true, Value: opinion.Visit},
		&web.Field{Name: "day", Kind: web.Date, Label: v.T("batch.day"), Hint: v.T("batch.day_hint"), Required: true, Value: string(deadline.DateOf(s.now()))},
		&web.Field{Name: "may_publish", Kind: web.Check, Label: v.T("batch.may_publish")})
	if len(stations) == 1 {
		v.Form.Set("station", stations[0].Value)
	}
	for row := 1; row <= batchRows; row++ {
		var cells []*web.Field
		for _, c := range batchCells {
			f := &web.Field{Name: cellName(c.name, row), Kind: c.kind, Label: v.T("batch.cell", "Row", row, "Column", v.T(c.key)), Max: c.max, Rows: 1, Complete: "off"}
			if c.kind == web.Select {
				f.Options = categories
			}
			cells = append(cells, f)
		}
		v.Form.Add(cells...)
		v.Rows = append(v.Rows, cells)
	}
	for _, c := range batchCells {
		v.Heads = append(v.Heads, v.T(c.key))
	}
	v.Form.Submit = v.T("batch.submit")
	return v, nil
}

func (s *Site) batchPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.batchView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "batch", v)
}

// batch takes every row that has words in it. All are checked before any is written; numbers and pick-up codes are shown to be noted on the paper.
func (s *Site) batch(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.batchView(r, me)
	if err != nil {
		return err
	}
	if err := v.Form.Read(r); err != nil {
		return s.Again(w, r, "batch", v, v.Form, err)
	}
	intakes, err := s.batchIntakes(v)
	if err != nil {
		return s.Again(w, r, "batch", v, v.Form, err)
	}
	results, err := opinion.SubmitAll(r.Context(), s.Cases, me.actor, intakes)
	if err != nil {
		return s.Again(w, r, "batch", v, v.Form, err)
	}
	return s.batchTold(w, r, v, results)
}

func (s *Site) batchIntakes(v *batchView) ([]opinion.Row, error) {
	var rows []opinion.Row
	var wrong errs.List
	for row := 1; row <= batchRows; row++ {
		value := func(cell string) string { return v.Form.Value(cellName(cell, row)) }
		if value("name")+value("phone")+value("place")+value("body") == "" {
			continue
		}
		in := opinion.Intake{Station: v.Form.Value("station"), Source: v.Form.Value("source"), MayPublish: v.Form.Ticked("may_publish"), Name: value("name"),
			Phone: value("phone"), Place: value("place"), Category: value("category"), Body: value("body"), Key: fmt.Sprintf("%s/%d", v.Form.Key, row)}
		at, err := casework.ParseClaimed(s.batchTime(v.Form.Value("day"), value("at")), s.now())
		if err != nil {
			wrong = append(wrong, errs.All(err)[0].At(cellName("at", row)))
		}
		in.ClaimedAt = at
		rows = append(rows, opinion.Row{N: row, Intake: in})
	}
	if len(rows) == 0 && len(wrong) == 0 {
		wrong = append(wrong, errs.New(errs.Invalid, "batch.empty").At(cellName("body", 1)))
	}
	return rows, wrong.Or()
}

// batchTime reads the hour a row names on the day all of them name; without one the day alone.
func (s *Site) batchTime(day, hour string) string {
	if hour = strings.NewReplacer("\uFF1A", ":", ".", ":").Replace(hour); hour == "" {
		return day
	}
	if len(hour) == 4 && strings.Contains(hour, ":") {
		hour = "0" + hour
	}
	return day + "T" + hour
}

func (s *Site) batchTold(w http.ResponseWriter, r *http.Request, v *batchView, results []casework.Result) error {
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	v.Title, v.Lead, v.Form = v.T("batch.told"), v.T("batch.told_lead", "N", len(results)), nil
	v.Codes = web.Table{Caption: v.Title, Columns: []web.Column{{Label: v.T("reg.line"), Narrow: true}, {Label: v.T("case.number"), Narrow: true},
		{Label: v.T("track.code"), Narrow: true}, {Label: v.T("case.office")}}}
	for i, res := range results {
		v.Codes.Rows = append(v.Codes.Rows, []web.Cell{{Text: strconv.Itoa(i + 1)}, {Text: res.Case.Number, Href: "/cases/" + res.Case.Number}, {Text: res.Code},
			{Text: names.Of("office", res.Case.Office)}})
	}
	return s.Render(w, r, "batch", v)
}

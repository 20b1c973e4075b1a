package pages

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/figure"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

const figuresPath = "/figures"

// trendYears is how many years a figure's course shows (our default).
const trendYears = 3

func (s *Site) figureRoutes() {
	s.Handle("GET "+figuresPath, s.figuresPage)
	s.Handle("GET "+figuresPath+"/values.csv", s.figureSheet)
	s.Handle("GET "+figuresPath+"/values.xlsx", s.figureSheet)
	s.Handle("GET "+figuresPath+"/{id}", s.figurePage)
}

type figuresView struct {
	web.Page
	Filter *web.Form
	Acts   []web.Act
	Facts  []web.Fact
	Hidden string
	Table  web.Table
	Pager  web.Pager
}

// scopeForm asks for the year and the day as of which; years are those of the congress's sessions.
func (s *Site) scopeForm(r *http.Request, p *web.Page, path string, more ...*web.Field) (*web.Form, figure.Scope, error) {
	congress, err := registry.Setting(r.Context(), s.DB.Reader(), registry.HomeCongress)
	if err == nil && congress == "" {
		err = errs.New(errs.NotFound, "figures.no_congress")
	}
	if err != nil {
		return nil, figure.Scope{}, err
	}
	sessions, err := registry.Sessions(r.Context(), s.DB.Reader(), congress)
	if err != nil {
		return nil, figure.Scope{}, err
	}
	today := deadline.DateOf(s.now())
	years := []string{string(today[:4])}
	for _, ss := range sessions {
		years = append(years, string(ss.OpensOn[:4]))
	}
	slices.Sort(years)
	slices.Reverse(years)
	var options []web.Option
	for _, y := range slices.Compact(years) {
		options = append(options, web.Option{Value: y, Label: y})
	}
	f := p.Filter(path, append([]*web.Field{{Name: "year", Kind: web.Select, Label: p.T("figures.year"), Options: options, Blank: string(today[:4])},
		{Name: "as_of", Kind: web.Date, Label: p.T("figures.as_of")}}, more...)...)
	if err := f.Read(r); err != nil {
		return f, figure.Scope{}, err
	}
	year, err := strconv.Atoi(cmp.Or(f.Value("year"), string(today[:4])))
	scope := figure.YearScope(congress, year, today)
	if f.Value("as_of") != "" {
		scope.AsOf = deadline.Date(f.Value("as_of"))
	}
	return f, scope, err
}

// figuresPage is the catalogue with its values; figures are public, and so are their formulae.
func (s *Site) figuresPage(w http.ResponseWriter, r *http.Request) error {
	v := &figuresView{Page: s.Page(r, "figures.title")}
	var scope figure.Scope
	var err error
	if v.Filter, scope, err = s.scopeForm(r, &v.Page, figuresPath); err != nil {
		return s.unread(w, r, "figures", v, v.Filter, err)
	}
	v.Lead = v.T("figures.lead", "Year", scope.Year, "AsOf", v.Page.Date(scope.AsOf))
	var years [trendYears][]figure.Value
	for i, sc := 0, scope; i < trendYears; i, sc = i+1, sc.Earlier() {
		if years[i], err = s.Figures.Values(r.Context(), sc); err != nil {
			return err
		}
	}
	q := strings.TrimPrefix(v.Filter.Link(), figuresPath)
	v.Acts = []web.Act{{Href: figuresPath + "/values.xlsx" + q, Text: v.T("figures.excel")}, {Href: figuresPath + "/values.csv" + q, Text: v.T("figures.csv")}}
	v.Table = web.Table{ID: "results", Caption: v.Title, Columns: []web.Column{{Label: v.T("figures.name")}, {Label: v.T("figures.value"), Narrow: true},
		{Label: v.T("figures.of"), Narrow: true}, {Label: v.T("figures.formula")}, {Label: v.T("figures.trend")}}}
	for i, d := range s.Figures.Definitions() {
		value := years[0][i]
		var trend []string
		for back := trendYears - 1; back >= 0; back-- {
			trend = append(trend, v.T("figures.trend_of", "Year", years[back][i].Year, "Value", worded(&v.Page, years[back][i])))
		}
		v.Table.Rows = append(v.Table.Rows, []web.Cell{{Text: v.T(d.TitleKey()), Href: figuresPath + "/" + d.ID + q}, {Text: worded(&v.Page, value), Note: string(value.AsOf)},
			{Text: fraction(value)}, {Text: v.T(d.FormulaKey()), Note: v.T(d.ScopeKey())}, {Text: strings.Join(trend, v.T("figures.trend_join"))}})
	}
	return s.Render(w, r, "figures", v)
}

// unread shows the filter again with what is wrong in it, or the error where there is no filter yet.
func (s *Site) unread(w http.ResponseWriter, r *http.Request, name string, v *figuresView, f *web.Form, err error) error {
	if f == nil {
		return err
	}
	return s.Again(w, r, name, v, f, err)
}

// worded is a value with its unit.
func worded(p *web.Page, v figure.Value) string {
	if v.Value == "" {
		return p.T("figure.no_value")
	}
	return v.Value + p.T(v.Unit.Key())
}

// fraction is what a value was made of: numerator and denominator, of a change those of both years.
func fraction(v figure.Value) string {
	var all []string
	for _, part := range append([]figure.Value{v}, v.Parts...) {
		if part.Numerator != nil {
			all = append(all, strconv.FormatInt(*part.Numerator, 10)+"/"+strconv.FormatInt(*part.Denominator, 10))
		}
	}
	return strings.Join(all, " − ")
}

func (s *Site) figureSheet(w http.ResponseWriter, r *http.Request) error {
	p := s.Page(r, "figures.title")
	_, scope, err := s.scopeForm(r, &p, figuresPath)
	if err != nil {
		return err
	}
	values, err := s.Figures.Values(r.Context(), scope)
	if err != nil {
		return err
	}
	rows := [][]string{append([]string{p.T("figures.name")}, figure.Header()...)}
	for i, d := range s.Figures.Definitions() {
		rows = append(rows, append([]string{p.T(d.TitleKey())}, values[i].Row(func(key string) string { return p.T(key) })...))
	}
	return s.sheetOf(w, r, p.Title, rows)
}

// figurePage is one figure with the records it counts: those the visitor may read, and how many more there are.
func (s *Site) figurePage(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Figures.Definition(r.PathValue("id"))
	if err != nil {
		return err
	}
	v := &figuresView{Page: s.Page(r, d.TitleKey())}
	var parts []web.Option
	for _, part := range []figure.Part{figure.Denominator, figure.Numerator, figure.Rest} {
		parts = append(parts, web.Option{Value: string(part), Label: v.T("figure.part." + string(part))})
	}
	var scope figure.Scope
	if v.Filter, scope, err = s.scopeForm(r, &v.Page, figuresPath+"/"+d.ID, &web.Field{Name: "part", Kind: web.Select, Label: v.T("figures.part"), Options: parts}); err != nil {
		return s.unread(w, r, "figure", v, v.Filter, err)
	}
	v.Up = &web.Link{Href: figuresPath, Text: v.T("figures.title")}
	var actor policy.Actor
	if me := who(r); me != nil {
		actor = me.actor
	}
	value, err := s.Figures.Value(r.Context(), d.ID, scope)
	if err != nil {
		return err
	}
	cursor := r.URL.Query().Get("cursor")
	page, err := s.Figures.Records(r.Context(), actor, figure.Query{ID: d.ID, Scope: scope, Part: figure.Part(v.Filter.Value("part")), Cursor: cursor})
	if err != nil {
		return s.Again(w, r, "figure", v, v.Filter, err)
	}
	v.Facts = []web.Fact{{Label: v.T("figures.value"), Text: worded(&v.Page, value), Note: fraction(value)}, {Label: v.T("figures.as_of"), Text: v.Page.Date(scope.AsOf)},
		{Label: v.T("figures.formula"), Text: v.T(d.FormulaKey())}, {Label: v.T("figures.scope"), Text: v.T(d.ScopeKey())}}
	if page.Hidden > 0 {
		v.Hidden = v.T("figures.hidden", "N", page.Hidden)
	}
	v.Pager = web.Pager{Summary: v.T("figures.total", "N", page.Total)}
	if cursor != "" {
		v.Pager.First = v.Filter.Link()
	}
	if page.Next != "" {
		v.Pager.Next = v.Filter.Link("cursor", page.Next)
	}
	s.figureRecords(r, v, page)
	return s.Render(w, r, "figure", v)
}

func (s *Site) figureRecords(r *http.Request, v *figuresView, page figure.Page) {
	v.Table = web.Table{ID: "results", Caption: v.T("figures.records"), ShowCaption: true, Empty: web.Empty{Text: v.T("figures.none")}, Columns: []web.Column{
		{Label: v.T("case.number"), Narrow: true}, {Label: v.T("case.title")}, {Label: v.T("figures.day"), Narrow: true}, {Label: v.T("figures.counted"), Narrow: true}}}
	for _, record := range page.Records {
		counted := &web.Badge{Text: v.T("figures.counted_no"), Tone: web.Plain}
		if record.Counted {
			counted = &web.Badge{Text: v.T("figures.counted_yes"), Tone: web.Good}
		}
		href := "/published/" + record.Key
		if who(r) != nil {
			href = casePath(record.Key, "")
		}
		v.Table.Rows = append(v.Table.Rows, []web.Cell{{Text: record.Key, Href: href}, {Text: record.Title}, {Text: string(record.Day)}, {Badge: counted}})
	}
}

package pages

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"lianxin/internal/casework"
	"lianxin/internal/opinion"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

// Addresses of the two public lists.
const (
	publishedPath   = "/published"
	suggestionsPath = "/published/suggestions"
)

// publishedView is what is published of one kind.
type publishedView struct {
	web.Page
	Tabs   []publishedTab
	Filter *web.Form
	Open   bool // the filter is in use
	List   []publishedLine
	Empty  string
	Pager  web.Pager
}

// publishedTab leads to one kind's list and tells how many it holds.
type publishedTab struct {
	Href, Text, Count string
	Here              bool
}

// publishedLine is one published case in a list.
type publishedLine struct {
	Number, Title string
	Facts         []string
}

func (s *Site) publishedRoutes() {
	s.Handle("GET "+publishedPath, s.publishedOpinions)
	s.Handle("GET "+suggestionsPath, s.publishedSuggestions)
	s.Handle("GET "+publishedPath+"/{number}", s.published)
}

// publishedPage begins a list's page: its tabs, and the field for words.
func (s *Site) publishedPage(r *http.Request, path, lead string) (*publishedView, error) {
	v := &publishedView{Page: s.Page(r, "published.title")}
	v.Lead, v.Empty = v.T(lead), v.T("published.none")
	counts, err := s.Cases.PublishedCounts(r.Context())
	if err != nil {
		return nil, err
	}
	for _, t := range []struct{ path, key, kind string }{{publishedPath, "published.opinions", opinion.Kind}, {suggestionsPath, "published.suggestions", suggestion.Kind}} {
		v.Tabs = append(v.Tabs, publishedTab{Href: t.path, Text: v.T(t.key), Count: strconv.Itoa(counts[t.kind]), Here: t.path == path})
	}
	v.Filter = v.Page.Filter(path, &web.Field{Name: "q", Kind: web.Line, Label: v.T("published.q"), Max: 100})
	return v, nil
}

// read takes the filter in.
func (v *publishedView) read(r *http.Request) error {
	err := v.Filter.Read(r)
	for _, f := range v.Filter.Fields {
		v.Open = v.Open || f.Value != ""
	}
	if v.Open {
		v.Empty = v.T("published.nothing")
	}
	return err
}

// pages words how many there are and where the list goes on.
func (v *publishedView) pages(r *http.Request, n int, next string) {
	if n > 0 {
		v.Pager.Summary = total(&v.Page, n)
	}
	if r.URL.Query().Get("cursor") != "" {
		v.Pager.First = v.Filter.Link()
	}
	if next != "" {
		v.Pager.Next = v.Filter.Link("cursor", next)
	}
}

// publishedOpinions lists the answers to residents that may be read by anybody.
func (s *Site) publishedOpinions(w http.ResponseWriter, r *http.Request) error {
	v, err := s.publishedPage(r, publishedPath, "published.lead")
	if err != nil {
		return err
	}
	if err := v.read(r); err != nil {
		return s.Again(w, r, "published", v, v.Filter, err)
	}
	page, err := s.Cases.PublishedList(r.Context(), casework.PublicQuery{Kind: opinion.Kind, Q: v.Filter.Value("q"), Cursor: r.URL.Query().Get("cursor")})
	if err != nil {
		return err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	for _, p := range page.List {
		v.List = append(v.List, publishedLine{p.Number, p.Title, said(p.Number, named(names, "category", p.Category), named(names, "grid", p.Grid), p.Class, v.T("published.on", "Date", v.Date(p.PublishedOn)))})
	}
	v.pages(r, page.Total, page.Next)
	return s.Render(w, r, "published", v)
}

// publishedSuggestions lists suggestions with their answers as far as their deputies allowed.
func (s *Site) publishedSuggestions(w http.ResponseWriter, r *http.Request) error {
	v, err := s.publishedPage(r, suggestionsPath, "published.lead_suggestions")
	if err != nil {
		return err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err == nil {
		err = s.narrowSuggestions(r.Context(), v, names)
	}
	if err != nil {
		return err
	}
	if err := v.read(r); err != nil {
		return s.Again(w, r, "published", v, v.Filter, err)
	}
	f := v.Filter.Value
	page, err := suggestion.PublishedList(r.Context(), s.Cases, suggestion.PublicFilter{Session: f("session"), Category: f("category"), Agency: f("agency"), Class: f("class"),
		Q: f("q"), Cursor: r.URL.Query().Get("cursor")})
	if err != nil {
		return err
	}
	for _, p := range page.List {
		v.List = append(v.List, publishedLine{p.Number, p.Title, said(publicSerial(&v.Page, names, &p), named(names, "agency", p.Agencies[0]), p.Class, v.T("published.on", "Date", v.Date(p.PublishedOn)))})
	}
	v.pages(r, page.Total, page.Next)
	return s.Render(w, r, "published", v)
}

// narrowSuggestions adds the fields that suggestions are narrowed by, each offering what occurs among them.
func (s *Site) narrowSuggestions(ctx context.Context, v *publishedView, names registry.Names) error {
	kind, err := s.Cases.Kind(suggestion.Kind)
	if err != nil {
		return err
	}
	have, err := suggestion.PublishedChoices(ctx, s.Cases)
	if err != nil {
		return err
	}
	var classes []web.Option
	for _, c := range kind.Procedure.Choices["class"] {
		if have.Classes[c.Value] {
			classes = append(classes, web.Option{Value: c.Value, Label: c.Label})
		}
	}
	all, err := registry.Sessions(ctx, s.DB.Reader(), "")
	if err != nil {
		return err
	}
	var sessions []web.Option
	for _, ss := range all {
		if have.Sessions[ss.ID] {
			sessions = append(sessions, web.Option{Value: ss.ID, Label: ss.Name})
		}
	}
	v.Filter.Add(&web.Field{Name: "session", Kind: web.Select, Label: v.T("board.by.session"), Options: sessions},
		&web.Field{Name: "category", Kind: web.Select, Label: v.T("board.by.category"), Options: occurring(names, "category", have.Categories)},
		&web.Field{Name: "agency", Kind: web.Select, Label: v.T("board.by.agency"), Options: occurring(names, "agency", have.Agencies)},
		&web.Field{Name: "class", Kind: web.Select, Label: v.T("case.class"), Options: classes})
	return nil
}

// occurring offers the ids of a set by name.
func occurring(names registry.Names, table string, have map[string]bool) []web.Option {
	var options []web.Option
	for _, id := range slices.Sorted(maps.Keys(have)) {
		if id != "" {
			options = append(options, web.Option{Value: id, Label: names.Of(table, id)})
		}
	}
	return options
}

// named words an id; "" stays "".
func named(names registry.Names, table, id string) string {
	if id == "" {
		return ""
	}
	return names.Of(table, id)
}

// said leaves out what is empty.
func said(facts ...string) []string {
	return slices.DeleteFunc(facts, func(f string) bool { return f == "" })
}

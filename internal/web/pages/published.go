package pages

import (
	"net/http"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/opinion"
	"lianxin/internal/registry"
	"lianxin/internal/store"
	"lianxin/internal/web"
)

type publishedView struct {
	web.Page
	List []casework.Public
	One  casework.Public
	Next string
}

func (s *Site) publishedList(w http.ResponseWriter, r *http.Request) error {
	const size = 20
	v := &publishedView{Page: s.Page(r, "published.title")}
	v.Lead = v.T("published.lead")
	before, err := cursorOf(r)
	if err != nil {
		return err
	}
	if v.List, err = s.Cases.PublishedList(r.Context(), opinion.Kind, before, size); err != nil {
		return err
	}
	if len(v.List) == size {
		v.Next = "/published?before=" + string(v.List[size-1].PublishedOn)
	}
	return s.nameGrids(w, r, v)
}

func (s *Site) nameGrids(w http.ResponseWriter, r *http.Request, v *publishedView) error {
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	for i := range v.List {
		v.List[i].Category, v.List[i].Grid = names.Of("category", v.List[i].Category), names.Of("grid", v.List[i].Grid)
	}
	v.One.Category, v.One.Grid = names.Of("category", v.One.Category), names.Of("grid", v.One.Grid)
	if v.One.Number != "" {
		return s.Render(w, r, "published-one", v)
	}
	return s.Render(w, r, "published", v)
}

func cursorOf(r *http.Request) (int64, error) {
	raw := r.URL.Query().Get("before")
	if raw == "" {
		return 0, nil
	}
	d, err := deadline.ParseDate(raw)
	if err != nil {
		return 0, err
	}
	return store.Micros(d.Start()), nil
}

func (s *Site) published(w http.ResponseWriter, r *http.Request) error {
	one, err := s.Cases.Published(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	v := &publishedView{Page: s.Page(r, "published.one"), One: one}
	v.Title, v.Up = one.Title, &web.Link{Href: "/published", Text: v.T("published.title")}
	return s.nameGrids(w, r, v)
}

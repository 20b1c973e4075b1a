package pages

import (
	"net/http"

	"lianxin/internal/registry"
	"lianxin/internal/web"
	"lianxin/internal/web/paper"
)

// paperSettingsView asks for the settings of papers; fields are called after them.
func (s *Site) paperSettingsView(r *http.Request) (*formView, error) {
	v := &formView{Page: s.Page(r, "papers.settings")}
	v.Lead, v.Up = v.T("papers.settings_lead"), &web.Link{Href: "/settings", Text: v.T("settings.title")}
	values, err := registry.Settings(r.Context(), s.DB.Reader(), paper.Settings()...)
	if err != nil {
		return v, err
	}
	v.Form = v.Page.Form("/settings/papers")
	for _, name := range paper.Settings() {
		v.Form.Add(&web.Field{Name: name, Kind: web.Line, Label: v.T("paper.setting." + name), Max: 60, Value: values[name]})
	}
	v.Form.Submit = v.T("settings.save")
	return v, nil
}

func (s *Site) paperSettings(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	v, err := s.paperSettingsView(r)
	if err != nil {
		return err
	}
	return s.Render(w, r, "form", v)
}

func (s *Site) savePaperSettings(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.paperSettingsView(r)
	if err != nil {
		return err
	}
	if err = v.Form.Read(r); err == nil {
		values := map[string]string{}
		for _, name := range paper.Settings() {
			values[name] = v.Form.Value(name)
		}
		err = registry.SetSettings(r.Context(), s.DB, me.actor, values)
	}
	if err != nil {
		return s.Again(w, r, "form", v, v.Form, err)
	}
	return s.Done(w, r, "/settings/papers", "settings.saved")
}

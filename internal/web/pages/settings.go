package pages

import (
	"net/http"
	"strconv"
	"strings"

	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/web"
)

func (s *Site) settingRoutes() {
	s.Handle("GET /settings", s.may(policy.KindSettings, "edit", s.settingsPage))
	s.Handle("POST /settings", s.may(policy.KindSettings, "edit", s.saveSettings))
}

// settingsView asks for every rule of accounts; fields are called after their settings.
func (s *Site) settingsView(r *http.Request) (*formView, error) {
	v := &formView{Page: s.Page(r, "settings.title")}
	v.Lead = v.T("settings.lead")
	rules, err := s.Identity.Rules(r.Context())
	if err != nil {
		return v, err
	}
	v.Form = v.Page.Form("/settings")
	for _, l := range identity.Limits() {
		v.Form.Add(&web.Field{Name: l.Name, Kind: web.Line, Label: v.T("settings." + l.Name), Required: true, Narrow: true, Max: 4, Value: strconv.Itoa(l.Of(rules)),
			Hint: v.T("settings.hint_"+l.Name) + v.T("settings.bounds", "Low", l.Low, "High", l.High, "Default", l.Default)})
	}
	roles := &web.Field{Name: identity.SettingFactorRoles, Kind: web.Checks, Label: v.T("settings.second_factor_roles"), Hint: v.T("settings.hint_second_factor_roles")}
	for _, role := range identity.FactorRoles() {
		roles.Options = append(roles.Options, web.Option{Value: string(role), Label: v.T("role." + string(role))})
	}
	for _, role := range rules.FactorRoles {
		roles.Values = append(roles.Values, string(role))
	}
	v.Form.Add(roles)
	v.Form.Submit = v.T("settings.save")
	return v, nil
}

func (s *Site) settingsPage(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	v, err := s.settingsView(r)
	if err != nil {
		return err
	}
	return s.Render(w, r, "form", v)
}

func (s *Site) saveSettings(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.settingsView(r)
	if err != nil {
		return err
	}
	if err = v.Form.Read(r); err == nil {
		values := map[string]string{identity.SettingFactorRoles: strings.Join(v.Form.Field(identity.SettingFactorRoles).Values, ",")}
		for _, l := range identity.Limits() {
			values[l.Name] = v.Form.Value(l.Name)
		}
		err = s.Identity.SetRules(r.Context(), me.actor, values)
	}
	if err != nil {
		return s.Again(w, r, "form", v, v.Form, err)
	}
	return s.Done(w, r, "/settings", "settings.saved")
}

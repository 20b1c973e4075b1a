package web

import (
	"net/http"
	"slices"

	"lianxin/internal/errs"
)

// Preferences are kept in cookies of the browser, not with the account: a shared counter machine is set for who stands before it.
const (
	preferencesPath = "/preferences"
	themeCookie     = "lianxin_theme"
	largeCookie     = "lianxin_large"
	localeCookie    = "lianxin_locale"
	year            = 365 * 24 * 3600
)

func themes() []string { return []string{"auto", "light", "dark"} }

func preferences(r *http.Request) (theme string, large bool) {
	theme = "auto"
	if c, err := r.Cookie(themeCookie); err == nil && slices.Contains(themes(), c.Value) {
		theme = c.Value
	}
	c, err := r.Cookie(largeCookie)
	return theme, err == nil && c.Value == "1"
}

// locale is the cookie's if it is served exactly, else Chinese.
func (s *Shell) locale(r *http.Request) string {
	if c, err := r.Cookie(localeCookie); err == nil && s.pages[c.Value] != nil {
		return c.Value
	}
	return "zh-CN"
}

// setPreferences keeps the theme and the size of type chosen in a page's head.
func (s *Shell) setPreferences(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return parseError(err)
	}
	theme, large := r.PostForm.Get("theme"), r.PostForm.Get("large")
	if theme != "" {
		if !slices.Contains(themes(), theme) {
			return errs.New(errs.Invalid, "errs.unknown_field").With(errs.Args{"Field": "theme"})
		}
		s.setCookie(w, themeCookie, theme, year)
	}
	if large != "" {
		s.setCookie(w, largeCookie, map[bool]string{true: "1", false: "0"}[large == "1"], year)
	}
	return Redirect(w, r, LocalPath(r.PostForm.Get("return"), "/"))
}

// setCookie sets a cookie that scripts cannot read and other sites do not send. A negative age removes it.
func (s *Shell) setCookie(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode})
}

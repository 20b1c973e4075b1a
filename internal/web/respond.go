package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"lianxin/internal/errs"
)

// view is what can be rendered: a struct that embeds Page.
type view interface{ base() *Page }

// Render answers with the page named after its template file, without ".html". The view is a pointer to a struct that embeds Page.
func (s *Shell) Render(w http.ResponseWriter, r *http.Request, name string, v view) error {
	return s.render(w, r, http.StatusOK, name, v)
}

func (s *Shell) render(w http.ResponseWriter, r *http.Request, status int, name string, v view) error {
	var body bytes.Buffer
	if err := s.pages[v.base().Locale].execute(&body, name, v); err != nil {
		return err
	}
	if _, err := r.Cookie(flashCookie); err == nil {
		s.setCookie(w, flashCookie, "", -1)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, err := body.WriteTo(w)
	if err != nil {
		visitOf(r).note("unsent", err)
	}
	return nil
}

// Redirect leads on to a path of this site after a form was taken in (303).
func Redirect(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// Done leads on to a path and has the next page say a sentence of the catalogue. Its arguments travel in a cookie: nothing personal.
func (s *Shell) Done(w http.ResponseWriter, r *http.Request, path, key string, args ...any) error {
	return s.flash(w, r, path, Flash{Key: key, Args: args, Tone: Good})
}

// Warn is Done for something that went through with a reservation.
func (s *Shell) Warn(w http.ResponseWriter, r *http.Request, path, key string, args ...any) error {
	return s.flash(w, r, path, Flash{Key: key, Args: args, Tone: Caution})
}

func (s *Shell) flash(w http.ResponseWriter, r *http.Request, path string, f Flash) error {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	s.setCookie(w, flashCookie, base64.RawURLEncoding.EncodeToString(b), 60)
	return Redirect(w, r, path)
}

// Again shows a form once more with what was wrong beside its fields and everything typed kept. Errors no form can mend are returned.
func (s *Shell) Again(w http.ResponseWriter, r *http.Request, name string, v view, f *Form, err error) error {
	if !f.Refuse(err) {
		return err
	}
	return s.render(w, r, status(err), name, v)
}

// errorView is the page of an error: one sentence, and a way on.
type errorView struct {
	Page
	Sentences []string
	SignIn    string // set where signing in would help
	ID        string // of the request, to be told to the administrator; only for faults of ours
}

// Fail answers a request with an error.
func (s *Shell) Fail(w http.ResponseWriter, r *http.Request, err error) {
	visitOf(r).note("error", err)
	if s.cfg.APIFail != nil && strings.HasPrefix(r.URL.Path, "/api/") {
		s.cfg.APIFail(w, r, err)
		return
	}
	if errs.Is(err, errs.Unauthenticated) && s.toSignIn(w, r) {
		return
	}
	v := &errorView{Page: s.Page(r, "web.error_title")}
	v.Sentences = v.printer.Error(err)
	if errs.Is(err, errs.Unauthenticated) {
		v.SignIn = s.signInFrom(r)
	}
	if errs.Is(err, errs.Internal) || errs.Is(err, errs.Unavailable) {
		v.ID = visitOf(r).id
		s.cfg.Log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("request", v.ID), slog.String("error", err.Error()))
	}
	if err := s.render(w, r, status(err), "error", v); err != nil {
		s.cfg.Log.Error("error page failed", "request", visitOf(r).id, "error", err)
		http.Error(w, v.T("errs.internal"), http.StatusInternalServerError)
	}
}

// toSignIn leads a reader who is not signed in to the sign-in page and from there back. What was posted would be lost, so posts are told instead.
func (s *Shell) toSignIn(w http.ResponseWriter, r *http.Request) bool {
	if s.cfg.SignIn == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	to := s.signInFrom(r)
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", s.cfg.SignIn)
		w.WriteHeader(http.StatusNoContent)
		return true
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return true
}

// signInFrom is the sign-in page that leads back to where the request came from: its own page, or the page of the form that was posted.
func (s *Shell) signInFrom(r *http.Request) string {
	page := &http.Request{Method: http.MethodGet, URL: r.URL, Host: r.Host}
	if _, pattern := s.mux.Handler(page); s.cfg.SignIn == "" || pattern == "" {
		return s.cfg.SignIn
	}
	return s.cfg.SignIn + "?" + url.Values{"return": {r.URL.RequestURI()}}.Encode()
}

// drain reads the rest of a refused body, so that the browser is done sending and shows the answer. The shell's MaxBody bounds it.
func drain(body io.Reader) { _, _ = io.Copy(io.Discard, body) }

// LocalPath is a path of this site to lead back to; anything else becomes otherwise.
func LocalPath(path, otherwise string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }) {
		return otherwise
	}
	return path
}

// Paper answers with a whole page to print that carries its own style; like every page it runs nothing, and it loads nothing either.
func Paper(w http.ResponseWriter, page []byte) error {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	_, err := w.Write(page)
	return err
}

package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/lang"
	"lianxin/internal/store"
)

// Page is what every page has; views embed it.
type Page struct {
	Title   string    // worded; the heading and the browser's tab
	Lead    string    // one sentence under the heading
	Up      *Link     // the page this one belongs to
	Nav     []NavItem // set by Config.Decorate
	Account *Account  // nil where nobody is signed in
	Flash   *Notice   // what the act before this page did
	Site    string
	Demo    bool
	Locale  string
	Theme   string // auto, light or dark
	Large   bool   // 长者模式
	Path    string // this page with its query, for preferences to come back to
	Now     time.Time
	SignIn  string // path of the sign-in page
	Bare    bool   // without navigation, such as a slip to print

	printer *lang.Printer
}

// Link is a worded link.
type Link struct{ Href, Text string }

// NavItem is an entry of the main navigation; Count is shown beside it where it is not 0.
type NavItem struct {
	Href    string
	Text    string
	Count   int
	Current bool
}

// Account is who is signed in, as the head of a page shows it.
type Account struct {
	Name  string // display name
	Roles string // worded
	Key   string // tells drafts kept in the browser for one account from those of another
	Links []Link // own pages, such as sessions and password
	// SignOut is the path that a button of the head posts to.
	SignOut string
}

// base gives the part of the view that the shell knows.
func (p *Page) base() *Page { return p }

// T words a key of the catalogues in the reader's locale.
func (p *Page) T(key string, args ...any) string { return p.printer.T(key, args...) }

// Printer words what the page shows.
func (p *Page) Printer() *lang.Printer { return p.printer }

// Page starts a page with the title under key.
func (s *Shell) Page(r *http.Request, key string, args ...any) Page {
	p := Page{Demo: s.cfg.Demo, Path: r.URL.RequestURI(), Now: s.cfg.Clock(), Site: s.cfg.Site, SignIn: s.cfg.SignIn}
	p.Theme, p.Large = preferences(r)
	p.Locale = s.locale(r)
	p.printer = s.cfg.Catalogue.Printer(p.Locale)
	p.Title = p.T(key, args...)
	if p.Site == "" {
		p.Site = p.T("web.site")
	}
	p.Flash = p.flashed(r)
	if r.Method != http.MethodGet {
		p.Path = "/"
	}
	if s.cfg.Decorate != nil {
		s.cfg.Decorate(r, &p)
	}
	return p
}

// Tones of notices and badges.
const (
	Plain   = "plain"
	Note    = "note"
	Good    = "good"
	Caution = "caution"
	Bad     = "bad"
)

// Flash is a sentence for the next page.
type Flash struct {
	Key  string `json:"k"`
	Args []any  `json:"a,omitempty"`
	Tone string `json:"t"`
}

// Notice is a worded sentence with a tone.
type Notice struct{ Text, Tone string }

const flashCookie = "lianxin_flash"

// flashed reads the sentence left by the request before. Whoever forges the cookie only shows themselves a sentence of the catalogue.
func (p *Page) flashed(r *http.Request) *Notice {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil
	}
	var f Flash
	if json.Unmarshal(b, &f) != nil || !slices.Contains([]string{Good, Caution}, f.Tone) {
		return nil
	}
	return &Notice{Text: p.T(f.Key, f.Args...), Tone: f.Tone}
}

// NewKey is a fresh idempotency key for a form.
func NewKey() string { return store.NewID() }

// Sentences words everything wrong that an error tells.
func (p *Page) Sentences(err error) []string { return p.printer.Error(err) }

// Date words a day, such as 2026年11月23日.
func (p *Page) Date(d deadline.Date) string {
	day := d.Start()
	return p.T("web.date", "Year", day.Year(), "Month", int(day.Month()), "Day", day.Day())
}

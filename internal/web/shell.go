package web

import (
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"golang.org/x/time/rate"

	"lianxin/internal/lang"
	"lianxin/internal/web/assets"
)

//go:embed messages
var messages embed.FS

//go:embed templates
var templates embed.FS

// Messages is the sentences of the shell and its parts.
func Messages() fs.FS { return messages }

// Folder is a folder of embedded files; it must exist.
func Folder(e embed.FS, name string) fs.FS {
	sub, err := fs.Sub(e, name)
	if err != nil {
		panic(err) // the folder is named in a go:embed line
	}
	return sub
}

// Config is what a shell is made of. Zero values are safe where a comment does not say otherwise.
type Config struct {
	Catalogue *lang.Catalogue  // required
	Assets    *assets.Set      // required
	Clock     func() time.Time // required
	Log       *slog.Logger     // required
	Templates []fs.FS          // the rooms' page templates; see the package comment
	Locales   []string         // beside Chinese; tests add lang.Pseudo
	Site      string           // name shown in the head; empty: the catalogue's
	PublicURL string           // such as https://lx.example.gov.cn; its scheme decides whether cookies are Secure
	SignIn    string           // path of the sign-in page; who is not signed in is led there
	Demo      bool             // shows the banner of the demonstration on every page

	Observe func(method, route string, status int, took time.Duration) // told of every request; nil: nobody is

	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Rate           rate.Limit     // requests a second of one address; 0: unlimited
	Burst          int            // requests at once of one address
	MaxBody        int64          // bytes of any request, uploads included; 0: DefaultMaxBody

	Middleware []func(http.Handler) http.Handler                       // sessions and the like, outermost first; run after the shell's own checks
	Decorate   func(r *http.Request, p *Page)                          // fills in the account and the navigation of a page
	APIFail    func(w http.ResponseWriter, r *http.Request, err error) // answers errors of paths under /api/; nil: pages do
}

// Limits of request bodies in bytes; our default.
const (
	DefaultMaxBody = 64 << 20 // anything
	formBody       = 1 << 20  // forms without files
)

// Shell is what all pages share: routes, layout, answers to errors, and the checks before a handler runs.
type Shell struct {
	cfg     Config
	mux     *http.ServeMux
	pages   map[string]*sheets // by locale
	secure  bool
	limiter *limiter
}

// New reads all templates and makes a shell with the routes every deployment has: assets and preferences.
func New(cfg Config) (*Shell, error) {
	if cfg.MaxBody == 0 {
		cfg.MaxBody = DefaultMaxBody
	}
	s := &Shell{cfg: cfg, mux: http.NewServeMux(), pages: map[string]*sheets{}, limiter: newLimiter(cfg.Rate, cfg.Burst)}
	if cfg.PublicURL != "" {
		u, err := url.Parse(cfg.PublicURL)
		if err != nil || u.Host == "" {
			return nil, fmt.Errorf("web: public address %q is not an absolute URL", cfg.PublicURL)
		}
		s.secure = u.Scheme == "https"
	}
	for _, locale := range append([]string{lang.Chinese}, cfg.Locales...) {
		read, err := s.readTemplates(cfg.Catalogue.Printer(locale))
		if err != nil {
			return nil, err
		}
		s.pages[locale] = read
	}
	s.mux.Handle("GET "+assets.Prefix, cfg.Assets)
	s.Handle("POST "+preferencesPath, s.setPreferences)
	return s, nil
}

// Mux is where other surfaces, such as the API, add their routes. Pages use Handle.
func (s *Shell) Mux() *http.ServeMux { return s.mux }

// Handler answers one request; what it returns instead of answering becomes an error page. It must not write before it can no longer fail.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Handle adds a page. Bodies over 1 MiB are refused.
func (s *Shell) Handle(pattern string, h Handler) { s.HandleUpload(pattern, formBody, h) }

// HandleUpload adds a page that takes files, of at most max bytes together.
func (s *Shell) HandleUpload(pattern string, max int64, h Handler) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		whole := r.Body
		r.Body = http.MaxBytesReader(nil, whole, max)
		if err := h(w, r); err != nil {
			drain(whole)
			s.Fail(w, r, err)
		}
	})
}

// Handler is the whole: every request checked, logged and routed.
func (s *Shell) Handler() http.Handler {
	var h http.Handler = http.HandlerFunc(s.route)
	for i := len(s.cfg.Middleware) - 1; i >= 0; i-- {
		h = s.cfg.Middleware[i](h)
	}
	return s.visited(s.recovered(s.headed(s.limited(s.sameOrigin(s.bounded(h))))))
}

// Time is the shell's clock.
func (s *Shell) Time() time.Time { return s.cfg.Clock() }

// Package pages is every page of the site: what residents, deputies, offices, agencies, auditors and administrators see and send.
// It never decides about a case: a handler asks who is there, reads the form, makes one domain call and shows the answer.
package pages

import (
	"embed"
	"io/fs"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"lianxin/internal/casework"
	"lianxin/internal/deliver"
	"lianxin/internal/figure"
	"lianxin/internal/files"
	"lianxin/internal/identity"
	"lianxin/internal/notice"
	"lianxin/internal/policy"
	"lianxin/internal/render"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
	"lianxin/internal/web"
)

//go:embed messages
var messages embed.FS

//go:embed all:templates
var templates embed.FS

// Messages is the sentences of the pages.
func Messages() fs.FS { return messages }

// Deps is what the pages stand on.
type Deps struct {
	DB        *store.DB
	Cases     *casework.Service
	Identity  *identity.Service
	Files     *files.Folder
	Vault     *sealed.Vault
	Policy    *policy.Table
	Notices   *notice.Service
	Deliver   *deliver.Service
	Figures   *figure.Service
	PublicURL string          // for QR codes and links on paper
	Printer   *render.Printer // nil: no PDF
	DemoHint  []DemoAccount
	DemoPass  string
}

// DemoAccount is an account the demonstration shows on its sign-in page.
type DemoAccount struct{ Name, Display string }

// Site is the pages over a shell.
type Site struct {
	*web.Shell
	Deps
	sessions *scs.SessionManager
}

// New makes the shell with all pages; cfg's Templates, Middleware, Decorate and SignIn are set here.
func New(cfg web.Config, deps Deps) (*Site, error) {
	s := &Site{Deps: deps, sessions: scs.New()}
	s.sessions.Store = deps.Identity.Sessions()
	s.sessions.HashTokenInStore = true
	s.sessions.Lifetime = identity.MaxSession
	s.sessions.Cookie.Name = "lianxin_session"
	s.sessions.Cookie.HttpOnly = true
	s.sessions.Cookie.SameSite = http.SameSiteLaxMode
	s.sessions.Cookie.Secure = len(cfg.PublicURL) > 5 && cfg.PublicURL[:6] == "https:"
	cfg.Templates = append(cfg.Templates, web.Folder(templates, "templates"))
	cfg.Middleware = append(cfg.Middleware, s.sessions.LoadAndSave, s.identify)
	cfg.Decorate, cfg.SignIn = s.decorate, "/sign-in"
	shell, err := web.New(cfg)
	if err != nil {
		return nil, err
	}
	s.Shell = shell
	s.residentRoutes()
	s.publishedRoutes()
	s.accountRoutes()
	s.caseRoutes()
	s.writingRoutes()
	s.bulkRoutes()
	s.sheetRoutes()
	s.pasteRoutes()
	s.batchRoutes()
	s.urgingRoutes()
	s.registryRoutes()
	s.pileRoutes()
	s.sittingRoutes()
	s.roundRoutes()
	s.boardRoutes()
	s.figureRoutes()
	s.paperRoutes()
	s.printoutRoutes()
	s.backRoutes()
	s.houseRoutes()
	s.noticeRoutes()
	s.deliveryRoutes()
	return s, nil
}

// now is the site's clock.
func (s *Site) now() time.Time { return s.DB.Now() }

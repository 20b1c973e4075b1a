// Package api is the JSON surface under /api/v1, described by its own OpenAPI document.
// It never decides anything: an operation asks who is there, reads the request, makes one domain call and shows the answer.
package api

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/figure"
	"lianxin/internal/files"
	"lianxin/internal/identity"
	"lianxin/internal/lang"
	"lianxin/internal/policy"
)

//go:embed messages
var messages embed.FS

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Prefix is where the API lives.
const Prefix = "/api/v1"

// Limits of request bodies in bytes (our default).
const (
	maxJSON = 1 << 20
	maxFile = files.MaxBytes + 1<<16
)

// Deps is what the API stands on.
type Deps struct {
	Cases     *casework.Service
	Identity  *identity.Service
	Files     *files.Folder
	Figures   *figure.Service
	Catalogue *lang.Catalogue
	Routed    func(r *http.Request, pattern string) // told the route of each request; nil: nobody is
}

// service answers the operations.
type service struct {
	Deps
	printer *lang.Printer
}

// Register adds the API's routes to the mux.
func Register(mux *http.ServeMux, deps Deps) {
	s := &service{Deps: deps, printer: deps.Catalogue.Printer(lang.Chinese)}
	inner := http.NewServeMux()
	cfg := huma.DefaultConfig("连心 Lianxin", "1")
	cfg.CreateHooks = nil
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = Prefix+"/openapi", "", ""
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	api := humago.New(inner, cfg)
	s.operations(api)
	mux.Handle(Prefix+"/", s.guard(inner))
}

// guard bounds and checks bodies before anything reads them, and lets no token write that is for reading only.
func (s *service) guard(next *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := next.Handler(r)
		if pattern == "" {
			s.Fail(w, r, errs.New(errs.NotFound, "api.no_such_path"))
			return
		}
		if s.Routed != nil {
			s.Routed(r, pattern)
		}
		if r.Method == http.MethodPost {
			if err := bound(r); err != nil {
				s.Fail(w, r, err)
				return
			}
		}
		if secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && r.Method != http.MethodGet && r.Method != http.MethodHead {
			actor, token, err := s.Identity.CheckToken(r.Context(), secret)
			if err == nil && token.Scope != identity.Write {
				s.Fail(w, r, errs.New(errs.Denied, "api.read_only"))
				return
			}
			r = r.WithContext(context.WithValue(r.Context(), bearerKey{}, bearer{actor, err}))
		}
		next.ServeHTTP(w, r)
	})
}

// bearer is who a writing request's token stands for, found once by the guard.
type bearer struct {
	actor policy.Actor
	err   error
}

type bearerKey struct{}

// bound reads the body, at most as much as the path takes, and refuses JSON under another name.
func bound(r *http.Request) error {
	limit := int64(maxJSON)
	if strings.HasSuffix(r.URL.Path, "/attachments") {
		limit = maxFile
	} else if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errs.New(errs.Unsupported, "api.not_json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, limit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errs.New(errs.TooLarge, "errs.too_large").With(errs.Args{"Max": "1 MB"})
	}
	if err != nil {
		return errs.New(errs.Invalid, "errs.bad_request").Because(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"lianxin/internal/errs"
)

// problem is an error as RFC 9457 wants it, in the reader's language.
type problem struct {
	Type    string         `json:"type" doc:"Always about:blank."`
	Title   string         `json:"title" doc:"Stable name of the kind of error."`
	Status  int            `json:"status"`
	Detail  string         `json:"detail" doc:"One sentence that says what to do."`
	Errors  []problemField `json:"errors,omitempty" doc:"Every field at fault."`
	Actions []string       `json:"actions,omitempty" doc:"What is possible now instead."`
}

// problemField is one field at fault.
type problemField struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Error is the detail.
func (p *problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *problem) GetStatus() int { return p.Status }

// ContentType is that of problems.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// statusOf tells a kind's status; on the API a stale version is a failed precondition.
func statusOf(err error) int {
	switch errs.KindOf(err) {
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Invalid:
		if errs.All(err)[0].Key == "errs.bad_request" {
			return http.StatusBadRequest
		}
		return http.StatusUnprocessableEntity
	case errs.Denied:
		return http.StatusForbidden
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Conflict:
		return http.StatusConflict
	case errs.Stale:
		return http.StatusPreconditionFailed
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.Unsupported:
		return http.StatusUnsupportedMediaType
	case errs.Throttled:
		return http.StatusTooManyRequests
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problem words an error. Faults of ours are logged whole and told in one general sentence.
func (s *service) problem(err error) *problem {
	all := errs.All(err)
	p := &problem{Type: "about:blank", Title: all[0].Kind.String(), Status: statusOf(err), Detail: s.printer.T(all[0].Key, all[0].Args)}
	for _, e := range all {
		if e.Field != "" {
			p.Errors = append(p.Errors, problemField{e.Field, s.printer.T(e.Key, e.Args)})
		}
	}
	if names, ok := all[0].Args["Actions"].([]string); ok {
		p.Actions = names
	}
	if p.Status >= http.StatusInternalServerError {
		slog.Error("api: request failed", "error", err)
		p.Detail = s.printer.T("errs.internal")
	}
	return p
}

// Fail answers a request with a problem.
func (s *service) Fail(w http.ResponseWriter, _ *http.Request, err error) {
	var p *problem
	if !errors.As(err, &p) {
		p = s.problem(err)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the asker is gone if this fails
}

// Failer answers errors of the shell on the API's paths.
func Failer(deps Deps) func(w http.ResponseWriter, r *http.Request, err error) {
	s := &service{Deps: deps, printer: deps.Catalogue.Printer("zh-CN")}
	return s.Fail
}

package web

import (
	"net/http"

	"lianxin/internal/errs"
)

// Status is the HTTP status that answers an error of a kind on pages. The API differs in Stale alone: 412.
func Status(kind errs.Kind) int {
	switch kind {
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Denied:
		return http.StatusForbidden
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Conflict, errs.Stale:
		return http.StatusConflict
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

// What the shell itself refuses.
func errBadRequest(cause error) error {
	return errs.New(errs.Invalid, "errs.bad_request").Because(cause)
}
func errTooLarge(max int64) error {
	return errs.New(errs.TooLarge, "errs.too_large").With(errs.Args{"Max": size(max)})
}
func errMethod() error { return errs.New(errs.Invalid, "errs.method") }

// status is Status, but for two refusals that say more than their kind.
func status(err error) int {
	first := errs.All(err)[0]
	switch first.Key {
	case "errs.bad_request":
		return http.StatusBadRequest
	case "errs.method":
		return http.StatusMethodNotAllowed
	}
	return Status(first.Kind)
}

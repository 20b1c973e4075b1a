// Package errs holds the kinds of error the house knows and what a user is told of each.
// It never formats a message in any language and never logs: the catalogues of package lang do the first, the surfaces the second.
package errs

import (
	"errors"
	"fmt"
)

// Kind says what went wrong in terms a surface can answer: it decides the HTTP status and the tone of the page.
type Kind int

const (
	// Internal is a fault of ours; users read one general sentence, the log gets the chain.
	Internal Kind = iota
	// NotFound means the thing does not exist or the asker may not know that it does (404).
	NotFound
	// Invalid means the input breaks a rule that the message names (422; 400 where it could not be parsed).
	Invalid
	// Denied means the asker is known and may not do this (403).
	Denied
	// Unauthenticated means nobody is signed in or the token is not good (401).
	Unauthenticated
	// Conflict means the act is not possible in the present state (409).
	Conflict
	// Stale means somebody else changed the thing since it was read (409 on pages, 412 on the API).
	Stale
	// TooLarge means a body or file is over its limit (413).
	TooLarge
	// Unsupported means a file is of a kind we do not take (415).
	Unsupported
	// Throttled means too many tries; wait and try again (429).
	Throttled
	// Unavailable means that the disk is full or the database away: nothing was done, and it can be tried again later (503).
	Unavailable
)

var kindNames = map[Kind]string{
	Internal: "internal", NotFound: "not_found", Invalid: "invalid", Denied: "denied", Unauthenticated: "unauthenticated",
	Conflict: "conflict", Stale: "stale", TooLarge: "too_large", Unsupported: "unsupported", Throttled: "throttled", Unavailable: "unavailable",
}

// String gives the kind's stable name, as used in logs and in problem+json types.
func (k Kind) String() string { return kindNames[k] }

// Args are the values a catalogue sentence may name.
type Args map[string]any

// Error is one thing that went wrong, with the catalogue key of the sentence a user reads.
type Error struct {
	Kind  Kind
	Key   string // catalogue key of the user's sentence, such as "casework.stale"
	Args  Args   // values the sentence names; never personal data, for they may be logged
	Field string // name of the input field at fault, empty if none
	Err   error  // the cause, for logs only
}

// New returns an error of the kind whose sentence stands under key in the catalogues.
func New(kind Kind, key string) *Error { return &Error{Kind: kind, Key: key} }

// With returns a copy that carries the arguments of its sentence.
func (e *Error) With(args Args) *Error {
	c := *e
	c.Args = args
	return &c
}

// At returns a copy that names the input field at fault.
func (e *Error) At(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Because returns a copy that keeps the cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// Error is the log's text: kind, key, field and cause, without a user's sentence.
func (e *Error) Error() string {
	s := e.Kind.String() + ": " + e.Key
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if len(e.Args) > 0 {
		s += fmt.Sprintf(" %v", map[string]any(e.Args))
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// List is several errors of one input, told together so that a user mends them in one go.
type List []*Error

// Error joins the errors of the list.
func (l List) Error() string {
	joined := make([]error, len(l))
	for i, e := range l {
		joined[i] = e
	}
	return errors.Join(joined...).Error()
}

// Or returns nil for an empty list and the list itself otherwise.
func (l List) Or() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// All returns the errors a user can be told of err: the members of a List, the one *Error in the chain, or one Internal error around anything else.
func All(err error) []*Error {
	var l List
	if errors.As(err, &l) {
		return l
	}
	var e *Error
	if errors.As(err, &e) {
		return []*Error{e}
	}
	return []*Error{{Kind: Internal, Key: "errs.internal", Err: err}}
}

// KindOf returns the kind of err: that of the first error All finds.
func KindOf(err error) Kind { return All(err)[0].Kind }

// Is reports whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// Wrap adds a prefix for the log to *errp, if it is an error; use it in a defer on a function's first line.
func Wrap(errp *error, format string, args ...any) {
	if *errp != nil {
		*errp = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *errp)
	}
}

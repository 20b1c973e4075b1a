package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"lianxin/internal/errs"
	"lianxin/internal/store"
)

// visit is what the shell knows of one request. Its log line names the route and never the query, a body, an address or a person.
type visit struct {
	id      string
	client  netip.Addr
	pattern string
	notes   []slog.Attr
}

type visitKey struct{}

func visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{id: "none"}
}

// note adds an error to the request's log line: kinds and keys for what users are told, the whole chain only for faults of ours.
func (v *visit) note(name string, err error) {
	first := errs.All(err)[0]
	text := first.Kind.String() + " " + first.Key
	if first.Kind == errs.Internal {
		text = err.Error()
	}
	v.notes = append(v.notes, slog.String(name, text))
}

// Routed names a request's route more closely than the shell's own routes can, for log and metrics: by its pattern, never by its path.
func Routed(r *http.Request, pattern string) { visitOf(r).pattern = pattern }

// RequestID names the request in the log, and on the page of a fault.
func RequestID(r *http.Request) string { return visitOf(r).id }

// ClientAddr is the address the request came from, as trusted proxies tell it.
func ClientAddr(r *http.Request) netip.Addr { return visitOf(r).client }

// visited gives the request its id and address, and logs it when it is over.
func (s *Shell) visited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.cfg.Clock()
		v := &visit{id: store.NewID(), client: clientAddr(r, s.cfg.TrustedProxies)}
		w.Header().Set("X-Request-Id", v.id)
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
		s.logVisit(r, v, rec, s.cfg.Clock().Sub(start))
	})
}

func (s *Shell) logVisit(r *http.Request, v *visit, rec *recorder, took time.Duration) {
	if s.cfg.Observe != nil {
		s.cfg.Observe(r.Method, v.pattern, rec.status, took)
	}
	attrs := append([]slog.Attr{
		slog.String("request", v.id), slog.String("method", r.Method), slog.String("route", v.pattern),
		slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes), slog.Duration("took", took),
	}, v.notes...)
	s.cfg.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", attrs...)
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// recovered turns a panic into an answer and a log line.
func (s *Shell) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			s.cfg.Log.Error("panic", "request", RequestID(r), "cause", cause, "stack", string(debug.Stack()))
			if rec, ok := w.(*recorder); ok && rec.status == 0 {
				s.Fail(w, r, errs.New(errs.Internal, "errs.internal"))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// route finds the handler, and answers in our own words where there is none.
func (s *Shell) route(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.mux.Handler(r)
	visitOf(r).pattern = pattern
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	probe := &allowed{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		s.Fail(w, r, errMethod())
		return
	}
	s.Fail(w, r, errs.New(errs.NotFound, "errs.not_found"))
}

// allowed takes in the answer of the mux to a wrong method.
type allowed struct {
	header http.Header
	status int
}

func (a *allowed) Header() http.Header         { return a.header }
func (a *allowed) Write(b []byte) (int, error) { return len(b), nil }
func (a *allowed) WriteHeader(status int)      { a.status = status }

// clientAddr walks X-Forwarded-For from the right, past the proxies we trust. Nobody else's word counts.
func clientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(addr, trusted); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	return addr
}

func within(a netip.Addr, prefixes []netip.Prefix) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

package web

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"lianxin/internal/errs"
	"lianxin/internal/web/assets"
)

// contentPolicy allows our own files and nothing inline. Pictures may be data: URLs, for the style has small ones.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headed sets the headers that bind the browser.
func (s *Shell) headed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses forms that another site posts.
func (s *Shell) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	if s.cfg.PublicURL != "" {
		if err := guard.AddTrustedOrigin(origin(s.cfg.PublicURL)); err != nil {
			s.cfg.Log.Warn("public address is no origin; forms behind a proxy that rewrites Host may be refused", "error", err)
		}
	}
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Fail(w, r, errs.New(errs.Denied, "errs.cross_origin"))
	}))
	return guard.Handler(next)
}

// origin is the scheme and host of an absolute URL.
func origin(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// bounded refuses bodies nobody takes, before anything is read where their size is told.
func (s *Shell) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > s.cfg.MaxBody {
			s.Fail(w, r, errTooLarge(s.cfg.MaxBody))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, s.cfg.MaxBody)
		next.ServeHTTP(w, r)
	})
}

// limited slows down an address that asks too often. It guards this node; passwords and pick-up codes have counters in the database.
func (s *Shell) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, assets.Prefix) && !s.limiter.allow(ClientAddr(r), s.cfg.Clock()) {
			w.Header().Set("Retry-After", "10")
			s.Fail(w, r, errs.New(errs.Throttled, "errs.throttled"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// limiter keeps a bucket for each address, and forgets those that have been full for a while.
type limiter struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	buckets map[netip.Prefix]*rate.Limiter
}

const keptBuckets = 20_000

func newLimiter(limit rate.Limit, burst int) *limiter {
	return &limiter{rate: limit, burst: burst, buckets: map[netip.Prefix]*rate.Limiter{}}
}

func (l *limiter) allow(addr netip.Addr, now time.Time) bool {
	if l.rate == 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	key := neighbours(addr)
	b, ok := l.buckets[key]
	if !ok {
		if len(l.buckets) >= keptBuckets {
			l.forget(now)
		}
		b = rate.NewLimiter(l.rate, l.burst)
		l.buckets[key] = b
	}
	return b.AllowN(now, 1)
}

// forget drops the full buckets; if every bucket is in use it drops all, for memory is bounded first.
func (l *limiter) forget(now time.Time) {
	for key, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, key)
		}
	}
	if len(l.buckets) >= keptBuckets {
		clear(l.buckets)
	}
}

// neighbours is an IPv4 address alone, or the /64 an IPv6 customer holds.
func neighbours(a netip.Addr) netip.Prefix {
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

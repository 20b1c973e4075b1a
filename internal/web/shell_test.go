package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lianxin/internal/errs"
	"lianxin/internal/lang"
	"lianxin/internal/web/assets"
	"lianxin/internal/web/webtest"
	"lianxin/internal/zh"
)

func newShell(t testing.TB, change func(*Config)) *Shell {
	t.Helper()
	catalogue, err := lang.New(Messages(), zh.Messages())
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	cfg := Config{Catalogue: catalogue, Assets: assets.Blank(), Clock: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler), Locales: []string{lang.Pseudo}}
	change(&cfg)
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(s *Shell, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestErrorsBecomePagesWithASentence(t *testing.T) {
	s := newShell(t, func(c *Config) { c.SignIn = "/sign-in" })
	kinds := map[string]errs.Kind{
		"/internal": errs.Internal, "/none": errs.NotFound, "/invalid": errs.Invalid, "/denied": errs.Denied, "/who": errs.Unauthenticated,
		"/conflict": errs.Conflict, "/stale": errs.Stale, "/large": errs.TooLarge, "/kind": errs.Unsupported, "/often": errs.Throttled,
	}
	for path, kind := range kinds {
		s.Handle(path, func(http.ResponseWriter, *http.Request) error {
			return fmt.Errorf("inner detail: %w", errs.New(kind, "errs.denied").Because(errors.New("secret cause")))
		})
	}
	s.Handle("/panic", func(http.ResponseWriter, *http.Request) error { panic("secret cause") })
	for path, want := range map[string]int{
		"/internal": 500, "/none": 404, "/invalid": 422, "/denied": 403, "/who": 401, "/conflict": 409, "/stale": 409, "/large": 413, "/kind": 415, "/often": 429,
		"/panic": 500, "/nowhere": 404,
	} {
		w := ask(s, "POST", path, "a=b")
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
		if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "inner detail") {
			t.Errorf("%s leaks its cause", path)
		}
		if err := webtest.Check(w.Body, webtest.In("main .error-sentence"), webtest.In("main a[href=/]"), webtest.NotIn("script[src=\"\"]")); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	w := ask(s, "GET", "/who?x=1", "")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in?return=%2Fwho%3Fx%3D1" {
		t.Errorf("not led to the sign-in: %d %s", w.Code, w.Header().Get("Location"))
	}
}

func TestWrongMethodIsNamed(t *testing.T) {
	s := newShell(t, func(*Config) {})
	w := ask(s, "GET", preferencesPath, "")
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
		t.Errorf("%d %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestAPIErrorsGoToTheAPI(t *testing.T) {
	s := newShell(t, func(c *Config) {
		c.APIFail = func(w http.ResponseWriter, _ *http.Request, err error) { w.WriteHeader(418) }
	})
	if w := ask(s, "GET", "/api/v1/none", ""); w.Code != 418 {
		t.Errorf("got %d", w.Code)
	}
	if w := ask(s, "GET", "/none", ""); w.Code != 404 {
		t.Errorf("got %d", w.Code)
	}
}

func TestHeadersBindTheBrowser(t *testing.T) {
	s := newShell(t, func(c *Config) { c.PublicURL = "https://lx.example.org" })
	w := ask(s, "POST", preferencesPath, "theme=dark&return=/x%3Fy=1")
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Location": "/x?y=1", "Strict-Transport-Security": "max-age=31536000"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	csp := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	c := w.Result().Cookies()[0]
	if c.Value != "dark" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("cookie %v", c)
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	s := newShell(t, func(c *Config) { c.PublicURL = "https://lx.example.org" })
	for _, c := range []struct {
		want    int
		headers []string
	}{
		{http.StatusForbidden, []string{"Sec-Fetch-Site", "cross-site"}},
		{http.StatusForbidden, []string{"Origin", "https://evil.example"}},
		{http.StatusSeeOther, []string{"Sec-Fetch-Site", "same-origin"}},
		{http.StatusSeeOther, []string{"Origin", "https://lx.example.org"}},
		{http.StatusSeeOther, nil},
	} {
		if w := ask(s, "POST", preferencesPath, "theme=dark", c.headers...); w.Code != c.want {
			t.Errorf("%v: %d, want %d", c.headers, w.Code, c.want)
		}
	}
}

func TestTheLogNamesRoutesAndNothingElse(t *testing.T) {
	var out bytes.Buffer
	s := newShell(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&out, nil)) })
	s.Handle("GET /cases/{number}", func(http.ResponseWriter, *http.Request) error { return errs.New(errs.NotFound, "errs.not_found") })
	ask(s, "GET", "/cases/WH-O-1?code=ABCDEFGH", "", "Cookie", "session=topsecret", "X-Forwarded-For", "203.0.113.9")
	ask(s, "GET", "/unknown/13800000000", "")
	log := out.String()
	for _, want := range []string{"GET /cases/{number}", "status=404", "errs.not_found"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in %s", want, log)
		}
	}
	for _, secret := range []string{"ABCDEFGH", "topsecret", "13800000000", "203.0.113.9", "192.0.2.1"} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in %s", secret, log)
		}
	}
}

func TestAnAddressThatAsksTooOftenWaits(t *testing.T) {
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	s := newShell(t, func(c *Config) {
		c.Rate, c.Burst = 1, 3
		c.Clock = func() time.Time { return now }
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	})
	var codes []int
	for range 5 {
		codes = append(codes, ask(s, "GET", "/none", "", "X-Forwarded-For", "203.0.113.9").Code)
	}
	codes = append(codes, ask(s, "GET", "/none", "", "X-Forwarded-For", "203.0.113.10").Code)
	now = now.Add(time.Second)
	codes = append(codes, ask(s, "GET", "/none", "", "X-Forwarded-For", "203.0.113.9").Code)
	if got := fmt.Sprint(codes); got != "[404 404 404 429 429 404 404]" {
		t.Error(got)
	}
}

func TestBucketsAreBounded(t *testing.T) {
	l := newLimiter(1, 2)
	now := time.Unix(1_800_000_000, 0)
	for i := range keptBuckets + 10 {
		l.allow(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(l.buckets) > keptBuckets {
		t.Errorf("%d buckets", len(l.buckets))
	}
	one, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	if neighbours(one) != neighbours(other) {
		t.Error("one household, two buckets")
	}
}

func TestClientAddressTrustsOnlyKnownProxies(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.5:1", "198.51.100.1", "203.0.113.5"},
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"10.0.0.1:1", "nonsense", "10.0.0.1"},
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"[::ffff:203.0.113.5]:1", "", "203.0.113.5"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := clientAddr(r, trusted).String(); got != c.want {
			t.Errorf("%v: %s", c, got)
		}
	}
}

func TestLocalPathNeverLeavesTheSite(t *testing.T) {
	base, _ := url.Parse("https://lx.example.org/somewhere")
	for _, bad := range []string{"//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "x", "/\t/evil.example", "\\\\evil"} {
		if got := LocalPath(bad, "/"); got != "/" {
			t.Errorf("%q led to %q", bad, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := LocalPath(rapid.StringMatching(`[/\\a-z:.@ \t?#%]{0,12}`).Draw(t, "path"), "/")
		u, err := base.Parse(p)
		if err != nil || u.Host != base.Host || u.Scheme != base.Scheme {
			t.Fatalf("%q leads to %v", p, u)
		}
	})
}

func TestFlashIsSaidOnce(t *testing.T) {
	s := newShell(t, func(c *Config) {})
	s.Handle("POST /do", func(w http.ResponseWriter, r *http.Request) error {
		return s.Done(w, r, "/none", "web.printed_at", "At", "<b>")
	})
	w := ask(s, "POST", "/do", "")
	cookie := w.Result().Cookies()[0]
	w = ask(s, "GET", "/none", "", "Cookie", cookie.Name+"="+cookie.Value)
	if err := webtest.Check(w.Body, webtest.In(".notice-good[role=status]", webtest.HasText("打印时间：<b>"))); err != nil {
		t.Error(err)
	}
	if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("the sentence is not forgotten: %v", c)
	}
	ask(s, "GET", "/none", "", "Cookie", flashCookie+"=%00garbage")
}

func TestHandlersAreBoundedAndOtherBodiesRefusedAtOnce(t *testing.T) {
	s := newShell(t, func(c *Config) { c.MaxBody = 3 << 20 })
	s.Handle("POST /form", func(w http.ResponseWriter, r *http.Request) error {
		p := s.Page(r, "web.home")
		return p.Form("/form").Read(r)
	})
	s.Mux().HandleFunc("POST /raw", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	for size, want := range map[int]int{10: 422, 2 << 20: 413, 5 << 20: 413} {
		if w := ask(s, "POST", "/form", "x="+strings.Repeat("a", size)); w.Code != want {
			t.Errorf("%d bytes: %d, want %d", size, w.Code, want)
		}
	}
	if w := ask(s, "POST", "/raw", strings.Repeat("a", 5<<20)); w.Code != 413 {
		t.Errorf("raw: %d", w.Code)
	}
}

func TestAPageTwiceOrWithoutContentIsRefused(t *testing.T) {
	s := newShell(t, func(*Config) {})
	cfg := s.cfg
	cfg.Templates = append(cfg.Templates, os.DirFS("testdata/pages"), os.DirFS("testdata/pages"))
	if _, err := New(cfg); err == nil {
		t.Error("taken")
	}
}

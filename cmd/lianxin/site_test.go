package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/demo"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/web/pages"
	"lianxin/internal/web/webtest"
)

// town is a demonstration city served to tests.
type town struct {
	t      testing.TB
	h      *house
	at     storage
	url    string
	log    *logBook
	tokens map[string]string
	server *httptest.Server
}

// furnished serves the demonstration city; with cases also its living matters.
func furnished(t testing.TB, cases bool) *town {
	t.Helper()
	log := &logBook{}
	slog.SetDefault(log.logger())
	at := storage{Data: t.TempDir()}
	h, err := at.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	town := &town{t: t, h: h, at: at, log: log, tokens: map[string]string{}}
	if err := demo.Build(t.Context(), h.db); err != nil {
		t.Fatal(err)
	}
	if err := h.notices.Begin(t.Context(), h.db.Now().Add(-demoNotices)); err != nil {
		t.Fatal(err)
	}
	if err := h.demoAccounts(t.Context()); err != nil {
		t.Fatal(err)
	}
	if cases {
		for _, play := range []func(context.Context, *casework.Service, time.Time, demo.Actors) error{demo.Cases, demo.Suggestions, demo.Motions} {
			if err := play(t.Context(), h.cases, h.db.Now(), h.demoActor(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		if err := event.CatchUp(t.Context(), h.db, "test", h.consumers()...); err != nil {
			t.Fatal(err)
		}
	}
	var site http.Handler
	town.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(w, r) }))
	l := listening{Listen: town.server.Listener.Addr().String(), RateLimit: "off"}
	town.url = l.url()
	if site, err = h.handler(t.Context(), l, pages.Deps{}, true); err != nil {
		if storetest.Required("chromium") {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED, PAGES NOT TESTED: %v", err)
	}
	town.server.Start()
	t.Cleanup(func() {
		town.server.Close()
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return town
}

// signIn brings an account to its desk.
func (town *town) signIn(p *webtest.Person, account string) *webtest.Person {
	town.t.Helper()
	p.Go(town.url+"/sign-in").Fill("账号", account).Fill("密码", demoPassword).Click(".form .buttons button")
	return p
}

// check folds everything and compares.
func (town *town) check() {
	town.t.Helper()
	report, err := town.h.cases.Check(town.t.Context())
	if err != nil {
		town.t.Fatal(err)
	}
	for _, f := range report.Findings {
		town.t.Errorf("%s: %s", f.Stream, f.What)
	}
}

// fact reads what stands beside a label on the page.
func fact(p *webtest.Person, label string) string {
	var text string
	p.Eval(`[...document.querySelectorAll('dt')].find(e => e.innerText.trim() === "`+label+`")?.nextElementSibling.innerText ?? ''`, &text)
	return strings.TrimSpace(text)
}

// one reads one text.
func (town *town) one(query string, args ...any) (string, error) {
	return store.One[string](town.t.Context(), town.h.db.Reader(), query, args...)
}

// token makes a bearer token that may do all its account may.
func (town *town) token(account string) string {
	town.t.Helper()
	a := town.account(account)
	_, secret, err := town.h.identity.CreateToken(town.t.Context(), policy.Actor{Account: a.ID}, identity.NewToken{Account: a.ID, Name: "test", Scope: identity.Write, Lasts: time.Hour})
	if err != nil {
		town.t.Fatal(err)
	}
	return secret
}

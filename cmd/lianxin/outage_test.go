package main

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/web/pages"
)

// TestAFullDatabaseSaysSo fills the database: what does not fit is refused with a sentence, what was acknowledged is there, and with room it goes on.
func TestAFullDatabaseSaysSo(t *testing.T) {
	at := storage{Data: t.TempDir()}
	b := &bencher{tokens: map[string]string{}, took: map[string][]time.Duration{}, client: http.DefaultClient}
	if _, err := (&benchCmd{}).prepare(t.Context(), at, b); err != nil {
		t.Fatal(err)
	}
	h, err := at.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	count, err := store.One[int](t.Context(), h.db.Reader(), "pragma page_count")
	if err != nil || h.close() != nil {
		t.Fatal(err)
	}
	at.maxPages = count + 40
	if h, err = at.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	var site http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(w, r) }))
	defer server.Close()
	if site, err = h.handler(t.Context(), listening{Listen: server.Listener.Addr().String(), RateLimit: "off"}, pages.Deps{}, false); err != nil {
		t.Fatal(err)
	}
	b.url = server.URL + "/api/v1"
	f := &fortress{t: t, at: at, b: b}
	done := &answered{versions: map[string]int64{}}
	f.load(t.Context(), done) // each of its people stops at the first refusal
	res, err := http.Post(b.url+"/opinions", "application/json", strings.NewReader(`{"body":"`+strings.Repeat("a", 15000)+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable || len(done.versions) < 5 {
		t.Errorf("a full database answers %d after %d acts", res.StatusCode, len(done.versions))
	}
	done.holds(t, h)
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	f.at.maxPages = 0
	f.open(func(h *house) {
		if err := h.fill(t.Context(), 3); err != nil {
			t.Errorf("with room again: %v", err)
		}
		done.holds(t, h)
	})
}

// TestPostgreSQLGoesAwayUnderLoad ends every connection again and again: nothing acknowledged is lost, and the server goes on by itself.
func TestPostgreSQLGoesAwayUnderLoad(t *testing.T) {
	database := storetest.PostgresURL(t)
	f := newFortress(t, database+"&application_name=lianxin_outage")
	f.start()
	done := &answered{versions: map[string]int64{}}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			f.load(ctx, done)
		}
	})
	ended := 0
	for ctx.Err() == nil {
		ended += storetest.Disconnect(t, database, "lianxin_outage")
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(50+rand.IntN(200)) * time.Millisecond):
		}
	}
	wg.Wait()
	again, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	err := errGone
	for err != nil && again.Err() == nil {
		err = f.oneLoop(again, done)
	}
	if err != nil || ended == 0 {
		t.Errorf("%d connections were ended; afterwards: %v\n%s", ended, err, f.log)
	}
	f.kill()
	f.open(func(h *house) { done.holds(t, h) })
}

// TestTwoServersShareTheWork serves one PostgreSQL from two processes: every event is handled once by every consumer, whoever it was.
func TestTwoServersShareTheWork(t *testing.T) {
	f := newFortress(t, storetest.PostgresURL(t))
	second := *f
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	second.address = listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	second.b = &bencher{url: "http://" + second.address + "/api/v1", tokens: f.b.tokens, took: map[string][]time.Duration{}, client: f.b.client}
	f.start()
	second.start()
	t.Cleanup(second.kill)
	done := &answered{versions: map[string]int64{}}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { f.load(ctx, done) })
	wg.Go(func() { second.load(ctx, done) })
	wg.Wait()
	f.kill()
	second.kill()
	f.open(func(h *house) {
		done.holds(t, h)
		if len(done.versions) < 20 {
			t.Errorf("only %d things were acknowledged", len(done.versions))
		}
	})
}

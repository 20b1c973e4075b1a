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

	"lianxin/internal/casework"
	"lianxin/internal/event"
	"lianxin/internal/opinion"
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
	name := "lianxin_" + store.NewID() // tests of others may run on the same PostgreSQL
	f := newFortress(t, database+"&application_name="+name)
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
		ended += storetest.Disconnect(t, database, name)
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
		followed(t, h)
	})
}

// followed lets what is left be followed, and finds every event in one place and handled by every consumer.
func followed(t *testing.T, h *house) {
	t.Helper()
	var last error
	for range 150 { // a killed server's lease lasts ten seconds
		if last = event.CatchUp(t.Context(), h.db, "test", h.consumers()...); last != nil {
			t.Fatal(last)
		}
		if r, err := event.Look(t.Context(), h.db.Reader()); err != nil || r.Waiting == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	counts, err := h.db.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := event.Look(t.Context(), h.db.Reader())
	if err != nil {
		t.Fatal(err)
	}
	if n := counts["event"]; r.Waiting != 0 || counts["event_position"] != n || r.Last != n {
		t.Errorf("%d events, %d positions up to %d, %d waiting", n, counts["event_position"], r.Last, r.Waiting)
	}
	for _, name := range []string{h.cases.Indexer().Name, h.notices.Consumer().Name} {
		if n, known := r.Behind[name]; n != 0 || !known {
			t.Errorf("%s is %d behind", name, n)
		}
	}
	if counts["search_doc"] != counts["case_file"] {
		t.Errorf("%d cases are found by words, %d are there", counts["search_doc"], counts["case_file"])
	}
}

// TestTimedActionsAreDoneOnce lets two servers' timetables run at once over matters whose time has come.
func TestTimedActionsAreDoneOnce(t *testing.T) {
	const matters = 12
	at := storage{Data: t.TempDir(), Database: storetest.PostgresURL(t)}
	if _, err := (&benchCmd{}).prepare(t.Context(), at, &bencher{tokens: map[string]string{}}); err != nil {
		t.Fatal(err)
	}
	var houses [2]*house
	for i := range houses {
		h, err := at.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer h.close()
		houses[i] = h
	}
	for range matters {
		waitingSince(t, houses[0], time.Now().AddDate(0, -6, 0))
	}
	var done [2]int
	var wg sync.WaitGroup
	for i, h := range houses {
		wg.Go(func() {
			n, err := h.cases.RunTimed(t.Context(), 200)
			if err != nil {
				t.Error(err)
			}
			done[i] = n
		})
	}
	wg.Wait()
	events, err := store.One[int](t.Context(), houses[0].db.Reader(), "select count(*) from event where action = 'opinion.lapse'")
	if err != nil || done[0]+done[1] != matters || events != matters {
		t.Errorf("%d and %d were done, %d recorded, %d were due; %v", done[0], done[1], events, matters, err)
	}
	(&answered{}).holds(t, houses[1])
}

// waitingSince brings a case as far as its verdict, which nobody gives, at an earlier time.
func waitingSince(t *testing.T, h *house, then time.Time) {
	t.Helper()
	past := h.cases.At(func() time.Time { return then })
	res, err := opinion.Submit(t.Context(), past, casework.Resident(), benchIntake())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		account, action string
		assignment      int64
		in              casework.Input
	}{{"clerk", "accept", 0, nil}, {"clerk", "assign", 0, casework.Input{"lead": "zjj"}}, {"agency", "sign", 1, nil},
		{"agency", "reply", 1, casework.Input{"class": "solved", "reply": "x"}}, {"agency-lead", "approve", 1, nil}, {"clerk", "feedback", 0, casework.Input{"how": "telephone"}}} {
		actor, err := h.demoActor(t.Context())(step.account)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := past.Apply(t.Context(), casework.Request{Actor: actor, Number: res.Case.Number, Assignment: step.assignment, Action: step.action, Input: step.in}); err != nil {
			t.Fatalf("%s: %v", step.action, err)
		}
	}
}

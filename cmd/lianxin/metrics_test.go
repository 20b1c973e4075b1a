package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"lianxin/internal/casework"
	"lianxin/internal/sealed"
	"lianxin/internal/web/pages"
)

// TestTheOperatorsAddress tells requests by route, never by path, and how things stand.
func TestTheOperatorsAddress(t *testing.T) {
	town := furnished(t, true)
	m := town.h.meter()
	m.observe("GET", "GET /cases/{number}", 200, 3_000_000)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := town.h.operate(ctx, address, m); err != nil {
		t.Fatal(err)
	}
	get := func(path string) (int, string) {
		t.Helper()
		res, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body := get(path); status != http.StatusOK || strings.TrimSpace(body) != "ok" {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	_, metrics := get("/metrics")
	for _, want := range []string{`lianxin_request_seconds_count{method="GET",route="GET /cases/{number}",status="200"} 1`, `lianxin_assignments_open{lamp="red"}`, `lianxin_cases_open{lamp="green"}`,
		`lianxin_consumer_behind{consumer="search.case"}`, `lianxin_consumer_behind{consumer="search.public"}`, "lianxin_events_waiting", "go_goroutines", "process_resident_memory_bytes"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if status, _ := get("/cases"); status != http.StatusNotFound {
		t.Errorf("the site answers on the operator's address: %d", status)
	}
	res, err := http.Get(town.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("metrics on the public address: %d", res.StatusCode)
	}
}

// TestWhatIsMeasuredIsBounded counts acts by action and outcome and requests by route, and lets nobody make names up.
func TestWhatIsMeasuredIsBounded(t *testing.T) {
	town := furnished(t, false)
	h := *town.h
	h.measured = h.meter()
	h.cases = h.cases.Observed(h.measured.act)
	site, err := h.handler(t.Context(), listening{Listen: "127.0.0.1:0", RateLimit: "off"}, pages.Deps{}, true)
	if err != nil {
		t.Fatal(err)
	}
	send := func(method, path, key, body string) (number, code string) {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		var made struct{ Number, Code string }
		_ = json.Unmarshal(w.Body.Bytes(), &made)
		return made.Number, made.Code
	}
	number, _ := send("POST", "/api/v1/opinions", "key-1", `{"body":"x"}`)
	send("POST", "/api/v1/opinions", "key-1", `{"body":"x"}`)
	send("POST", "/api/v1/cases/"+number+"/actions/accept", "key-2", `{}`)
	send("BREW", "/tea", "key-3", "")
	if _, err := h.cases.Apply(t.Context(), casework.Request{Number: number, Action: "made-up"}); err == nil {
		t.Error("an action nobody knows was done")
	}
	w := httptest.NewRecorder()
	promhttp.HandlerFor(h.measured.registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	told := w.Body.String()
	for _, want := range []string{`lianxin_acts_total{action="open",outcome="done"} 1`, `lianxin_acts_total{action="open",outcome="repeated"} 1`,
		`lianxin_acts_total{action="unknown",outcome="not_found"} 1`, `route="POST /api/v1/opinions",status="201"} 2`,
		`route="POST /api/v1/cases/{number}/actions/{action}",status="4`, `lianxin_request_seconds_count{method="other",route="",status="404"} 1`} {
		if !strings.Contains(told, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	for _, never := range []string{number, "made-up", "BREW", "/tea"} {
		if strings.Contains(told, never) {
			t.Errorf("the metrics tell %q", never)
		}
	}
	if t.Failed() {
		t.Log(told)
	}
}

// TestReadyTellsWhatIsAmiss takes away one thing after another.
func TestReadyTellsWhatIsAmiss(t *testing.T) {
	e := examine(t)
	h := e.town.h
	if why := h.unready(t.Context()); why != "" {
		t.Errorf("not ready: %s", why)
	}
	right := h.vault
	alien, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	h.vault = alien
	if why := h.unready(t.Context()); why != "keys do not open the data" {
		t.Errorf("with other keys: %q", why)
	}
	h.vault = right
	was := h.data
	h.data = "/proc"
	if why := h.unready(t.Context()); why == "" {
		t.Error("ready without a folder to write to")
	}
	h.data = was
	e.write("update migrations_casework set version_id = version_id + 100")
	if why := h.unready(t.Context()); why != "tables are of another version of this program" {
		t.Errorf("with other tables: %q", why)
	}
}

package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
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
	for _, want := range []string{`lianxin_request_seconds_count{method="GET",route="GET /cases/{number}",status="200"} 1`, `lianxin_assignments_open{lamp="red"}`,
		`lianxin_consumer_behind{consumer="search.case"}`, "lianxin_events_waiting", "go_goroutines", "process_resident_memory_bytes"} {
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

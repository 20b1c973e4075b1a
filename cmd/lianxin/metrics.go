package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"lianxin/internal/event"
	"lianxin/internal/sealed"
)

// meter is what the operator's address tells: requests as they come, and how things stand when it is asked.
type meter struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	acts     *prometheus.CounterVec
}

func (h *house) meter() *meter {
	m := &meter{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "lianxin_request_seconds",
		Help: "Requests by route and status.", Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, 1, 5}}, []string{"method", "route", "status"})}
	m.acts = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lianxin_acts_total", Help: "Acts on cases by action and outcome."}, []string{"action", "outcome"})
	m.registry.MustRegister(m.requests, m.acts, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &standing{h: h})
	return m
}

// observe notes a request by the pattern of its route, never by its path.
func (m *meter) observe(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(knownMethod(method), route, strconv.Itoa(status)).Observe(took.Seconds())
}

// act notes an act that was asked for, whatever became of it.
func (m *meter) act(action, outcome string) { m.acts.WithLabelValues(action, outcome).Inc() }

// knownMethod keeps strangers from filling the memory with methods they make up.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// standing reads how things stand from the database, when it is asked.
type standing struct{ h *house }

var (
	descWaiting    = prometheus.NewDesc("lianxin_events_waiting", "Events without a position.", nil, nil)
	descBehind     = prometheus.NewDesc("lianxin_consumer_behind", "Events a consumer has not handled.", []string{"consumer"}, nil)
	descLamps      = prometheus.NewDesc("lianxin_assignments_open", "Open assignments by lamp.", []string{"lamp"}, nil)
	descCases      = prometheus.NewDesc("lianxin_cases_open", "Cases whose own clock runs, by lamp.", []string{"lamp"}, nil)
	descDeliveries = prometheus.NewDesc("lianxin_deliveries", "Deliveries by status.", []string{"status"}, nil)
)

// Describe names what is told.
func (s *standing) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descWaiting, descBehind, descLamps, descCases, descDeliveries} {
		out <- d
	}
}

// Collect tells it; what cannot be read is left out and logged.
func (s *standing) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	r, err := event.Look(ctx, s.h.db.Reader())
	if err == nil {
		gauge(descWaiting, r.Waiting)
		for name, n := range r.Behind {
			gauge(descBehind, n, name)
		}
	}
	lamps, lampErr := s.h.cases.Lamps(ctx)
	for lamp, n := range lamps {
		gauge(descLamps, n, lamp)
	}
	cases, caseErr := s.h.cases.CaseLamps(ctx)
	for lamp, n := range cases {
		gauge(descCases, n, lamp)
	}
	deliveries, sentErr := s.h.deliver.Counts(ctx)
	for status, n := range deliveries {
		gauge(descDeliveries, int64(n), status)
	}
	if err := errors.Join(err, lampErr, caseErr, sentErr); err != nil {
		slog.Error("metrics", "error", err)
	}
}

// operate answers the operator on an address of its own: alive, ready, metrics.
func (h *house) operate(ctx context.Context, address string, m *meter) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	h.health(mux)
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close() // scrapes can be asked again
	}()
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			slog.Error("operator's address", "error", err)
		}
	}()
	return nil
}

// health adds the two questions any watcher may ask.
func (h *house) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", h.ready)
}

// ready tells whether acts can be taken: the database answers with the tables this program knows, the keys open the data, and the disk can be written to.
func (h *house) ready(w http.ResponseWriter, r *http.Request) {
	if why := h.unready(r.Context()); why != "" {
		http.Error(w, why, http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// unready says what is amiss, or nothing. A new program that has moved the tables on takes an old one beside it out of service that way.
func (h *house) unready(ctx context.Context) string {
	behind, err := h.db.Behind(ctx, schemas()...)
	switch {
	case err != nil:
		return "database does not answer"
	case len(behind) > 0:
		return "tables are of another version of this program"
	case sealed.Probe(ctx, h.db.Reader(), h.vault) != nil:
		return "keys do not open the data"
	case !writable(h.data):
		return "data folder cannot be written to"
	}
	if free, known := freeDisk(h.data); known && free < noDisk {
		return "disk is full"
	}
	return ""
}

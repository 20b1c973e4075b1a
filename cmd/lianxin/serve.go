package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"lianxin/internal/api"
	"lianxin/internal/event"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/store"
	"lianxin/internal/web"
	"lianxin/internal/web/assets"
	"lianxin/internal/web/pages"
)

// listening says where a server answers.
type listening struct {
	Listen       string         `help:"Address to answer at." default:"127.0.0.1:8080"`
	OpsListen    string         `help:"Address for the operator alone: /healthz, /readyz, /metrics. None if left out."`
	AllowRemote  bool           `help:"Let the demonstration answer on an address that is not loopback."`
	PublicURL    string         `help:"Address people type, such as https://lx.example.gov.cn; stands on slips and QR codes."`
	TrustedProxy []netip.Prefix `help:"Networks whose X-Forwarded-For is believed, such as 10.0.0.0/8."`
	RateLimit    string         `help:"on, or off for load tests on loopback." enum:"on,off" default:"on"`
}

func (l listening) loopback() bool {
	host, _, err := net.SplitHostPort(l.Listen)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func (l listening) check() error {
	if l.RateLimit == "off" && !l.loopback() {
		return errors.New("--rate-limit off is for loopback only")
	}
	return nil
}

func (l listening) url() string {
	if l.PublicURL != "" {
		return l.PublicURL
	}
	return "http://" + l.Listen
}

type serveCmd struct {
	storage
	listening
}

// Run serves the real thing. The first start makes keys and an administrator with a one-time password.
func (c *serveCmd) Run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.home(ctx); err != nil {
		return err
	}
	once, err := h.identity.Bootstrap(ctx)
	if err != nil {
		return err
	}
	if once != "" {
		fmt.Printf("First start. Keys: %s (back them up apart from the data; lost keys mean lost personal data).\n", filepath.Join(c.Data, "keys.json"))
		fmt.Printf("Administrator: admin, one-time password: %s\n", once)
	}
	return h.serve(ctx, c.listening, pages.Deps{}, false)
}

// handler makes the whole site.
func (h *house) handler(ctx context.Context, l listening, deps pages.Deps, demo bool) (http.Handler, error) {
	set, err := assets.Load()
	if err != nil {
		return nil, err
	}
	site, err := registry.Setting(ctx, h.db.Reader(), registry.SiteName)
	if err != nil {
		return nil, err
	}
	cfg := web.Config{Catalogue: h.catalogue, Assets: set, Clock: h.db.Now, Log: slog.Default(), Site: site, PublicURL: l.url(), Demo: demo, TrustedProxies: l.TrustedProxy}
	if h.measured != nil {
		cfg.Observe = h.measured.observe
	}
	if l.RateLimit != "off" {
		cfg.Rate, cfg.Burst = rate.Limit(20), 120
	}
	deps.DB, deps.Cases, deps.Identity, deps.Files, deps.Vault, deps.Policy, deps.PublicURL = h.db, h.cases, h.identity, h.files, h.vault, h.table, l.url()
	deps.Notices, deps.Deliver, deps.Figures = h.notices, h.deliver, h.figures
	if deps.Printer == nil {
		deps.Printer = render.NewPrinter(render.PrinterOptions{Path: render.FindChromium(), NoSandbox: os.Geteuid() == 0})
	}
	surface := api.Deps{Cases: h.cases, Identity: h.identity, Files: h.files, Figures: h.figures, Catalogue: h.catalogue, Routed: web.Routed}
	cfg.APIFail = api.Failer(surface)
	s, err := pages.New(cfg, deps)
	if err != nil {
		return nil, err
	}
	api.Register(s.Mux(), surface)
	h.health(s.Mux())
	return s.Handler(), nil
}

// serve answers until ctx ends, then lets running requests and letters under way finish.
func (h *house) serve(ctx context.Context, l listening, deps pages.Deps, demo bool) error {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo})))
	debug.SetGCPercent(200) // a quarter less time for some tens of megabytes more
	h.notices = h.notices.Linked(l.url())
	if err := h.notices.Begin(ctx, h.db.Now()); err != nil {
		return err
	}
	if l.OpsListen != "" {
		h.measured = h.meter()
		h.cases = h.cases.Observed(h.measured.act)
		if err := h.operate(ctx, l.OpsListen, h.measured); err != nil {
			return err
		}
	}
	handler, err := h.handler(ctx, l, deps, demo)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", l.Listen)
	if err != nil {
		return err
	}
	background := make(chan struct{})
	go func() {
		defer close(background)
		h.background(ctx)
	}()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute}
	fmt.Printf("Lianxin answers at %s\n", l.url())
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	defer cancel()
	err = server.Shutdown(grace)
	select {
	case <-background: // nobody writes any more: the database may be closed
	case <-grace.Done():
	}
	return err
}

// sweptAfter is how old an attachment that no row names is swept away (our default).
const sweptAfter = 24 * time.Hour

// keepSent is how long addresses and words of letters that left are kept (our default).
const keepSent = 30 * 24 * time.Hour

// background follows the record and does what falls due, until ctx ends and all of it has stopped.
func (h *house) background(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() {
		event.Follow(ctx, h.db, store.NewID(), 300*time.Millisecond, h.consumers()...)
	})
	running.Go(func() { h.deliver.Run(ctx, 2*time.Second) })
	every(ctx, &running, time.Minute, "timed actions", func() error {
		_, timed := h.cases.RunTimed(ctx, 200)
		_, urged := h.cases.RunUrges(ctx, 200)
		_, promised := h.cases.RunPromises(ctx, 200)
		_, told := h.notices.Digests(ctx, 200)
		return errors.Join(timed, urged, promised, told)
	})
	every(ctx, &running, time.Hour, "sweep", func() error {
		_, err := h.files.Sweep(ctx, h.db.Reader(), h.db.Now().Add(-sweptAfter))
		_, swept := h.deliver.Sweep(ctx, h.db.Now().Add(-keepSent))
		return errors.Join(err, h.identity.Sweep(ctx), swept)
	})
}

// every does something now and again until ctx ends; a failure is logged and tried anew at the next beat.
func every(ctx context.Context, running *sync.WaitGroup, period time.Duration, name string, do func() error) {
	running.Go(func() {
		beat := time.NewTicker(period)
		defer beat.Stop()
		for {
			if err := do(); err != nil && ctx.Err() == nil {
				slog.Error(name, "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
			}
		}
	})
}

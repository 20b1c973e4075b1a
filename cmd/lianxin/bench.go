package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"lianxin/internal/casework"
	"lianxin/internal/demo"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
)

type benchCmd struct {
	Clients  int    `help:"How many act at once." default:"4"`
	Loops    int    `help:"Closed loops in all." default:"200"`
	Cases    int    `help:"Cases in store before the measurement." default:"0"`
	Database string `help:"postgres://… instead of a fresh SQLite."`
	Format   string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// benchStep is what was measured of one step.
type benchStep struct {
	Name string  `json:"name"`
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
}

// benchRead is what was measured of one way of reading, with as many readers as clients.
type benchRead struct {
	benchStep
	PerSecond float64 `json:"per_second"`
}

// benchReport is what the command prints. Ratio is the loops a second over those of the application's own SQL, recorded and replayed through the same
// writer by as many clients in the same run.
type benchReport struct {
	LoopsPerSecond float64     `json:"loops_per_second"`
	Ratio          *float64    `json:"ratio"`
	Replayed       float64     `json:"replayed_loops_per_second"`
	Clients        int         `json:"clients"`
	Loops          int         `json:"loops"`
	Cases          int         `json:"cases"`
	Engine         string      `json:"engine"`
	MemoryMB       float64     `json:"memory_mb"`
	Steps          []benchStep `json:"steps"`
	Reads          []benchRead `json:"reads"`
}

// Run measures loops of submit, accept, assign, sign, reply, approve, feedback, evaluate and read against a fresh `serve` in its own process.
func (c *benchCmd) Run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "lianxin-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	b := &bencher{tokens: map[string]string{}, took: map[string][]time.Duration{},
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c.Clients * 2}, Timeout: time.Minute}}
	engine, err := c.prepare(ctx, storage{Data: dir, Database: c.Database}, b)
	if err != nil {
		return err
	}
	server, err := c.start(ctx, dir, b)
	if err != nil {
		return err
	}
	defer server.stop()
	if _, err := b.run(ctx, c.Clients, min(20, c.Loops)); err != nil { // caches warm, connections open
		return err
	}
	b.took = map[string][]time.Duration{}
	elapsed, err := b.run(ctx, c.Clients, c.Loops)
	if err != nil {
		return err
	}
	report := b.report(c, engine, elapsed)
	if report.Reads, err = b.reads(ctx, c.Clients, c.Loops); err != nil {
		return err
	}
	report.MemoryMB = server.memory()
	server.stop()
	if err := c.compare(ctx, dir, report); err != nil {
		return err
	}
	return c.print(report)
}

// prepare furnishes a city, fills it with as many cases as asked, and makes the tokens.
func (c *benchCmd) prepare(ctx context.Context, at storage, b *bencher) (engine string, err error) {
	h, err := at.open(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := demo.Build(ctx, h.db); err != nil {
		return "", err
	}
	if err := h.demoAccounts(ctx); err != nil {
		return "", err
	}
	for _, name := range []string{"clerk", "agency", "agency-lead"} {
		account, err := h.identity.Find(ctx, name)
		if err != nil {
			return "", err
		}
		if _, b.tokens[name], err = h.identity.CreateToken(ctx, policy.Actor{Account: string(policy.System)}, identity.NewToken{Account: account.ID, Name: "bench", Scope: identity.Write, Lasts: time.Hour}); err != nil {
			return "", err
		}
	}
	if err := h.fill(ctx, c.Cases); err != nil {
		return "", err
	}
	if err := h.notices.Begin(ctx, h.db.Now()); err != nil { // what was filled in tells nobody
		return "", err
	}
	return string(h.db.Engine()), event.CatchUp(ctx, h.db, "bench", h.consumers()...)
}

// fill brings so many cases as far as their assignment, through the same verbs as everybody.
func (h *house) fill(ctx context.Context, cases int) error {
	clerk, err := h.demoActor(ctx)("clerk")
	if err != nil {
		return err
	}
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range 16 {
		group.Go(func() error {
			for next.Add(1) <= int64(cases) {
				if err := h.assigned(ctx, clerk); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (h *house) assigned(ctx context.Context, clerk policy.Actor) error {
	res, err := opinion.Submit(ctx, h.cases, casework.Resident(), benchIntake())
	if err != nil {
		return err
	}
	return h.cases.ApplyAll(ctx, casework.Request{Actor: clerk, Number: res.Case.Number, Action: "accept"},
		casework.Request{Actor: clerk, Number: res.Case.Number, Action: "assign", Input: casework.Input{"lead": "zjj"}})
}

func benchIntake() opinion.Intake {
	return opinion.Intake{Body: "某小区东侧的路灯坏了一周，晚上看不清路，希望尽快修好。", Category: "0105", Place: "某小区东侧", Source: opinion.Web}
}

// served is a `serve` in a process of its own.
type served struct {
	cmd  *exec.Cmd
	once sync.Once
}

// start serves what was prepared, and waits until it answers.
func (c *benchCmd) start(ctx context.Context, dir string, b *bencher) (*served, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	b.url = "http://" + address + "/api/v1"
	args := []string{"serve", "--data", dir, "--listen", address, "--rate-limit", "off"}
	if c.Database != "" {
		args = append(args, "--database", c.Database)
	}
	s := &served{cmd: exec.CommandContext(ctx, self, args...)}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		res, err := b.client.Get("http://" + address + "/healthz")
		if err == nil {
			return s, res.Body.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	return nil, errors.New("bench: the server does not answer")
}

func (s *served) stop() {
	s.once.Do(func() {
		_ = s.cmd.Process.Signal(os.Interrupt) // it may have gone by itself
		_ = s.cmd.Wait()
	})
}

// memory is what the server holds in memory, in megabytes; 0 where the system does not tell.
func (s *served) memory() float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	return 0
}

// stepNames in the order of the loop.
func stepNames() []string {
	return []string{"submit", "accept", "assign", "sign", "reply", "approve", "feedback", "evaluate", "read"}
}

func (b *bencher) report(c *benchCmd, engine string, elapsed time.Duration) *benchReport {
	r := &benchReport{LoopsPerSecond: float64(c.Loops) / elapsed.Seconds(), Clients: c.Clients, Loops: c.Loops, Cases: c.Cases, Engine: engine}
	for _, name := range stepNames() {
		if len(b.took[name]) > 0 {
			r.Steps = append(r.Steps, step(name, b.took[name]))
		}
	}
	return r
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (c *benchCmd) print(r *benchReport) error {
	rows := [][]string{{"step", "p50 ms", "p99 ms"}}
	for _, s := range r.Steps {
		rows = append(rows, []string{s.Name, fmt.Sprintf("%.1f", s.P50), fmt.Sprintf("%.1f", s.P99)})
	}
	for _, r := range r.Reads {
		rows = append(rows, []string{r.Name, fmt.Sprintf("%.1f", r.P50), fmt.Sprintf("%.1f (%.0f/s)", r.P99, r.PerSecond)})
	}
	rows = append(rows, []string{"loops/s", fmt.Sprintf("%.1f", r.LoopsPerSecond), strconv.Itoa(r.Clients) + " clients, " + r.Engine}, []string{"memory MB", fmt.Sprintf("%.0f", r.MemoryMB), ""},
		[]string{"replayed SQL loops/s", fmt.Sprintf("%.1f", r.Replayed), fmt.Sprintf("ratio %.2f", *r.Ratio)})
	return show(os.Stdout, c.Format, rows, r)
}

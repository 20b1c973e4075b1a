package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"lianxin/internal/demo"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/web/pages"
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

// benchReport is what the command prints. Ratio compares with the recorded SQL trace replayed; null until that is measured.
type benchReport struct {
	LoopsPerSecond float64     `json:"loops_per_second"`
	Ratio          *float64    `json:"ratio"`
	Clients        int         `json:"clients"`
	Loops          int         `json:"loops"`
	Cases          int         `json:"cases"`
	Engine         string      `json:"engine"`
	MemoryMB       float64     `json:"memory_mb"`
	Steps          []benchStep `json:"steps"`
}

// bencher drives a server of its own over HTTP.
type bencher struct {
	url    string
	client *http.Client
	tokens map[string]string
	mu     sync.Mutex
	took   map[string][]time.Duration
}

// Run measures loops of submit, accept, assign, sign, reply, approve, feedback, evaluate and read against a fresh server on loopback.
func (c *benchCmd) Run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "lianxin-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	h, err := storage{Data: dir, Database: c.Database}.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	b, stop, err := c.start(ctx, h)
	if err != nil {
		return err
	}
	defer stop()
	if _, err := b.run(ctx, c.Clients, c.Cases, true); err != nil {
		return err
	}
	b.took = map[string][]time.Duration{}
	elapsed, err := b.run(ctx, c.Clients, c.Loops, false)
	if err != nil {
		return err
	}
	return c.print(b.report(c, string(h.db.Engine()), elapsed))
}

// start furnishes a city and serves it.
func (c *benchCmd) start(ctx context.Context, h *house) (*bencher, func(), error) {
	if err := demo.Build(ctx, h.db); err != nil {
		return nil, nil, err
	}
	if err := h.demoAccounts(ctx); err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	l := listening{Listen: listener.Addr().String(), RateLimit: "off"}
	handler, err := h.handler(ctx, l, pages.Deps{}, false)
	if err != nil {
		return nil, nil, err
	}
	b := &bencher{url: l.url() + "/api/v1", tokens: map[string]string{}, took: map[string][]time.Duration{},
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c.Clients * 2}, Timeout: time.Minute}}
	for _, name := range []string{"clerk", "agency", "agency-lead"} {
		account, err := h.identity.Find(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		if _, b.tokens[name], err = h.identity.CreateToken(ctx, policy.Actor{Account: string(policy.System)}, identity.NewToken{Account: account.ID, Name: "bench", Scope: identity.Write, Lasts: time.Hour}); err != nil {
			return nil, nil, err
		}
	}
	background, stopBackground := context.WithCancel(ctx)
	go h.background(background)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener)
	return b, func() { stopBackground(); server.Close() }, nil
}

// run does n loops with so many clients; with half, only as far as the assignment, to fill the store.
func (b *bencher) run(ctx context.Context, clients, n int, half bool) (time.Duration, error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	failures := make(chan error, clients)
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for next.Add(1) <= int64(n) && ctx.Err() == nil {
				if err := b.loop(ctx, half); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failures)
	var all error
	for err := range failures {
		all = errors.Join(all, err)
	}
	return time.Since(start), errors.Join(all, ctx.Err())
}

func (b *bencher) loop(ctx context.Context, half bool) error {
	var made struct{ Number, Code string }
	if err := b.post(ctx, "submit", "/opinions", "", "", map[string]any{"body": "某小区东侧的路灯坏了一周，晚上看不清路，希望尽快修好。", "category": "0105", "place": "某小区东侧"}, &made); err != nil {
		return err
	}
	path := "/cases/" + made.Number
	steps := []struct {
		name, path, account string
		in                  map[string]any
	}{
		{"accept", path + "/actions/accept", "clerk", map[string]any{}},
		{"assign", path + "/actions/assign", "clerk", map[string]any{"lead": "zjj", "words": "请按时办理。"}},
		{"sign", path + "/assignments/1/actions/sign", "agency", map[string]any{}},
		{"reply", path + "/assignments/1/actions/reply", "agency", map[string]any{"class": "solved", "reply": "已更换三盏灯具，恢复照明。"}},
		{"approve", path + "/assignments/1/actions/approve", "agency-lead", map[string]any{}},
		{"feedback", path + "/actions/feedback", "clerk", map[string]any{"how": "telephone"}},
		{"evaluate", path + "/actions/evaluate", "", map[string]any{"attitude": "satisfied", "result": "satisfied"}},
	}
	if half {
		steps = steps[:2]
	}
	for _, s := range steps {
		code := ""
		if s.account == "" {
			code = made.Code
		}
		if err := b.post(ctx, s.name, s.path, s.account, code, s.in, nil); err != nil {
			return err
		}
	}
	return b.do(ctx, "read", http.MethodGet, path, "clerk", "", nil, nil)
}

func (b *bencher) post(ctx context.Context, name, path, account, code string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return b.do(ctx, name, http.MethodPost, path, account, code, body, out)
}

// do sends one request, times it, and takes anything but 2xx for a failure.
func (b *bencher) do(ctx context.Context, name, method, path, account, code string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, b.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if account != "" {
		req.Header.Set("Authorization", "Bearer "+b.tokens[account])
	}
	if code != "" {
		req.Header.Set("Lianxin-Code", code)
	}
	start := time.Now()
	res, err := b.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	took := time.Since(start)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("bench: %s: %d %s", name, res.StatusCode, answer)
	}
	b.mu.Lock()
	b.took[name] = append(b.took[name], took)
	b.mu.Unlock()
	if out != nil {
		return json.Unmarshal(answer, out)
	}
	return nil
}

// stepNames in the order of the loop.
func stepNames() []string {
	return []string{"submit", "accept", "assign", "sign", "reply", "approve", "feedback", "evaluate", "read"}
}

func (b *bencher) report(c *benchCmd, engine string, elapsed time.Duration) *benchReport {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	r := &benchReport{LoopsPerSecond: float64(c.Loops) / elapsed.Seconds(), Clients: c.Clients, Loops: c.Loops, Cases: c.Cases, Engine: engine, MemoryMB: float64(mem.Sys) / (1 << 20)}
	for _, name := range stepNames() {
		all := b.took[name]
		slices.Sort(all)
		if len(all) > 0 {
			r.Steps = append(r.Steps, benchStep{Name: name, P50: millis(all[len(all)/2]), P99: millis(all[min(len(all)*99/100, len(all)-1)])})
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
	rows = append(rows, []string{"loops/s", fmt.Sprintf("%.1f", r.LoopsPerSecond), strconv.Itoa(r.Clients) + " clients, " + r.Engine}, []string{"memory MB", fmt.Sprintf("%.0f", r.MemoryMB), ""})
	return show(os.Stdout, c.Format, rows, r)
}

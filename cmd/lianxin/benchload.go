package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// bencher drives a server over HTTP.
type bencher struct {
	url    string
	client *http.Client
	tokens map[string]string
	mu     sync.Mutex
	took   map[string][]time.Duration
}

// run does n loops with so many clients.
func (b *bencher) run(ctx context.Context, clients, n int) (time.Duration, error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	failures := make(chan error, clients)
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for next.Add(1) <= int64(n) && ctx.Err() == nil {
				if err := b.loop(ctx); err != nil {
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

func (b *bencher) loop(ctx context.Context) error {
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

// reads measures lists, searches, cases and the public page, n times each.
func (b *bencher) reads(ctx context.Context, clients, n int) ([]benchRead, error) {
	numbers, err := b.numbers(ctx)
	if err != nil {
		return nil, err
	}
	var all []benchRead
	for _, way := range []struct{ name, path string }{{"read case", "/cases/%s"}, {"list open", "/cases?state=in_hand"}, {"list late", "/cases?overdue=true"}, {"search words", "/cases?q=" + url.QueryEscape("路灯")}} {
		b.took = map[string][]time.Duration{}
		var next atomic.Int64
		start := time.Now()
		group, ctx := errgroup.WithContext(ctx)
		for range clients {
			group.Go(func() error {
				for {
					i := next.Add(1)
					if i > int64(n) {
						return nil
					}
					path := strings.ReplaceAll(way.path, "%s", numbers[int(i)%len(numbers)])
					if err := b.do(ctx, way.name, http.MethodGet, path, "clerk", "", nil, nil); err != nil {
						return err
					}
				}
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		all = append(all, benchRead{benchStep: step(way.name, b.took[way.name]), PerSecond: float64(n) / time.Since(start).Seconds()})
	}
	return all, nil
}

// numbers are some cases to read.
func (b *bencher) numbers(ctx context.Context) ([]string, error) {
	var page struct {
		Items []struct{ Number string }
	}
	if err := b.do(ctx, "numbers", http.MethodGet, "/cases?limit=200", "clerk", "", nil, &page); err != nil {
		return nil, err
	}
	var numbers []string
	for _, c := range page.Items {
		numbers = append(numbers, c.Number)
	}
	return numbers, nil
}

// step sums up how long something took.
func step(name string, all []time.Duration) benchStep {
	slices.Sort(all)
	if len(all) == 0 {
		return benchStep{Name: name}
	}
	return benchStep{Name: name, P50: millis(all[len(all)/2]), P99: millis(all[min(len(all)*99/100, len(all)-1)])}
}

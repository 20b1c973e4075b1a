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
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// fortress is a `serve` in a process of its own that a test kills and starts again on the same data.
type fortress struct {
	t       *testing.T
	binary  string
	at      storage
	address string
	cmd     *exec.Cmd
	log     *bytes.Buffer
	b       *bencher
}

// newFortress builds the binary and furnishes a city on the engine.
func newFortress(t *testing.T, database string) *fortress {
	t.Helper()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	f := &fortress{t: t, binary: filepath.Join(t.TempDir(), "lianxin"), at: storage{Data: t.TempDir(), Database: database}, log: &bytes.Buffer{}}
	if out, err := exec.Command("go", "build", "-o", f.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	f.b = &bencher{tokens: map[string]string{}, took: map[string][]time.Duration{}, client: &http.Client{Timeout: 20 * time.Second}}
	if _, err := (&benchCmd{}).prepare(t.Context(), f.at, f.b); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.address = listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	f.b.url = "http://" + f.address + "/api/v1"
	t.Cleanup(f.kill)
	return f
}

// start serves until it is killed, and waits until it answers.
func (f *fortress) start() {
	f.t.Helper()
	args := []string{"serve", "--data", f.at.Data, "--listen", f.address, "--rate-limit", "off"}
	if f.at.Database != "" {
		args = append(args, "--database", f.at.Database)
	}
	f.cmd = exec.Command(f.binary, args...)
	f.cmd.Stderr = f.log
	if err := f.cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	for range 400 {
		res, err := http.Get("http://" + f.address + "/healthz")
		if err == nil {
			res.Body.Close()
			return
		}
		time.Sleep(25 * time.Millisecond) // until the process listens there is nothing to wait on
	}
	f.t.Fatalf("the server does not answer:\n%s", f.log)
}

// kill takes the process away between two instructions, as a power cut would.
func (f *fortress) kill() {
	if f.cmd != nil && f.cmd.Process != nil {
		_ = f.cmd.Process.Kill()
		_ = f.cmd.Wait()
		f.cmd = nil
	}
}

// open reads the data with nobody serving it.
func (f *fortress) open(look func(h *house)) {
	f.t.Helper()
	h, err := f.at.open(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	look(h)
	if err := h.close(); err != nil {
		f.t.Error(err)
	}
}

// answered is what the server said it had done: the version of each case and assignment at least.
type answered struct {
	mu       sync.Mutex
	versions map[string]int64
}

func (a *answered) note(number string, state map[string]any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if v, ok := state["version"].(float64); ok {
		a.versions[number] = max(a.versions[number], int64(v))
	}
	list, _ := state["assignments"].([]any)
	for _, one := range list {
		asg := one.(map[string]any)
		key := fmt.Sprintf("%s/%v", number, asg["n"])
		a.versions[key] = max(a.versions[key], int64(asg["version"].(float64)))
	}
}

// load acts as several people at once until the server is gone; every answer of success is noted.
func (f *fortress) load(ctx context.Context, done *answered) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if f.oneLoop(ctx, done) != nil {
					return
				}
			}
		})
	}
	wg.Wait()
}

func (f *fortress) oneLoop(ctx context.Context, done *answered) error {
	made, err := f.send(ctx, "/opinions", "", "", `{"body":"某小区东侧的路灯坏了一周。"}`)
	if err != nil {
		return err
	}
	number, _ := made["number"].(string)
	code, _ := made["code"].(string)
	done.note(number, map[string]any{"version": 1.0})
	for _, step := range [][3]string{{"/actions/accept", "clerk", `{}`}, {"/actions/assign", "clerk", `{"lead":"zjj","co":["cgj"]}`}, {"/assignments/1/actions/sign", "agency", `{}`},
		{"/assignments/1/actions/reply", "agency", `{"class":"solved","reply":"已更换。"}`}, {"/assignments/1/actions/approve", "agency-lead", `{}`},
		{"/actions/feedback", "clerk", `{"how":"telephone"}`}, {"/actions/evaluate", "", `{"attitude":"satisfied","result":"satisfied"}`}} {
		state, err := f.send(ctx, "/cases/"+number+step[0], step[1], map[bool]string{true: code}[step[1] == ""], step[2])
		if err != nil {
			return err
		}
		done.note(number, state)
	}
	return nil
}

// errGone means the server answered nothing, or that it could not do it; both promise nothing.
var errGone = errors.New("not acknowledged")

func (f *fortress) send(ctx context.Context, path, account, code, body string) (map[string]any, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.b.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if account != "" {
		req.Header.Set("Authorization", "Bearer "+f.b.tokens[account])
	}
	if code != "" {
		req.Header.Set("Lianxin-Code", code)
	}
	res, err := f.b.client.Do(req)
	if err != nil {
		return nil, errGone
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		return nil, errGone
	}
	var out map[string]any
	return out, json.Unmarshal(answer, &out)
}

// holds finds every acknowledged act in the rows, folds everything, and finds every notice once.
func (done *answered) holds(t *testing.T, h *house) {
	t.Helper()
	for key, version := range done.versions {
		number, n, part := strings.Cut(key, "/")
		c, assignments, err := h.cases.Read(t.Context(), number)
		if err != nil {
			t.Fatalf("%s was acknowledged and is lost: %v", number, err)
		}
		have := c.Version
		if part {
			have = partVersion(assignments, n)
		}
		if have < version {
			t.Errorf("%s: version %d was acknowledged, %d is there", key, version, have)
		}
	}
	report, err := h.cases.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		t.Errorf("%s: %s", f.Stream, f.What)
	}
	twice, err := store.One[int64](t.Context(), h.db.Reader(), "select count(*) from (select event_id, account_id from notice group by event_id, account_id having count(*) > 1) doubled")
	if err != nil || twice != 0 {
		t.Errorf("%d notices were given twice, %v", twice, err)
	}
}

func partVersion(assignments []*casework.Assignment, n string) int64 {
	for _, a := range assignments {
		if fmt.Sprint(a.N) == n {
			return a.Version
		}
	}
	return 0
}

// engines runs a test on a database of each engine that is there.
func engines(t *testing.T, run func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { run(t, "") })
	t.Run("postgres", func(t *testing.T) { run(t, storetest.PostgresURL(t)) })
}

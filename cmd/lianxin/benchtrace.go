package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"lianxin/internal/casework"
	"lianxin/internal/demo"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// compare records the SQL of as many loops on one fresh SQLite and replays it on another, by as many clients as were measured.
// The replay is SQLite's also where PostgreSQL was measured: the ratio then says how far PostgreSQL's application is from SQLite's bare statements.
func (c *benchCmd) compare(ctx context.Context, dir string, r *benchReport) error {
	loops, err := c.record(ctx, filepath.Join(dir, "trace"))
	if err != nil {
		return err
	}
	at := storage{Data: filepath.Join(dir, "replay")}
	if err := os.MkdirAll(at.Data, 0o700); err != nil {
		return err
	}
	h, err := at.open(ctx)
	if err != nil {
		return err
	}
	if err := demo.Build(ctx, h.db); err != nil {
		return errors.Join(err, h.close())
	}
	elapsed, err := replay(ctx, h.db, loops, c.Clients)
	if err := errors.Join(err, h.close()); err != nil {
		return err
	}
	r.Replayed = float64(len(loops)) / elapsed.Seconds()
	ratio := r.LoopsPerSecond / r.Replayed
	r.Ratio = &ratio
	return nil
}

// record runs loops by the domain's verbs alone, one after another, and keeps every write's statements.
func (c *benchCmd) record(ctx context.Context, dir string) (loops [][][]store.Statement, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var current [][]store.Statement
	recording := false
	at := storage{Data: dir, trace: func(s []store.Statement) {
		if recording {
			current = append(current, s)
		}
	}}
	h, err := at.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := demo.Build(ctx, h.db); err != nil {
		return nil, err
	}
	if err := h.demoAccounts(ctx); err != nil {
		return nil, err
	}
	recording = true
	for range c.Loops {
		current = nil
		if err := h.loop(ctx); err != nil {
			return nil, err
		}
		loops = append(loops, current)
	}
	return loops, nil
}

// loop is the bench's loop without HTTP.
func (h *house) loop(ctx context.Context) error {
	actors := map[string]policy.Actor{}
	for _, name := range []string{"clerk", "agency", "agency-lead"} {
		actor, err := h.demoActor(ctx)(name)
		if err != nil {
			return err
		}
		actors[name] = actor
	}
	res, err := opinion.Submit(ctx, h.cases, casework.Resident(), benchIntake())
	if err != nil {
		return err
	}
	resident := casework.Resident()
	resident.Case = res.Case.ID
	actors["resident"] = resident
	for _, step := range []struct {
		by, action string
		n          int64
		in         casework.Input
	}{
		{"clerk", "accept", 0, nil}, {"clerk", "assign", 0, casework.Input{"lead": "zjj", "words": "请按时办理。"}}, {"agency", "sign", 1, nil},
		{"agency", "reply", 1, casework.Input{"class": "solved", "reply": "已更换三盏灯具，恢复照明。"}}, {"agency-lead", "approve", 1, nil},
		{"clerk", "feedback", 0, casework.Input{"how": "telephone"}}, {"resident", "evaluate", 0, casework.Input{"attitude": "satisfied", "result": "satisfied"}},
	} {
		if _, err := h.cases.Apply(ctx, casework.Request{Actor: actors[step.by], Number: res.Case.Number, Assignment: step.n, Action: step.action, Input: step.in}); err != nil {
			return err
		}
	}
	return nil
}

// replay runs recorded loops, each in its order, as many at once as there are clients.
func replay(ctx context.Context, db *store.DB, loops [][][]store.Statement, clients int) (time.Duration, error) {
	var next atomic.Int64
	start := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for range clients {
		group.Go(func() error {
			for {
				i := next.Add(1) - 1
				if i >= int64(len(loops)) {
					return nil
				}
				for _, act := range loops[i] {
					if err := db.Replay(ctx, act); err != nil {
						return err
					}
				}
			}
		})
	}
	err := group.Wait()
	return time.Since(start), err
}

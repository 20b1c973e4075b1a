package main

import (
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"
)

// TestNothingAcknowledgedIsLost kills the server at random moments under load, many rounds.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	engines(t, func(t *testing.T, database string) {
		f := newFortress(t, database)
		done := &answered{versions: map[string]int64{}}
		for range rounds {
			f.start()
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Duration(300+rand.IntN(900))*time.Millisecond, func() {
				f.kill()
				cancel()
			})
			f.load(ctx, done)
			f.open(func(h *house) { done.holds(t, h) })
		}
		if len(done.versions) < 10*rounds {
			t.Errorf("only %d things were acknowledged: the load was none", len(done.versions))
		}
	})
}

// TestAClientThatHangsUpRollsNobodyBack cuts connections in the middle of writes while others act.
func TestAClientThatHangsUpRollsNobodyBack(t *testing.T) {
	f := newFortress(t, "")
	f.start()
	done := &answered{versions: map[string]int64{}}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { f.load(ctx, done) })
	for range 3 {
		wg.Go(func() {
			for ctx.Err() == nil {
				brief, hangUp := context.WithTimeout(ctx, time.Duration(rand.IntN(6000))*time.Microsecond)
				_, _ = f.send(brief, "/opinions", "", "", `{"body":"挂断。"}`)
				hangUp()
			}
		})
	}
	wg.Wait()
	f.kill()
	f.open(func(h *house) { done.holds(t, h) })
	if len(done.versions) < 10 {
		t.Errorf("only %d things were acknowledged", len(done.versions))
	}
}

// TestAGracefulStopFinishesWhatItBegan interrupts the server under load: what it began it answers, and it ends without complaint.
func TestAGracefulStopFinishesWhatItBegan(t *testing.T) {
	f := newFortress(t, "")
	f.start()
	done := &answered{versions: map[string]int64{}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := f.cmd
	time.AfterFunc(700*time.Millisecond, func() { _ = cmd.Process.Signal(os.Interrupt) })
	f.load(ctx, done)
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v:\n%s", err, f.log)
	}
	f.cmd = nil
	f.open(func(h *house) { done.holds(t, h) })
}

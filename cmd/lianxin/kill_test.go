package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestNothingAcknowledgedIsLost kills the server at random moments under load, many rounds.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	rounds := 8
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

// TestAGracefulStopFinishesWhatItBegan asks the server to end under load, with requests half sent: what it began it answers, and it ends without complaint.
func TestAGracefulStopFinishesWhatItBegan(t *testing.T) {
	f := newFortress(t, "")
	f.start()
	done := &answered{versions: map[string]int64{}}
	var halves []*half
	for range 3 {
		halves = append(halves, f.begin())
	}
	cmd := f.cmd
	time.AfterFunc(700*time.Millisecond, func() { _ = cmd.Process.Signal(syscall.SIGTERM) })
	f.load(t.Context(), done)
	f.deaf()
	for _, h := range halves {
		number := h.finish()
		done.note(number, map[string]any{"version": 1.0})
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v:\n%s", err, f.log)
	}
	f.cmd = nil
	f.open(func(h *house) { done.holds(t, h) })
}

// half is a request of which the server has read the beginning.
type half struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	rest string
}

// begin sends the head of a submission and waits until a handler has asked for the body.
func (f *fortress) begin() *half {
	f.t.Helper()
	conn, err := net.Dial("tcp", f.address)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { conn.Close() })
	body := `{"body":"half and half"}`
	if _, err := fmt.Fprintf(conn, "POST /api/v1/opinions HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", f.address, len(body)); err != nil {
		f.t.Fatal(err)
	}
	h := &half{t: f.t, conn: conn, in: bufio.NewReader(conn), rest: body}
	if res, err := http.ReadResponse(h.in, nil); err != nil || res.StatusCode != http.StatusContinue {
		f.t.Fatalf("no handler asks for the body: %v, %v", res, err)
	}
	return h
}

// deaf waits until the server takes no new connections.
func (f *fortress) deaf() {
	f.t.Helper()
	for range 400 {
		conn, err := net.Dial("tcp", f.address)
		if err != nil {
			return
		}
		conn.Close()
		time.Sleep(25 * time.Millisecond) // the process says nothing when it stops listening
	}
	f.t.Fatal("the server goes on listening")
}

// finish sends the rest and reads the number of the case that was opened.
func (h *half) finish() string {
	h.t.Helper()
	if _, err := h.conn.Write([]byte(h.rest)); err != nil {
		h.t.Fatal(err)
	}
	res, err := http.ReadResponse(h.in, nil)
	if err != nil {
		h.t.Fatalf("a request under way was not answered: %v", err)
	}
	defer res.Body.Close()
	var made struct{ Number string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || res.StatusCode != http.StatusCreated || made.Number == "" {
		h.t.Fatalf("a request under way was answered %d, %v", res.StatusCode, err)
	}
	return made.Number
}

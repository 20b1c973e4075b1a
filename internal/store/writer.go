package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// maxBatch is how many acts one commit of SQLite may carry.
const maxBatch = 64

// act is a write waiting for its commit.
type act struct {
	ctx    context.Context
	fn     func(ctx context.Context, tx *Tx) error
	clock  Clock
	err    error
	panics any
	done   chan struct{}
}

// writer is the one goroutine that writes to SQLite. What comes in while a commit reaches the disk is carried by the next one: BEGIN IMMEDIATE,
// a SAVEPOINT an act, COMMIT, and only then every answer, refusals too, for they may rest on a row of a batch-mate.
// It owns its session.
type writer struct {
	session *session
	acts    chan *act
	stopped chan struct{}

	mu     sync.RWMutex // held for reading while handing an act over
	closed bool
}

// errClosed answers a write that comes after the database was closed.
var errClosed = errors.New("store: the database is closed")

func startWriter(s *session) *writer {
	w := &writer{session: s, acts: make(chan *act, 4*maxBatch), stopped: make(chan struct{})}
	go w.run()
	return w
}

// stop lets what was handed in be written, and closes the session.
func (w *writer) stop() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	close(w.acts)
	<-w.stopped
	return w.session.close()
}

// write hands an act over and waits until it is on disk or refused.
func (w *writer) write(ctx context.Context, clock Clock, fn func(ctx context.Context, tx *Tx) error) error {
	a := &act{ctx: ctx, fn: fn, clock: clock, done: make(chan struct{})}
	if !w.hand(a) {
		return errClosed
	}
	<-a.done
	if a.panics != nil {
		panic(a.panics)
	}
	return a.err
}

func (w *writer) hand(a *act) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if !w.closed {
		w.acts <- a
	}
	return !w.closed
}

func (w *writer) run() {
	defer close(w.stopped)
	for first := range w.acts {
		batch := []*act{first}
		for len(batch) < maxBatch {
			select {
			case a, open := <-w.acts:
				if open {
					batch = append(batch, a)
					continue
				}
			default:
			}
			break
		}
		w.commit(batch)
		for _, a := range batch {
			close(a.done)
		}
	}
}

// commit writes a batch; if it cannot be written together, each act alone.
func (w *writer) commit(batch []*act) {
	err := w.together(batch)
	if err == nil {
		return
	}
	if len(batch) == 1 {
		if batch[0].err == nil {
			batch[0].err = err
		}
		return
	}
	for _, a := range batch {
		a.err, a.panics = nil, nil
		w.commit([]*act{a})
	}
}

// together runs the acts of a batch in one transaction. Its error means that nothing was written; refusals stay with their acts.
func (w *writer) together(batch []*act) error {
	ctx := context.Background()
	if err := w.session.exec(ctx, "begin immediate"); err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	for _, a := range batch {
		if err := w.one(a); err != nil {
			return errors.Join(err, w.rollback())
		}
	}
	if err := w.session.exec(ctx, "commit"); err != nil {
		return errors.Join(fmt.Errorf("store: commit: %w", err), w.rollback())
	}
	return nil
}

// one runs an act under its savepoint. Its error means that the transaction can no longer be trusted.
func (w *writer) one(a *act) error {
	if err := w.session.exec(a.ctx, "savepoint act"); err != nil {
		return fmt.Errorf("store: savepoint: %w", err)
	}
	a.err, a.panics = w.call(a)
	if a.err != nil || a.panics != nil {
		if err := w.session.exec(context.Background(), "rollback to act"); err != nil {
			return fmt.Errorf("store: rollback to savepoint: %w", err)
		}
	}
	if err := w.session.exec(context.Background(), "release act"); err != nil {
		return fmt.Errorf("store: release: %w", err)
	}
	return nil
}

func (w *writer) call(a *act) (err error, panics any) {
	defer func() { panics = recover() }()
	return a.fn(a.ctx, &Tx{Querier: w.session, now: a.clock(), engine: SQLite}), nil
}

// rollback ends a transaction that failed; SQLite may have ended it already, which is as good.
func (w *writer) rollback() error {
	_ = w.session.exec(context.Background(), "rollback")
	return nil
}

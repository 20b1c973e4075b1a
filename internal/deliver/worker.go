package deliver

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// errorKind says in a word why an attempt failed; worded under "deliver.error.<kind>". It never holds what the other side said, which may name an address.
type errorKind string

const (
	wentAway   errorKind = "went_away"  // the process ended in the middle
	switched   errorKind = "off"        // the channel is switched off
	unreadable errorKind = "unreadable" // address or settings do not open
	forbidden  errorKind = "forbidden"  // an address inside the house that the settings do not allow
	unreached  errorKind = "unreached"  // no connection
	slow       errorKind = "slow"       // no answer in time
	unsafe     errorKind = "unsafe"     // no encryption, or a certificate that is not good
	signIn     errorKind = "sign_in"    // the relay or gateway does not take our credentials
	redirected errorKind = "redirected"
	refused    errorKind = "refused" // for good
	later      errorKind = "later"   // for the present
	strange    errorKind = "strange" // an answer that is none
)

// failure is why an attempt failed, and whether trying again could help.
type failure struct {
	kind  errorKind
	code  int // of the other side's answer; 0 for none
	final bool
}

// Work claims what is due, sends it side by side, and tells how many attempts it made.
func (s *Service) Work(ctx context.Context) (int, error) {
	jobs, err := s.claim(ctx)
	if err != nil {
		return 0, err
	}
	var all sync.WaitGroup
	for _, j := range jobs {
		all.Go(func() {
			if err := s.finish(ctx, j, s.attempt(ctx, j)); err != nil {
				slog.ErrorContext(ctx, "deliver: an attempt could not be written down", "delivery", j.ID, "error", err)
			}
		})
	}
	all.Wait()
	return len(jobs), nil
}

// Run delivers until ctx ends, looking for work every beat; attempts under way are finished first. A failure of the database is logged and tried anew.
func (s *Service) Run(ctx context.Context, every time.Duration) {
	beat := time.NewTicker(every)
	defer beat.Stop()
	for {
		n, err := s.Work(context.WithoutCancel(ctx))
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "deliver", "error", err)
		}
		if n == batch && ctx.Err() == nil {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
	}
}

// attempt tries once.
func (s *Service) attempt(ctx context.Context, j job) *failure {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	c, err := s.Channel(ctx, s.db.Reader(), j.Channel)
	if err != nil {
		return &failure{kind: unreadable}
	}
	if !c.Enabled {
		return &failure{kind: switched}
	}
	l, err := s.open(j.ID, j.Sealed)
	if err != nil {
		return &failure{kind: unreadable, final: true}
	}
	switch j.Channel {
	case Email:
		return s.sendEmail(ctx, c, j.ID, l)
	case Webhook:
		return s.sendWebhook(ctx, c, j.ID, l)
	}
	return s.sendSMS(ctx, c, j.ID, l)
}

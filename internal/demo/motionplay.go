package demo

import (
	"context"
	"fmt"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/motion"
	"lianxin/internal/store"
	"lianxin/internal/suggestion"
)

// Motions plays the demonstration's motions.
func Motions(ctx context.Context, s *casework.Service, now time.Time, actors Actors) error {
	for _, st := range motionStories(deadline.DateOf(now)) {
		if err := playMotion(ctx, s, Cast{Find: actors}, st, now); err != nil {
			return fmt.Errorf("demo: %s: %w", st.Title, err)
		}
	}
	return nil
}

// playMotion plays one: all of it is written, or nothing.
func playMotion(ctx context.Context, s *casework.Service, cast Cast, st motionStory, now time.Time) error {
	opening, err := motion.Check(ctx, s, cast.deputy(st.Deputy), motion.Draft{Venue: st.Venue, Plan: st.Plan,
		Draft: suggestion.Draft{Deputy: st.Deputy, Session: st.Session, Phase: suggestion.Meeting, Title: st.Title, Body: st.Body, At: st.day()}})
	if err != nil {
		return err
	}
	return s.Together(ctx, func(ctx context.Context, tx *store.Tx, b casework.Batch) error {
		p := &motionPlayer{player: player{b: b, cast: cast, part: 1, at: st.day(), end: now}, m: st}
		res, err := b.At(p.at).Open(opening)
		if err != nil {
			return err
		}
		p.number = res.Case.Number
		if err := p.play(); err != nil || st.Becomes == nil {
			return err
		}
		return p.goesOn(ctx, tx, res.Case.ID)
	})
}

// motionPlayer plays one motion in one transaction.
type motionPlayer struct {
	player
	m motionStory
}

// play takes the motion to its fate.
func (p *motionPlayer) play() error {
	if err := p.gathered(); err != nil || p.m.Fate == collects {
		return err
	}
	if err := p.do(p.cast.deputy(p.m.Deputy), 0, "submit", casework.Input{"powers": true, "no_secret": true}); err != nil {
		return err
	}
	if p.m.Fate == recalled {
		return p.recalled()
	}
	p.wait(2 * time.Hour)
	if err := p.do(p.cast.motions(), 0, "number", casework.Input{"words": "联名人数和内容符合要求。"}); err != nil {
		return err
	}
	p.to(p.m.Decided, 16)
	if p.m.Fate == turned {
		return p.do(p.cast.clerk(), 0, "to_suggestion", casework.Input{"decided_on": string(p.m.Decided), "words": p.m.Words})
	}
	return p.deliberated()
}

// gathered asks for signatures, and has those who sign do so.
func (p *motionPlayer) gathered() error {
	if err := p.do(p.cast.deputy(p.m.Deputy), 0, "invite", casework.Input{"deputies": p.m.Signers}); err != nil {
		return err
	}
	for _, person := range p.m.Signers[:p.m.Signed] {
		if err := p.do(p.cast.deputy(person), 0, "cosign", nil); err != nil {
			return err
		}
	}
	return nil
}

// recalled withdraws it with the consent of everybody who signed.
func (p *motionPlayer) recalled() error {
	p.to(p.m.On, 9)
	for _, person := range p.m.Signers {
		if err := p.do(p.cast.deputy(person), 0, "consent_withdraw", nil); err != nil {
			return err
		}
	}
	return p.do(p.cast.deputy(p.m.Deputy), 0, "withdraw", casework.Input{"words": p.m.Words})
}

// deliberated has the committee examine and report, and the standing committee decide.
func (p *motionPlayer) deliberated() error {
	if err := p.do(p.cast.clerk(), 0, "take_up", casework.Input{"lead": p.m.Examine, "decided_on": string(p.m.Decided), "words": "主席团决定交专门委员会审议，提出审议结果的报告。"}); err != nil {
		return err
	}
	p.wait(2 * day)
	committee := p.cast.agency(p.m.Examine)
	if err := p.do(committee, 1, "sign", nil); err != nil {
		return err
	}
	p.wait(20 * day)
	if err := p.do(committee, 1, "progress", casework.Input{"words": "开展调研，召开座谈会听取代表和有关方面意见。"}); err != nil {
		return err
	}
	p.to(p.m.Passed, 16)
	if err := p.do(committee, 1, "report", casework.Input{"proposal": p.m.Result, "reply": p.m.Report, "passed_on": string(p.m.Passed)}); err != nil {
		return err
	}
	p.to(p.m.On, 16)
	return p.do(p.cast.clerk(), 0, "resolve", casework.Input{"resolution": p.m.Result, "resolved_on": string(p.m.On), "words": p.m.Words})
}

// goesOn plays the suggestion that was made of the motion.
func (p *motionPlayer) goesOn(ctx context.Context, tx *store.Tx, motion string) error {
	number, err := store.One[string](ctx, tx, "select number from case_file where origin_id = $1", motion)
	if err != nil {
		return err
	}
	st := *p.m.Becomes
	st.Deputy, st.Signers = p.m.Deputy, p.m.Signers
	next := &player{b: p.b, cast: p.cast, st: st, number: number, part: 1, at: p.at, end: p.end}
	return next.all()
}

package demo

import (
	"context"
	"fmt"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/suggestion"
)

// Story is one suggestion as it is played through the same verbs as everybody's: what it is, and what becomes of it.
type Story struct {
	Session  string
	Phase    string
	Deputy   string
	Signers  []string
	Title    string
	Body     string
	Category string
	Region   string
	Agency   string   // that answers; addressed directly where it is not the government's
	Direct   bool     // addressed by the congress itself, outside the government
	Wrong    string   // agency it was sent to first, which asked to move it
	Co       []string // co-handlers
	Wide     bool
	Key      bool

	Written    deadline.Date
	Dispatched deadline.Date
	Answered   deadline.Date
	First      string // class settled at the first answer
	Final      string // after looking back; First where nobody looked
	Round      string // that it is taken into; "" for none
	Rechecked  deadline.Date
	Reply      [2]string // first and last answer
	Promise    string
	PromiseOn  deadline.Date
	Kept       string        // "kept", "missed", or "" while it is open
	KeptOn     deadline.Date // when that was told
	Attitude   string        // verdict of the deputy; "" for silence
	Result     string
	Unhappy    bool   // the first verdict was 不满意, and the answer was made again
	Disclosure string // full if empty
	Publish    bool

	Came string // step that it has come to already, as one made of a motion has; "" plays it from its draft
	Stop string // step after which it is left as it stands; "" plays all of it
	Doc  int    // running number of its letters

	topic topic
}

// Cast finds who acts: a real account where the demonstration has one, else an actor of the role.
type Cast struct{ Find Actors }

// player plays one story in one transaction.
type player struct {
	b      casework.Batch
	cast   Cast
	st     Story
	number string
	part   int64 // number of the assignment that answers
	at     time.Time
	end    time.Time // nothing happens after it
}

// Play plays a story: all of it is written, or nothing. now is the end of time: nothing happens after it.
func Play(ctx context.Context, s *casework.Service, cast Cast, st Story, now time.Time) (string, error) {
	var number string
	opening, err := suggestion.Check(ctx, s, cast.deputy(st.Deputy), st.draft())
	if err != nil {
		return "", fmt.Errorf("demo: %s: %w", st.Title, err)
	}
	err = s.Together(ctx, func(_ context.Context, _ *store.Tx, b casework.Batch) error {
		p := &player{b: b, cast: cast, st: st, part: 1, end: now}
		p.to(st.Written, 9)
		res, err := b.At(p.at).Open(opening)
		if err != nil {
			return err
		}
		p.number = res.Case.Number
		number = p.number
		return p.all()
	})
	if err != nil {
		return "", fmt.Errorf("demo: %s: %w", st.Title, err)
	}
	return number, nil
}

func (st Story) draft() suggestion.Draft {
	d := suggestion.Draft{Deputy: st.Deputy, Session: st.Session, Phase: st.Phase, Title: st.Title, Body: st.Body, Formed: "visit", Repeated: "no",
		Disclosure: st.Disclosure, Talk: true, At: st.Written.Start().Add(9 * time.Hour)}
	return d
}

// all plays the steps in order, as far as the story goes.
func (p *player) all() error {
	came := p.st.Came == ""
	for _, step := range []struct {
		name string
		do   func() error
	}{{"draft", nil}, {"cosigning", p.invited}, {"reviewing", p.submitted}, {"to_dispatch", p.numbered}, {"dispatched", p.dispatched}, {"splitting", p.received}, {"to_sign", p.split},
		{"returning", p.returned}, {"moved", p.moved}, {"handling", p.signed}, {"contacted", p.contacted}, {"checking", p.drafted}, {"to_issue", p.passed}, {"to_deliver", p.issued}, {"answered", p.delivered},
		{"settled", p.settled}, {"unhappy", p.unhappy}, {"again", p.again}, {"done", p.judged}, {"published", p.published}, {"rechecking", p.lookedBack}, {"self_checked", p.selfChecked}, {"all", p.reanswered}, {"published_again", p.publishedAgain}, {"promise", p.promised}} {
		if step.do != nil && came {
			if err := step.do(); err != nil {
				return err
			}
		}
		if step.name == p.st.Stop {
			return nil
		}
		came = came || step.name == p.st.Came
	}
	return nil
}

// to sets the time to an hour of a day; a story never goes back.
func (p *player) to(day deadline.Date, hour int) {
	t := day.Start().Add(time.Duration(hour)*time.Hour + time.Duration(p.st.Doc*7%60)*time.Minute)
	if t.After(p.at) {
		p.at = t
	}
}

func (p *player) wait(d time.Duration) { p.at = p.at.Add(d) }

const day = 24 * time.Hour

// do carries out an action on the case (n 0) or one of its assignments.
func (p *player) do(actor policy.Actor, n int64, action string, in casework.Input) error {
	if p.at.After(p.end) {
		p.at = p.end
	}
	_, err := p.b.At(p.at).Apply(casework.Request{Actor: actor, Number: p.number, Assignment: n, Action: action, Input: in})
	if err != nil {
		return fmt.Errorf("%s %s: %w", p.number, action, err)
	}
	p.wait(7 * time.Minute)
	return nil
}

// acts carries out several of one actor.
func (p *player) acts(actor policy.Actor, n int64, all ...act) error {
	for _, a := range all {
		if err := p.do(actor, n, a.name, a.in); err != nil {
			return err
		}
	}
	return nil
}

type act struct {
	name string
	in   casework.Input
}

func (c Cast) deputy(person string) policy.Actor {
	if person == deputy {
		return c.account("deputy", policy.Grant{Role: policy.Deputy, Person: person})
	}
	return actorAs("deputy-"+person, policy.Grant{Role: policy.Deputy, Person: person})
}

func (c Cast) clerk() policy.Actor {
	return c.account("clerk", policy.Grant{Role: policy.Clerk, Office: Office})
}

func (c Cast) motions() policy.Actor {
	return c.account("motions", policy.Grant{Role: policy.Motions, Office: Office})
}

func (c Cast) overseer() policy.Actor {
	return c.account("supervision", policy.Grant{Role: policy.Supervision, Agency: inspector})
}

func (c Cast) agency(id string) policy.Actor {
	switch id {
	case housing:
		return c.account("agency", policy.Grant{Role: policy.Agency, Agency: id})
	case urban:
		return c.account("agency2", policy.Grant{Role: policy.Agency, Agency: id})
	}
	return actorAs("agency-"+id, policy.Grant{Role: policy.Agency, Agency: id})
}

// account is a demonstration account, or an actor like it where the house has none.
func (c Cast) account(name string, g policy.Grant) policy.Actor {
	if c.Find != nil {
		if actor, err := c.Find(name); err == nil {
			return actor
		}
	}
	return actorAs(name, g)
}

func (c Cast) reviewer() policy.Actor {
	return c.account("clerk2", policy.Grant{Role: policy.Clerk, Office: Office})
}

func actorAs(name string, g policy.Grant) policy.Actor {
	g.Congress = City
	return policy.Actor{Account: "demo-" + name, Grants: []policy.Grant{g}}
}

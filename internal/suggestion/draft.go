package suggestion

import (
	"context"
	"strconv"
	"time"
	"unicode/utf8"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/zh"
)

// Greatest lengths, in characters (our default).
const (
	MaxTitle   = 120
	MaxBody    = 20_000
	MaxLine    = 120
	MaxContact = 200
)

// Sources of a suggestion: the deputy's own hand, or entered for him.
const (
	Own      = "web"
	Paper    = "paper"
	Imported = "import"
)

// Draft is the form a suggestion is written on (domain reference §1.3).
type Draft struct {
	Deputy       string // id of the person who leads it
	ByDelegation bool   // the delegation's, signed by its head
	Session      string // id; the one the day belongs to if empty
	Phase        string // Meeting or Recess; by the day if empty
	Title        string
	Body         string
	Formed       string
	Repeated     string
	Disclosure   string // full if empty
	Agencies     string // whom the deputy proposes, in words
	Talk         bool
	NoReply      bool
	Phone        string // of the deputy, sealed at once
	Address      string
	Signers      []string // signed on the paper already; only where entered for somebody
	Files        []files.Accepted
	Source       string
	At           time.Time // when it was really written; zero is now
	Key          string    // Idempotency-Key
	ImportKey    string
}

// Open checks the form and opens a draft. Errors: errs.List naming every field at fault, errs.Denied, and those of casework.Open.
func Open(ctx context.Context, s *casework.Service, actor policy.Actor, d Draft) (casework.Result, error) {
	o, err := Check(ctx, s, actor, d)
	if err != nil {
		return casework.Result{}, err
	}
	return s.Open(ctx, o)
}

// Check turns a form into what a case starts from, or tells everything that is wrong with it as errs.List.
func Check(ctx context.Context, s *casework.Service, actor policy.Actor, d Draft) (casework.Opening, error) {
	kind, err := s.Kind(Kind)
	if err != nil {
		return casework.Opening{}, err
	}
	if d.At.IsZero() {
		d.At = s.DB().Now()
	}
	congress, err := Home(ctx, s, actor)
	if err != nil {
		return casework.Opening{}, err
	}
	f := form{ctx: ctx, s: s, kind: kind, congress: congress, d: &d}
	o, err := f.opening()
	o.Actor = actor
	return o, err
}

// form checks a draft.
type form struct {
	ctx      context.Context
	s        *casework.Service
	kind     *casework.Kind
	congress string
	d        *Draft
	wrong    errs.List
}

func (f *form) bad(field, key string, args errs.Args) {
	f.wrong = append(f.wrong, errs.New(errs.Invalid, key).With(args).At(field))
}

// opening turns the form into what a case starts from, or tells everything that is wrong with it.
func (f *form) opening() (casework.Opening, error) {
	d := f.d
	f.texts()
	f.choices()
	most, _ := strconv.Atoi(f.kind.Procedure.Option("max_files"))
	if len(d.Files) > most {
		f.bad("files", "suggestion.too_many_files", errs.Args{"Max": most})
	}
	extra := map[string]string{Formed: d.Formed, Repeated: d.Repeated, Disclosure: d.Disclosure, Talk: flag(d.Talk), NoReply: flag(d.NoReply), ByDelegation: flag(d.ByDelegation)}
	if err := f.seat(extra); err != nil {
		return casework.Opening{}, err
	}
	if err := f.session(extra); err != nil {
		return casework.Opening{}, err
	}
	office, err := registry.ReceivingOffice(f.ctx, f.s.DB().Reader(), f.congress)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.Invalid, "suggestion.no_office")
	}
	if err != nil {
		return casework.Opening{}, err
	}
	o := casework.Opening{Kind: Kind, Office: office.ID, Deputy: d.Deputy, Source: d.Source, MayPublish: d.Disclosure != "none", Title: d.Title, Body: d.Body,
		Contact: sealed.Contact{Phone: d.Phone, Address: d.Address}, Files: d.Files, OccurredAt: d.At, Key: d.Key, ImportKey: d.ImportKey,
		Proxy: d.Source == Paper, OwnHand: d.Source == Own, Inferred: d.Source == Imported, Extra: extra, Texts: map[string]string{"agencies": d.Agencies}}
	return o, f.signers(&o)
}

func (f *form) texts() {
	d := f.d
	for _, t := range []struct {
		field string
		value *string
		max   int
	}{{"title", &d.Title, MaxTitle}, {"body", &d.Body, MaxBody}, {"agencies", &d.Agencies, MaxLine}, {"phone", &d.Phone, MaxContact}, {"address", &d.Address, MaxContact}} {
		cleaned, err := zh.Clean(*t.value)
		if err != nil {
			f.wrong = append(f.wrong, errs.All(err)[0].At(t.field))
			continue
		}
		*t.value = cleaned
		if utf8.RuneCountInString(cleaned) > t.max {
			f.bad(t.field, "suggestion.too_long", errs.Args{"Max": t.max})
		}
	}
	if d.Title == "" {
		f.bad("title", "suggestion.title_required", nil)
	}
	if d.Body == "" {
		f.bad("body", "suggestion.body_required", nil)
	}
}

func (f *form) choices() {
	d := f.d
	if d.Disclosure == "" {
		d.Disclosure = "full"
	}
	if d.Source == "" {
		d.Source = Own
	}
	for _, c := range []struct{ field, value string }{{Formed, d.Formed}, {Repeated, d.Repeated}, {Disclosure, d.Disclosure}} {
		if _, ok := f.kind.Procedure.Choice(c.field, c.value); c.value != "" && !ok {
			f.bad(c.field, "suggestion.bad_choice", nil)
		}
	}
}

// seat finds the lead deputy's place in the congress, and with it his delegation.
func (f *form) seat(extra map[string]string) error {
	m, err := registry.MandateAt(f.ctx, f.s.DB().Reader(), f.d.Deputy, f.congress, deadline.DateOf(f.d.At))
	switch {
	case errs.Is(err, errs.NotFound):
		f.bad("deputy", "suggestion.bad_deputy", nil)
		return nil
	case err != nil:
		return err
	case f.d.ByDelegation && !m.Head:
		f.bad("by_delegation", "suggestion.not_head", nil)
	}
	extra[Delegation] = m.Delegation
	return nil
}

// session places the draft: at the meeting while it collects, else between sessions.
func (f *form) session(extra map[string]string) error {
	q, on := f.s.DB().Reader(), deadline.DateOf(f.d.At)
	var s registry.Session
	var err error
	if f.d.Session == "" {
		s, err = registry.SessionOn(f.ctx, q, f.congress, on)
	} else {
		s, err = registry.GetSession(f.ctx, q, f.d.Session)
	}
	if errs.Is(err, errs.NotFound) || err == nil && s.Congress != f.congress {
		f.bad("session", "suggestion.bad_session", nil)
		return nil
	}
	if err != nil {
		return err
	}
	phase := f.d.Phase
	if phase == "" {
		phase = Recess
		if on <= s.Deadline() {
			phase = Meeting
		}
	}
	if phase != Meeting && phase != Recess {
		f.bad("phase", "suggestion.bad_choice", nil)
	}
	extra[Session], extra[Phase] = s.ID, phase
	return nil
}

// signers are those whose names stand on the paper that is entered.
func (f *form) signers(o *casework.Opening) error {
	for _, person := range f.d.Signers {
		ok, err := registry.HoldsMandate(f.ctx, f.s.DB().Reader(), person, f.congress, deadline.DateOf(f.d.At))
		if err != nil {
			return err
		}
		if !ok || person == f.d.Deputy || f.d.Source == Own {
			f.bad("signers", "suggestion.bad_deputy", nil)
			break
		}
		o.Signers = append(o.Signers, casework.Signer{Person: person, State: casework.SignerSigned, At: f.d.At.UnixMicro()})
	}
	return f.wrong.Or()
}

package pages

import (
	"net/http"
	"strconv"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/motion"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

// maxWriting is all a draft brings along: its files, and room for three long texts.
const maxWriting = 6*files.MaxBytes + 1<<20

func (s *Site) writingRoutes() {
	for _, kind := range []string{suggestion.Kind, motion.Kind} {
		path := writingPath(kind)
		s.Handle("GET "+path, signedIn(func(w http.ResponseWriter, r *http.Request, me *visitor) error { return s.writingPage(w, r, me, kind) }))
		s.HandleUpload("POST "+path, maxWriting, signedIn(func(w http.ResponseWriter, r *http.Request, me *visitor) error { return s.write(w, r, me, kind) }))
	}
	s.Handle("GET /suggestions/similar", signedIn(s.similar))
}

func writingPath(kind string) string { return "/" + kind + "s/new" }

// mayWrite are those who raise suggestions and motions, or enter them from paper.
var mayWrite = []policy.Role{policy.Deputy, policy.Clerk, policy.Motions}

// writingView is the sheet a suggestion or a motion is written on.
type writingView struct {
	web.Page
	Form     *web.Form
	Kind     string
	When     string // the session it is raised in, and until when
	Closed   bool   // the session takes nothing in any more
	After    []string
	Excluded []procedure.Choice
	Alike    alikeView
	Other    web.Link // to the other kind
}

// sheetOf is what a writing page knows of its writer.
type sheetOf struct {
	s       *Site
	r       *http.Request
	v       *writingView
	p       *procedure.Procedure
	shared  *procedure.Procedure // of suggestions, whose dictionaries motions share
	deputy  string               // person; "" where it is entered for somebody
	at      registry.Congress
	session registry.Session
	head    bool
	open    bool // the session takes suggestions in today
}

func (s *Site) writing(r *http.Request, me *visitor, kind string) (*sheetOf, error) {
	if !me.actor.Has(mayWrite...) {
		return nil, errs.New(errs.Denied, "casework.may_not_enter")
	}
	k, err := s.Cases.Kind(kind)
	if err != nil {
		return nil, err
	}
	shared, err := s.Cases.Kind(suggestion.Kind)
	if err != nil {
		return nil, err
	}
	o := &sheetOf{s: s, r: r, p: k.Procedure, shared: shared.Procedure}
	for _, g := range me.actor.Grants {
		if g.Role == policy.Deputy {
			o.deputy = g.Person
		}
	}
	if err := o.place(me.actor); err != nil {
		return nil, err
	}
	v := &writingView{Page: s.Page(r, "write."+kind+".title"), Kind: kind, Excluded: k.Procedure.Choices["excluded"]}
	o.v = v
	v.Lead = v.T("write." + kind + ".lead")
	if o.deputy == "" {
		v.Lead = v.T("write.paper_lead")
	}
	v.Other = web.Link{Href: writingPath(motion.Kind), Text: v.T("write.other.motion")}
	if kind == motion.Kind {
		v.Other = web.Link{Href: writingPath(suggestion.Kind), Text: v.T("write.other.suggestion")}
	}
	o.when()
	v.Form, err = o.form()
	return o, err
}

// place finds congress, session and seat of today.
func (o *sheetOf) place(actor policy.Actor) error {
	ctx, q, on := o.r.Context(), o.s.DB.Reader(), deadline.DateOf(o.s.now())
	congress, err := suggestion.Home(ctx, o.s.Cases, actor)
	if err != nil {
		return err
	}
	if o.at, err = registry.GetCongress(ctx, q, congress); err != nil {
		return err
	}
	if o.session, err = registry.SessionOn(ctx, q, congress, on); err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	o.open = on <= o.session.Deadline()
	if o.deputy == "" {
		return nil
	}
	seat, err := registry.MandateAt(ctx, q, o.deputy, congress, on)
	if errs.Is(err, errs.NotFound) {
		return errs.New(errs.Denied, "write.no_mandate")
	}
	o.head = seat.Head
	return err
}

// when words in which session the draft stands, until when it is taken in, and what happens then.
func (o *sheetOf) when() {
	v := o.v
	args := []any{"Session", o.session.Name, "Until", string(o.session.Deadline())}
	switch {
	case o.session.ID == "":
		v.When = v.T("write.no_session")
	case o.open:
		v.When = v.T("write."+v.Kind+".open", args...)
	default:
		v.When, v.Closed = v.T("write."+v.Kind+".closed", args...), v.Kind == motion.Kind
	}
	n := func(limit string) string { return strconv.Itoa(o.p.Rule(limit).N) }
	if v.Kind == motion.Kind {
		v.After = []string{v.T("write.motion.after1", "N", n("review")), v.T("write.motion.after2", "N", n("decide")), v.T("write.motion.after3", "N", n("report"))}
		return
	}
	v.After = []string{v.T("write.suggestion.after1", "N", n("review")), v.T("write.suggestion.after2", "N", n("dispatch")),
		v.T("write.suggestion.after3", "N", n("handle"), "Wide", n("handle_wide")), v.T("write.suggestion.after4", "N", n("evaluate"))}
}

func (s *Site) writingPage(w http.ResponseWriter, r *http.Request, me *visitor, kind string) error {
	o, err := s.writing(r, me, kind)
	if err != nil {
		return err
	}
	return s.Render(w, r, "writing", o.v)
}

// write keeps the draft and leads to its page, where signers are asked and it is submitted.
func (s *Site) write(w http.ResponseWriter, r *http.Request, me *visitor, kind string) error {
	o, err := s.writing(r, me, kind)
	if err != nil {
		return err
	}
	var res casework.Result
	if err = o.v.Form.Read(r); err == nil {
		res, err = o.keep(me.actor)
	}
	if err != nil {
		return s.Again(w, r, "writing", o.v, o.v.Form, err)
	}
	return s.Done(w, r, "/cases/"+res.Case.Number, "write."+kind+".kept")
}

// keep opens the draft.
func (o *sheetOf) keep(actor policy.Actor) (casework.Result, error) {
	d, err := o.draft()
	if err != nil {
		return casework.Result{}, err
	}
	if o.v.Kind == motion.Kind {
		f := o.v.Form
		return motion.Open(o.r.Context(), o.s.Cases, actor, motion.Draft{Draft: d, Venue: f.Value("venue"), Plan: f.Value("plan")})
	}
	return suggestion.Open(o.r.Context(), o.s.Cases, actor, d)
}

// draft makes the domain's form of the page's.
func (o *sheetOf) draft() (suggestion.Draft, error) {
	f := o.v.Form
	d := suggestion.Draft{Deputy: o.deputy, ByDelegation: f.Ticked("by_delegation"), Session: f.Value("session"), Phase: f.Value("phase"), Title: f.Value("title"),
		Body: f.Value("body"), Formed: f.Value("formed"), Repeated: f.Value("repeated"), Disclosure: f.Value("disclosure"), Agencies: f.Value("agencies"),
		Talk: f.Ticked("talk"), NoReply: f.Ticked("no_reply"), Phone: f.Value("phone"), Source: suggestion.Own, Key: f.Key}
	if o.deputy == "" {
		d.Deputy, d.Source, d.Signers = f.Value("deputy"), suggestion.Paper, f.Field("signers").Values
		if claimed := f.Value(casework.ClaimedAt); claimed != "" {
			at, err := casework.ParseClaimed(claimed, o.s.now())
			if err != nil {
				return d, err
			}
			d.At = at
		}
	}
	accepted, err := o.s.accept(f.Field("files"))
	d.Files = accepted
	return d, err
}

// alikeView is the list of earlier suggestions that read alike.
type alikeView struct {
	Q     string
	Asked bool
	List  []suggestion.Alike
}

type similarView struct {
	web.Page
	Alike alikeView
}

// alikeShown is how many earlier suggestions are listed.
const alikeShown = 8

// similar lists earlier suggestions like a title: a page of its own, of which the writing page shows the list.
func (s *Site) similar(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if !me.actor.Has(append(mayWrite, policy.Leader)...) {
		return errs.New(errs.Denied, "errs.denied")
	}
	v := &similarView{Page: s.Page(r, "write.alike"), Alike: alikeView{Q: r.URL.Query().Get("q")}}
	v.Lead = v.T("write.alike_lead")
	v.Up = &web.Link{Href: writingPath(suggestion.Kind), Text: v.T("write.suggestion.title")}
	var err error
	if q := []rune(v.Alike.Q); len(q) > 1 {
		v.Alike.Asked = true
		v.Alike.List, err = suggestion.Earlier(r.Context(), s.Cases, me.actor, string(q[:min(len(q), 500)]), alikeShown)
	}
	if err != nil {
		return err
	}
	return s.Render(w, r, "similar", v)
}

package api

import (
	"bytes"
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/suggestion"
)

// Asker is what a request says of its asker.
type Asker struct {
	Authorization string `header:"Authorization" doc:"Bearer token of an account; one for reading only is refused where something is written."`
	Code          string `header:"Lianxin-Code" doc:"Pick-up code of the case, for its submitter."`
}

// Writing is what a writing request says beside its body.
type Writing struct {
	Asker
	Key     string `header:"Idempotency-Key" doc:"A repeated key returns the first answer; kept 7 days."`
	IfMatch string `header:"If-Match" doc:"ETag of what is acted on: the case, or its assignment's version."`
}

// opinionInput is an opinion as it comes in.
type opinionInput struct {
	Title      string   `json:"title,omitempty" doc:"The body's first words if left out."`
	Body       string   `json:"body"`
	Category   string   `json:"category,omitempty"`
	Station    string   `json:"station,omitempty"`
	Grid       string   `json:"grid,omitempty"`
	Deputy     string   `json:"deputy,omitempty"`
	Place      string   `json:"place,omitempty"`
	Contact    *contact `json:"contact,omitempty" doc:"Optional; sealed at once."`
	HideName   bool     `json:"hide_name,omitempty"`
	MayPublish bool     `json:"may_publish,omitempty"`
	Source     string   `json:"source,omitempty" doc:"With a token: paper, telephone or visit."`
	ClaimedAt  string   `json:"claimed_at,omitempty" doc:"With a token: when it was really said."`
	Urgent     bool     `json:"urgent,omitempty" doc:"With a token."`
}

type contact struct {
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

type opinionMade struct {
	Number     string     `json:"number"`
	Code       string     `json:"code" doc:"Pick-up code; told here and never again but under the same Idempotency-Key."`
	ReceivedAt *time.Time `json:"received_at"`
	Due        string     `json:"due" doc:"Last day for accepting it, 2006-01-02."`
}

type body[T any] struct {
	Status int
	ETag   string `header:"ETag"`
	Body   T
}

type caseInput struct {
	Asker
	Number string `path:"number"`
}

// actInput is an action: its body is an object of the action's fields.
type actInput struct {
	Writing
	Number  string `path:"number"`
	N       string `path:"n"`
	Action  string `path:"action"`
	RawBody []byte `contentType:"application/json"`
}

type caseActInput struct {
	Writing
	Number  string `path:"number"`
	Action  string `path:"action"`
	RawBody []byte `contentType:"application/json"`
}

type fileInput struct {
	Writing
	Number  string `path:"number"`
	RawBody []byte `contentType:"application/octet-stream"`
}

func (s *service) operations(api huma.API) {
	problems := func(op huma.Operation) huma.Operation {
		schema := huma.SchemaFromType(api.OpenAPI().Components.Schemas, reflect.TypeFor[problem]())
		op.Responses = map[string]*huma.Response{"default": {Description: "Problem (RFC 9457)", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}}}
		op.SkipValidateBody, op.SkipValidateParams = true, true
		op.MaxBodyBytes = -1 // the guard bounds bodies
		op.Security = []map[string][]string{{}, {"token": {}}}
		return op
	}
	json := func(op huma.Operation, of reflect.Type) huma.Operation {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: huma.SchemaFromType(api.OpenAPI().Components.Schemas, of)}}}
		return problems(op)
	}
	object := reflect.TypeFor[map[string]any]()
	huma.Register(api, json(huma.Operation{OperationID: "submit-opinion", Method: http.MethodPost, Path: Prefix + "/opinions", DefaultStatus: 201, Summary: "Say what is wrong"}, reflect.TypeFor[opinionInput]()), s.submit)
	huma.Register(api, problems(huma.Operation{OperationID: "list-cases", Method: http.MethodGet, Path: Prefix + "/cases", Summary: "Cases the asker may read, newest first"}), s.list)
	huma.Register(api, problems(huma.Operation{OperationID: "read-case", Method: http.MethodGet, Path: Prefix + "/cases/{number}", Summary: "A case: the staff's, the submitter's or the public view"}), s.read)
	huma.Register(api, problems(huma.Operation{OperationID: "attach", Method: http.MethodPost, Path: Prefix + "/cases/{number}/attachments", DefaultStatus: 201, Summary: "Add a picture or PDF: the file itself is the body"}), s.attach)
	huma.Register(api, json(huma.Operation{OperationID: "act-on-case", Method: http.MethodPost, Path: Prefix + "/cases/{number}/actions/{action}", Summary: "Carry out an action on a case"}, object), s.actOnCase)
	huma.Register(api, json(huma.Operation{OperationID: "act-on-assignment", Method: http.MethodPost, Path: Prefix + "/cases/{number}/assignments/{n}/actions/{action}", Summary: "Carry out an action on an assignment"}, object), s.actOnAssignment)
	huma.Register(api, problems(huma.Operation{OperationID: "case-events", Method: http.MethodGet, Path: Prefix + "/cases/{number}/events", Summary: "What happened to a case"}), s.events)
	huma.Register(api, problems(huma.Operation{OperationID: "list-promises", Method: http.MethodGet, Path: Prefix + "/promises", Summary: "The ledger of promises, soonest first"}), s.promises)
	huma.Register(api, problems(huma.Operation{OperationID: "list-figures", Method: http.MethodGet, Path: Prefix + "/figures", Summary: "Every figure of a year, with its formula"}), s.figures)
	huma.Register(api, problems(huma.Operation{OperationID: "read-figure", Method: http.MethodGet, Path: Prefix + "/figures/{id}", Summary: "One figure of a year"}), s.figure)
	huma.Register(api, problems(huma.Operation{OperationID: "figure-records", Method: http.MethodGet, Path: Prefix + "/figures/{id}/records", Summary: "The records a figure counts that the asker may see, and how many more there are"}), s.records)
	huma.Register(api, problems(huma.Operation{OperationID: "read-procedure", Method: http.MethodGet, Path: Prefix + "/procedures/{kind}", Summary: "A kind's states, actions and limits"}), s.procedure)
}

// actor tells who asks: an account by its token, a submitter by the code, or anybody.
func (s *service) actor(ctx context.Context, w Asker, number string) (policy.Actor, error) {
	if secret, ok := strings.CutPrefix(w.Authorization, "Bearer "); ok {
		if b, ok := ctx.Value(bearerKey{}).(bearer); ok {
			return b.actor, b.err
		}
		actor, _, err := s.Identity.CheckToken(ctx, secret)
		return actor, err
	}
	if w.Authorization != "" {
		return policy.Actor{}, errs.New(errs.Unauthenticated, "identity.bad_token")
	}
	if w.Code == "" || number == "" {
		return casework.Resident(), nil
	}
	key := "code:" + number
	if err := s.Identity.Allowed(ctx, key); err != nil {
		return policy.Actor{}, err
	}
	actor, err := s.Cases.Submitter(ctx, number, w.Code)
	if errs.Is(err, errs.NotFound) {
		if e := s.Identity.Failed(ctx, key); e != nil {
			return actor, e
		}
	}
	return actor, err
}

// somebody tells who asks where nobody in particular may: an account, or a submitter.
func (s *service) somebody(ctx context.Context, w Asker, number string) (policy.Actor, error) {
	actor, err := s.actor(ctx, w, number)
	if err == nil && actor.Has(policy.Resident) && actor.Case == "" {
		err = errs.New(errs.Unauthenticated, "api.code_or_token")
	}
	return actor, err
}

func (s *service) shaper() shaper { return shaper{p: s.printer, now: s.Cases.DB().Now()} }

func (s *service) submit(ctx context.Context, in *struct {
	Writing
	RawBody []byte `contentType:"application/json"`
}) (*body[opinionMade], error) {
	actor, err := s.actor(ctx, in.Asker, "")
	if err != nil {
		return nil, s.problem(err)
	}
	o, err := decode[opinionInput](in.RawBody)
	if err != nil {
		return nil, s.problem(err)
	}
	form, err := o.intake(actor, s.Cases.DB().Now())
	if err != nil {
		return nil, s.problem(err)
	}
	form.Key = in.Key
	res, err := opinion.Submit(ctx, s.Cases, actor, form)
	if err != nil {
		return nil, s.problem(err)
	}
	made := opinionMade{Number: res.Case.Number, Code: res.Code, ReceivedAt: instant(res.Case.ReceivedAt), Due: string(res.Case.Clocks.V["accept"].Due)}
	return &body[opinionMade]{Status: http.StatusCreated, ETag: etag(res.Case.Version), Body: made}, nil
}

// intake makes the domain's form; only an account speaks for others.
func (o opinionInput) intake(actor policy.Actor, now time.Time) (opinion.Intake, error) {
	in := opinion.Intake{Title: o.Title, Body: o.Body, Category: o.Category, Station: o.Station, Grid: o.Grid, Deputy: o.Deputy, Place: o.Place,
		HideName: o.HideName, MayPublish: o.MayPublish, Source: o.Source, Urgent: o.Urgent}
	if o.Contact != nil {
		in.Name, in.Phone, in.Address = o.Contact.Name, o.Contact.Phone, o.Contact.Address
	}
	if actor.Has(policy.Resident) {
		for field, given := range map[string]bool{"source": o.Source != "", "claimed_at": o.ClaimedAt != "", "urgent": o.Urgent} {
			if given {
				return in, errs.New(errs.Invalid, "errs.unknown_field").With(errs.Args{"Field": field}).At(field)
			}
		}
		in.Source = opinion.Web
		return in, nil
	}
	if o.ClaimedAt == "" {
		return in, nil
	}
	var err error
	in.ClaimedAt, err = casework.ParseClaimed(o.ClaimedAt, now)
	return in, err
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

func (s *service) read(ctx context.Context, in *caseInput) (*body[any], error) {
	actor, err := s.actor(ctx, in.Asker, in.Number)
	if err != nil {
		return nil, s.problem(err)
	}
	if actor.Has(policy.Resident) && actor.Case == "" {
		pub, err := s.Cases.Published(ctx, in.Number)
		if err != nil {
			return nil, s.problem(err)
		}
		out := public(pub)
		if pub.Kind == suggestion.Kind {
			if out.Raised, err = s.raised(ctx, in.Number); err != nil {
				return nil, s.problem(err)
			}
		}
		return &body[any]{Status: http.StatusOK, Body: out}, nil
	}
	v, err := s.Cases.View(ctx, actor, in.Number)
	if err != nil {
		return nil, s.problem(err)
	}
	return s.shown(v, 0), nil
}

func (s *service) raised(ctx context.Context, number string) (*raisedView, error) {
	p, err := suggestion.Published(ctx, s.Cases, number)
	return &raisedView{Session: p.Session, Phase: p.Phase, Serial: p.Serial, Deputy: p.Deputy, Delegation: p.Delegation, Agencies: p.Agencies, TitleOnly: p.TitleOnly}, err
}

// show answers with the case as the actor may see it; the ETag is that of the assignment where one is meant.
func (s *service) show(ctx context.Context, actor policy.Actor, number string, n int64) (*body[any], error) {
	v, err := s.Cases.Glance(ctx, actor, number)
	if err != nil {
		return nil, s.problem(err)
	}
	return s.shown(v, n), nil
}

func (s *service) shown(v *casework.View, n int64) *body[any] {
	version := v.Version
	for _, a := range v.Assigned {
		if a.N == n {
			version = a.Version
		}
	}
	return &body[any]{Status: http.StatusOK, ETag: etag(version), Body: s.shaper().view(v)}
}

func (s *service) actOnCase(ctx context.Context, in *caseActInput) (*body[any], error) {
	return s.act(ctx, in.Writing, in.Number, 0, in.Action, in.RawBody)
}

func (s *service) actOnAssignment(ctx context.Context, in *actInput) (*body[any], error) {
	n, err := strconv.ParseInt(in.N, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != in.N { // one address for one thing
		return nil, s.problem(errs.New(errs.NotFound, "casework.no_such_assignment").With(errs.Args{"N": in.N}))
	}
	return s.act(ctx, in.Writing, in.Number, n, in.Action, in.RawBody)
}

func (s *service) act(ctx context.Context, w Writing, number string, n int64, action string, raw []byte) (*body[any], error) {
	actor, err := s.somebody(ctx, w.Asker, number)
	if err != nil {
		return nil, s.problem(err)
	}
	version, err := ifMatch(w.IfMatch)
	if err != nil {
		return nil, s.problem(err)
	}
	in, err := decode[map[string]any](raw)
	if err != nil {
		return nil, s.problem(err)
	}
	_, err = s.Cases.Apply(ctx, casework.Request{Actor: actor, Number: number, Assignment: n, Action: action, Version: version, Input: in, Key: w.Key})
	if err != nil {
		return nil, s.problem(err)
	}
	return s.show(ctx, actor, number, n)
}

// ifMatch reads an ETag; without one any version will do.
func ifMatch(header string) (int64, error) {
	if header == "" || header == "*" {
		return 0, nil
	}
	version, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(header, "W/"), `"`), 10, 64)
	if err != nil || version < 1 {
		return 0, errs.New(errs.Invalid, "api.bad_if_match").At("If-Match")
	}
	return version, nil
}

func (s *service) attach(ctx context.Context, in *fileInput) (*body[any], error) {
	actor, err := s.somebody(ctx, in.Asker, in.Number)
	if err != nil {
		return nil, s.problem(err)
	}
	accepted, err := s.Files.Accept(bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, s.problem(err)
	}
	_, err = s.Cases.Apply(ctx, casework.Request{Actor: actor, Number: in.Number, Action: "attach", Input: casework.Input{casework.Submitted: accepted}, Key: in.Key})
	if err != nil {
		return nil, s.problem(err)
	}
	out, err := s.show(ctx, actor, in.Number, 0)
	if err == nil {
		out.Status = http.StatusCreated
	}
	return out, err
}

func (s *service) events(ctx context.Context, in *caseInput) (*body[eventsOutput], error) {
	actor, err := s.actor(ctx, in.Asker, in.Number)
	if err != nil {
		return nil, s.problem(err)
	}
	v, err := s.Cases.View(ctx, actor, in.Number)
	if err != nil {
		return nil, s.problem(err)
	}
	out := eventsOutput{Events: []eventView{}}
	for _, e := range v.Story {
		out.Events = append(out.Events, eventView{ID: e.Event.ID, Stream: e.Event.Stream, Seq: e.Event.Seq, Action: e.Record.Action, Label: e.Label, Assignment: e.N,
			From: e.Record.From, To: e.Record.To, Role: e.Event.Role, Behalf: e.Record.Behalf != "", Proxy: e.Record.Proxy, Undone: e.Undone, OccurredAt: instant(e.Event.OccurredAt),
			RecordedAt: instant(e.Event.RecordedAt), Facts: e.Record.Facts})
	}
	return &body[eventsOutput]{Status: http.StatusOK, Body: out}, nil
}

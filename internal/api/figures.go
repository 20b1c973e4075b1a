package api

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/figure"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
)

type figuresInput struct {
	Asker
	Year string `query:"year" doc:"2006; this year if left out."`
	AsOf string `query:"as_of" doc:"Last day that counts, 2006-01-02; the year's last, or today where that is earlier, if left out."`
}

type figureInput struct {
	figuresInput
	ID string `path:"id"`
}

type recordsInput struct {
	figuresInput
	ID     string `path:"id"`
	Part   string `query:"part" doc:"numerator, denominator (if left out) or rest."`
	Cursor string `query:"cursor"`
	Limit  string `query:"limit" doc:"1 to 1000; 50 if left out."`
}

type figureView struct {
	ID          string       `json:"id"`
	Version     int          `json:"version" doc:"Of the definition it was counted by."`
	Title       string       `json:"title"`
	Formula     string       `json:"formula"`
	Scope       string       `json:"scope"`
	Value       string       `json:"value" doc:"Decimal; empty where nothing can be computed."`
	Numerator   *int64       `json:"numerator,omitempty"`
	Denominator *int64       `json:"denominator,omitempty"`
	Unit        string       `json:"unit"`
	Year        int          `json:"year"`
	AsOf        string       `json:"as_of"`
	Parts       []figureView `json:"parts,omitempty" doc:"Of a change: the ratio, and the ratio a year earlier."`
}

type figuresOutput struct {
	Items []figureView `json:"items"`
}

type recordView struct {
	Number  string `json:"number"`
	Title   string `json:"title"`
	Day     string `json:"day,omitempty"`
	Counted bool   `json:"counted" doc:"In the numerator."`
}

type recordsOutput struct {
	Figure figureView   `json:"figure"`
	Items  []recordView `json:"items"`
	Next   string       `json:"next,omitempty" doc:"Cursor of the next page; absent on the last."`
	Total  int64        `json:"total"`
	Hidden int64        `json:"hidden" doc:"Of the total: those the asker may not see."`
}

// scope is whose figures of which year: the deployment's own congress's.
func (s *service) scope(ctx context.Context, in figuresInput) (figure.Scope, error) {
	congress, err := registry.Setting(ctx, s.Cases.DB().Reader(), registry.HomeCongress)
	if err != nil {
		return figure.Scope{}, err
	}
	today := deadline.DateOf(s.Cases.DB().Now())
	year, err := strconv.Atoi(cmp.Or(in.Year, string(today[:4])))
	if err != nil {
		return figure.Scope{}, errs.New(errs.Invalid, "figure.bad_scope").At("year")
	}
	scope := figure.YearScope(congress, year, today)
	if in.AsOf != "" {
		scope.AsOf = deadline.Date(in.AsOf)
	}
	return scope, nil
}

// looker is who looks at figures: the public is nobody.
func (s *service) looker(ctx context.Context, in Asker) (policy.Actor, error) {
	actor, err := s.actor(ctx, in, "")
	if actor.Has(policy.Resident) {
		actor = policy.Actor{}
	}
	return actor, err
}

func (s *service) figureView(v figure.Value) figureView {
	out := figureView{ID: v.ID, Version: v.Version, Value: v.Value, Numerator: v.Numerator, Denominator: v.Denominator, Unit: string(v.Unit), Year: v.Year, AsOf: string(v.AsOf)}
	if d, err := s.Figures.Definition(v.ID); err == nil {
		out.Title, out.Formula, out.Scope = s.printer.T(d.TitleKey()), s.printer.T(d.FormulaKey()), s.printer.T(d.ScopeKey())
	}
	for _, p := range v.Parts {
		out.Parts = append(out.Parts, s.figureView(p))
	}
	return out
}

func (s *service) figures(ctx context.Context, in *figuresInput) (*body[figuresOutput], error) {
	if _, err := s.looker(ctx, in.Asker); err != nil {
		return nil, s.problem(err)
	}
	scope, err := s.scope(ctx, *in)
	if err != nil {
		return nil, s.problem(err)
	}
	values, err := s.Figures.Values(ctx, scope)
	if err != nil {
		return nil, s.problem(err)
	}
	out := figuresOutput{Items: []figureView{}}
	for _, v := range values {
		out.Items = append(out.Items, s.figureView(v))
	}
	return &body[figuresOutput]{Status: http.StatusOK, Body: out}, nil
}

func (s *service) figure(ctx context.Context, in *figureInput) (*body[figureView], error) {
	if _, err := s.looker(ctx, in.Asker); err != nil {
		return nil, s.problem(err)
	}
	scope, err := s.scope(ctx, in.figuresInput)
	if err != nil {
		return nil, s.problem(err)
	}
	v, err := s.Figures.Value(ctx, in.ID, scope)
	if err != nil {
		return nil, s.problem(err)
	}
	return &body[figureView]{Status: http.StatusOK, Body: s.figureView(v)}, nil
}

func (s *service) records(ctx context.Context, in *recordsInput) (*body[recordsOutput], error) {
	actor, err := s.looker(ctx, in.Asker)
	if err != nil {
		return nil, s.problem(err)
	}
	scope, err := s.scope(ctx, in.figuresInput)
	if err != nil {
		return nil, s.problem(err)
	}
	query := figure.Query{ID: in.ID, Scope: scope, Part: figure.Part(in.Part), Cursor: in.Cursor}
	if in.Limit != "" {
		if query.Limit, err = strconv.Atoi(in.Limit); err != nil || query.Limit < 1 || query.Limit > figure.MaxLimit {
			return nil, s.problem(errs.New(errs.Invalid, "api.wrong_type").With(errs.Args{"Field": "limit", "Type": "1–1000"}).At("limit"))
		}
	}
	page, err := s.Figures.Records(ctx, actor, query)
	if err != nil {
		return nil, s.problem(err)
	}
	out := recordsOutput{Figure: s.figureView(page.Value), Items: []recordView{}, Next: page.Next, Total: page.Total, Hidden: page.Hidden}
	for _, r := range page.Records {
		out.Items = append(out.Items, recordView{Number: r.Key, Title: r.Title, Day: string(r.Day), Counted: r.Counted})
	}
	return &body[recordsOutput]{Status: http.StatusOK, Body: out}, nil
}

package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
)

type listInput struct {
	Asker
	Kind    string `query:"kind"`
	State   string `query:"state"`
	Agency  string `query:"agency"`
	Overdue string `query:"overdue" doc:"true: past their date; soon: lamp amber."`
	Q       string `query:"q" doc:"Words that must all occur."`
	Cursor  string `query:"cursor"`
	Limit   string `query:"limit" doc:"1 to 200; 50 if left out."`
}

type listOutput struct {
	Items []listedView `json:"items"`
	Next  string       `json:"next,omitempty" doc:"Cursor of the next page; absent on the last."`
	Total int          `json:"total" doc:"Exact up to 1000, which stands for that many or more."`
}

type eventsOutput struct {
	Events []eventView `json:"events"`
}

func (s *service) list(ctx context.Context, in *listInput) (*body[listOutput], error) {
	actor, err := s.actor(ctx, in.Asker, "")
	if err == nil && actor.Has(policy.Resident) {
		err = errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	if err != nil {
		return nil, s.problem(err)
	}
	q := casework.Query{Kind: in.Kind, Agency: in.Agency, Q: in.Q, Cursor: in.Cursor}
	if in.State != "" {
		q.States = strings.Split(in.State, ",")
	}
	q.Lamp = map[string]string{"true": casework.LampRed, "soon": casework.LampAmber}[in.Overdue]
	if in.Limit != "" {
		if q.Limit, err = strconv.Atoi(in.Limit); err != nil || q.Limit < 1 || q.Limit > 200 {
			return nil, s.problem(errs.New(errs.Invalid, "api.wrong_type").With(errs.Args{"Field": "limit", "Type": "1–200"}).At("limit"))
		}
	}
	page, err := s.Cases.List(ctx, actor, q)
	if err != nil {
		return nil, s.problem(err)
	}
	out := listOutput{Items: []listedView{}, Next: page.Next, Total: page.Total}
	for _, c := range page.Cases {
		out.Items = append(out.Items, listedView{Number: c.Number, Kind: c.Kind, Title: c.Title, State: c.State, Category: c.Category, Urgent: c.Urgent,
			LeadAgency: c.LeadAgency, ReceivedAt: instant(c.ReceivedAt), DueAt: instant(c.DueAt), Result: c.Result, Version: c.Version})
	}
	return &body[listOutput]{Status: http.StatusOK, Body: out}, nil
}

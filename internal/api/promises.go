package api

import (
	"context"
	"net/http"
	"slices"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
)

type promisesInput struct {
	Asker
	State  string `query:"state" doc:"open, kept or missed."`
	Agency string `query:"agency"`
}

type promisesOutput struct {
	Items []promiseView `json:"items"`
}

// maxPromises is how many lines of the ledger are told at once (our default).
const maxPromises = 1000

func (s *service) promises(ctx context.Context, in *promisesInput) (*body[promisesOutput], error) {
	actor, err := s.actor(ctx, in.Asker, "")
	if err == nil && actor.Has(policy.Resident) {
		err = errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	if err == nil && !slices.Contains([]string{"", casework.PromiseOpen, casework.PromiseKept, casework.PromiseMissed}, in.State) {
		err = errs.New(errs.Invalid, "api.wrong_type").With(errs.Args{"Field": "state", "Type": "open, kept, missed"}).At("state")
	}
	if err != nil {
		return nil, s.problem(err)
	}
	list, err := s.Cases.Promises(ctx, actor, in.State, in.Agency, maxPromises)
	if err != nil {
		return nil, s.problem(err)
	}
	out := promisesOutput{Items: []promiseView{}}
	for _, p := range list {
		out.Items = append(out.Items, promiseView{Number: p.Number, Assignment: p.N, Title: p.Title, Agency: p.Agency, On: string(p.On), State: p.State, Moves: p.Moves, Words: p.Words})
	}
	return &body[promisesOutput]{Status: http.StatusOK, Body: out}, nil
}

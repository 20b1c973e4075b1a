package casework

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// States of a promise 承诺.
const (
	PromiseOpen   = "open"
	PromiseKept   = "kept"
	PromiseMissed = "missed"
)

// fulfil settles a promise as kept or missed; a missed one may be promised anew for a later day.
func fulfil(_ context.Context, a *Act) error {
	t, next := a.Target, a.Values.String("next_on")
	t.PromiseState = a.Values.String("kept")
	switch {
	case next == "":
		return nil
	case t.PromiseState == PromiseKept:
		return errs.New(errs.Invalid, "casework.promise_kept_already").At("next_on")
	case next <= string(deadline.DateOf(a.At)):
		return errs.New(errs.Invalid, "casework.date_past").At("next_on")
	}
	t.PromiseOn, t.PromiseState = next, PromiseOpen
	t.PromiseMoves++
	return nil
}

// RunPromises notes as missed what was promised for a day gone by, at most limit of them, and tells how many.
func (s *Service) RunPromises(ctx context.Context, limit int) (int, error) {
	type broken struct {
		Number  string
		N       int64
		Version int64
	}
	today := string(deadline.DateOf(s.db.Now()))
	w := new(store.Where).And("a.promise_state = ? and a.promise_on < ?", PromiseOpen, today).In("a.state", s.answeredStates()...)
	rows, err := store.All[broken](ctx, s.db.Reader(), `select c.number, a.n, a.version from assignment a
		join case_file c on c.congress_id = a.congress_id and c.id = a.case_id`+w.String()+" order by a.promise_on limit "+w.Bind(limit), w.Args()...)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, r := range rows {
		_, err := s.Apply(ctx, Request{Actor: timetable(), Number: r.Number, Assignment: r.N, Action: "miss_promise", Version: r.Version})
		switch {
		case errs.Is(err, errs.Stale) || errs.Is(err, errs.Conflict): // somebody was faster
		case err != nil:
			return done, err
		default:
			done++
		}
	}
	return done, nil
}

// answeredStates lists the states from which the timetable notes a promise as missed.
func (s *Service) answeredStates() []string {
	var states []string
	for _, k := range s.kinds {
		if row, ok := k.Procedure.Assignment.Action("miss_promise"); ok {
			states = append(states, row.From...)
		}
	}
	slices.Sort(states)
	return slices.Compact(states)
}

// Promise is a line of the ledger: who owes what by when.
type Promise struct {
	Number   string
	Title    string
	N        int64
	Agency   string        `db:"agency_id"`
	On       deadline.Date `db:"promise_on"`
	State    string        `db:"promise_state"`
	Moves    int64         `db:"promise_moves"`
	Words    string
	Category string
}

// Promises lists the ledger of promises the actor may read, soonest first; state "" lists all, agency "" all agencies. At most limit lines.
func (s *Service) Promises(ctx context.Context, actor policy.Actor, state, agency string, limit int) ([]Promise, error) {
	w := new(store.Where)
	if err := s.scope(ctx, s.db.Reader(), w, actor, "", false); err != nil {
		return nil, err
	}
	w.And("a.promise_state <> ''")
	if state != "" {
		w.And("a.promise_state = ?", state)
	}
	if agency != "" {
		w.And("a.agency_id = ?", agency)
	}
	return store.All[Promise](ctx, s.db.Reader(), `select c.number, t.body as title, a.n, a.agency_id, a.promise_on, a.promise_state, a.promise_moves, p.body as words, c.category
		from assignment a join case_file c on c.congress_id = a.congress_id and c.id = a.case_id
		join case_text t on t.congress_id = c.congress_id and t.id = c.title_text
		join case_text p on p.congress_id = a.congress_id and p.id = a.promise_text`+w.String()+" order by a.promise_on, c.id limit "+w.Bind(limit), w.Args()...)
}

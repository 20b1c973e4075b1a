package suggestion

import (
	"context"
	"slices"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/search"
	"lianxin/internal/store"
)

// Alike is an earlier suggestion that a new one may repeat.
type Alike struct {
	Number   string
	Serial   string
	Title    string
	State    string // its label
	Year     int    // it was raised in
	Readable bool   // by who asks: others are told the title only
}

// Home is the congress that an actor raises suggestions in: his own, else the deployment's.
func Home(ctx context.Context, s *casework.Service, actor policy.Actor) (string, error) {
	if congress := actor.Under("").Congress; congress != "" {
		return congress, nil
	}
	return registry.Setting(ctx, s.DB().Reader(), registry.HomeCongress)
}

// others is how many cases are looked at for each that is shown: opinions and drafts stand in the same index (our default).
const others = 12

// Earlier lists numbered suggestions of the actor's congress that are like a text. One whose deputy wants nothing published is left out:
// a colleague who writes learns no more than the public could.
func Earlier(ctx context.Context, s *casework.Service, actor policy.Actor, text string, limit int) ([]Alike, error) {
	congress, err := Home(ctx, s, actor)
	if err != nil {
		return nil, err
	}
	hits, err := search.Similar(ctx, s.DB(), casework.SearchKind, text, others*limit)
	if err != nil || len(hits) == 0 {
		return nil, err
	}
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	kind, err := s.Kind(Kind)
	if err != nil {
		return nil, err
	}
	type row struct {
		ID     string                        `db:"id"`
		Number string                        `db:"number"`
		State  string                        `db:"state"`
		At     int64                         `db:"accepted_at"`
		Title  string                        `db:"title"`
		Extra  store.JSON[map[string]string] `db:"extra"`
	}
	w := new(store.Where).And("c.congress_id = ? and c.kind = ?", congress, Kind).In("c.id", ids...)
	rows, err := store.All[row](ctx, s.DB().Reader(), `select c.id, c.number, c.state, c.accepted_at, t.body as title, c.extra from case_file c
		join case_text t on t.congress_id = c.congress_id and t.id = c.title_text`+w.String(), w.Args()...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b row) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	var found []Alike
	for _, r := range rows {
		if r.Extra.V[casework.Serial] == "" || r.Extra.V[Disclosure] == "none" || len(found) == limit {
			continue
		}
		a := Alike{Number: r.Number, Serial: r.Extra.V[casework.Serial], Title: r.Title, Year: store.Time(r.At).In(deadline.Zone).Year()}
		if state, ok := kind.Procedure.Case.State(r.State); ok {
			a.State = state.Label
		}
		found = append(found, a)
	}
	return found, readable(ctx, s, actor, found)
}

// readable marks those that the actor may open.
func readable(ctx context.Context, s *casework.Service, actor policy.Actor, found []Alike) error {
	var numbers []string
	for _, a := range found {
		numbers = append(numbers, a.Number)
	}
	if len(numbers) == 0 {
		return nil
	}
	page, err := s.List(ctx, actor, casework.Query{Kind: Kind, Numbers: numbers, Limit: len(numbers)})
	if err != nil {
		return err
	}
	for i := range found {
		found[i].Readable = slices.ContainsFunc(page.Cases, func(c casework.Listed) bool { return c.Number == found[i].Number })
	}
	return nil
}

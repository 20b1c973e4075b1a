package suggestion

import (
	"context"
	"slices"

	"lianxin/internal/casework"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// atOnce is how many rows are asked for at once.
const atOnce = 500

// Rows reads the rows of suggestions that their reader has listed, by the case's id.
func Rows(ctx context.Context, q store.Querier, cases []casework.Listed) (map[string]Row, error) {
	found := make(map[string]Row, len(cases))
	for part := range slices.Chunk(cases, atOnce) {
		var ids []string
		for i := range part {
			ids = append(ids, part[i].ID)
		}
		w := new(store.Where).In("case_id", ids...)
		rows, err := store.All[Row](ctx, q, "select "+store.Columns[Row]("")+" from suggestion"+w.String(), w.Args()...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			found[r.CaseID] = r
		}
	}
	return found, nil
}

// Handlers tells which of a suggestion's assignments answer it, and which send those their opinion 会办.
func Handlers(p *procedure.Procedure, assignments []*casework.Assignment) (answer, opine []*casework.Assignment) {
	gone := p.Assignment.Gone()
	for _, a := range assignments {
		if a.Part == casework.PartCo && !slices.Contains(gone, a.State) {
			opine = append(opine, a)
		}
	}
	return leaves(p, assignments), opine
}

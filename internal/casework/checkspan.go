package casework

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/event"
	"lianxin/internal/store"
)

// derived compares what is kept beside a case with what its row and events say: signers, spans and the kind's own row.
func (c *check) derived(ctx context.Context, row *Case, assignments []*Assignment, events []event.Event) error {
	kind, err := c.s.Kind(row.Kind)
	if err != nil {
		c.found(CaseStream(row.ID), "is of the kind %q, which is not registered", row.Kind)
		return nil
	}
	signers, err := store.All[signerRow](ctx, c.q, "select "+store.Columns[signerRow]("")+" from case_signer where case_id = $1", row.ID)
	if err != nil {
		return err
	}
	same := len(signers) == len(row.Signers.V)
	for _, s := range signers {
		asked, ok := row.Signer(s.PersonID)
		same = same && ok && asked.State == s.State
	}
	if !same {
		c.found(CaseStream(row.ID), "the list of signers differs from the row")
	}
	if err := c.spans(ctx, kind, row, events); err != nil {
		return err
	}
	for _, p := range kind.Projections {
		if err := c.projected(ctx, p, row, assignments); err != nil {
			return err
		}
	}
	return nil
}

// projected compares a kind's own rows of the case with those it is derived from.
func (c *check) projected(ctx context.Context, p Projection, row *Case, assignments []*Assignment) error {
	rows := p.Rows(row, assignments)
	n, err := store.One[int](ctx, c.q, "select count(*) from "+p.Table+" where case_id = $1", row.ID)
	same := n == len(rows)
	for i := 0; i < len(rows) && same && err == nil; i++ {
		same, err = store.Holds(ctx, c.q, p.Table, rows[i])
	}
	if err == nil && !same {
		c.found(CaseStream(row.ID), "its rows in %s differ from what they are derived from", p.Table)
	}
	return err
}

// spans compares the kept spans with those the events tell of.
func (c *check) spans(ctx context.Context, kind *Kind, row *Case, events []event.Event) error {
	var want []span
	for _, e := range events {
		var rec Record
		if json.Unmarshal([]byte(e.Payload), &rec) != nil {
			return nil // told elsewhere
		}
		for _, name := range kind.Spans {
			var value string
			if raw, ok := rec.Delta[name]; ok && json.Unmarshal(raw, &value) == nil {
				for i := range want {
					if want[i].Name == name && want[i].ToAt == 0 {
						want[i].ToAt = e.OccurredAt
					}
				}
				if value != "" {
					want = append(want, span{row.CongressID, row.ID, row.Kind, name, value, e.OccurredAt, 0, e.ID})
				}
			}
		}
	}
	have, err := store.All[span](ctx, c.q, "select "+store.Columns[span]("")+" from case_span where case_id = $1", row.ID)
	if err != nil {
		return err
	}
	order := func(a, b span) int { return strings.Compare(a.Name+a.EventID, b.Name+b.EventID) }
	slices.SortFunc(want, order)
	slices.SortFunc(have, order)
	if !slices.Equal(want, have) {
		c.found(CaseStream(row.ID), "its spans differ from its events")
	}
	return nil
}

// serials tells of numbers of a kind's own series given twice.
func (c *check) serials(ctx context.Context) error {
	type use struct{ Extra store.JSON[map[string]string] }
	rows, err := store.All[use](ctx, c.q, "select extra from case_file where extra <> 'null'")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, r := range rows {
		series, n := r.Extra.V[Series], r.Extra.V[Serial]
		if series == "" || n == "" {
			continue
		}
		if _, err := strconv.Atoi(n); err != nil || seen[series+" "+n] {
			c.found("series "+series, "the number %s is no number, or was given twice", n)
		}
		seen[series+" "+n] = true
	}
	return nil
}

package casework

import (
	"context"
	"encoding/json"
	"slices"

	"lianxin/internal/store"
)

// span is how long a column of a case had a value: for questions as of a day. Instants are microseconds UTC.
type span struct {
	CongressID string `db:"congress_id"`
	CaseID     string `db:"case_id"`
	Kind       string `db:"kind"`
	Name       string `db:"name"`
	Value      string `db:"value"`
	FromAt     int64  `db:"from_at"`
	ToAt       int64  `db:"to_at"` // 0: still
	EventID    string `db:"event_id"`
}

// keepSpans notes the new values of the columns that the kind keeps spans of.
func (a *Act) keepSpans(changed map[string]json.RawMessage) {
	for _, name := range a.kind.Spans {
		var value string
		if raw, ok := changed[name]; ok && json.Unmarshal(raw, &value) == nil {
			a.spans = append(a.spans, span{a.Case.CongressID, a.Case.ID, a.Case.Kind, name, value, store.Micros(a.At), 0, a.step.eventID})
		}
	}
}

// saveSpans closes the spans that end and writes those that begin.
func (a *Act) saveSpans(ctx context.Context) error {
	for _, s := range a.spans {
		_, err := store.Exec(ctx, a.tx, "update case_span set to_at = $1 where case_id = $2 and name = $3 and to_at = 0", s.FromAt, s.CaseID, s.Name)
		if err != nil {
			return err
		}
		if s.Value == "" {
			continue
		}
		if err := store.Insert(ctx, a.tx, "case_span", s); err != nil {
			return err
		}
	}
	return nil
}

// project writes the kind's own rows of the case, and who signs it.
func (a *Act) project(ctx context.Context) error {
	if a.started[a.Case] != a.Case.Version {
		if err := a.saveSigners(ctx); err != nil {
			return err
		}
	}
	for _, p := range a.kind.Projections {
		if _, err := store.Exec(ctx, a.tx, "delete from "+p.Table+" where case_id = $1", a.Case.ID); err != nil {
			return err
		}
		for _, row := range p.Rows(a.Case, a.Assignments) {
			if err := store.Insert(ctx, a.tx, p.Table, row); err != nil {
				return err
			}
		}
	}
	return nil
}

type signerRow struct {
	CongressID string `db:"congress_id"`
	CaseID     string `db:"case_id"`
	PersonID   string `db:"person_id"`
	State      string `db:"state"`
}

func (a *Act) saveSigners(ctx context.Context) error {
	if a.signers == nil && len(a.Case.Signers.V) == 0 || slices.Equal(a.signers, a.Case.Signers.V) {
		return nil
	}
	if _, err := store.Exec(ctx, a.tx, "delete from case_signer where case_id = $1", a.Case.ID); err != nil {
		return err
	}
	for _, s := range a.Case.Signers.V {
		if err := store.Insert(ctx, a.tx, "case_signer", signerRow{a.Case.CongressID, a.Case.ID, s.Person, s.State}); err != nil {
			return err
		}
	}
	return nil
}

package casework

import (
	"context"
	"encoding/json"
	"fmt"

	"lianxin/internal/event"
	"lianxin/internal/store"
)

// Rows reads a case by its id, with its assignments, for rooms that follow the record.
func Rows(ctx context.Context, q store.Querier, id string) (*Case, []*Assignment, error) {
	c, err := store.One[Case](ctx, q, "select "+store.Columns[Case]("")+" from case_file where id = $1", id)
	if err != nil {
		return nil, nil, err
	}
	assignments, err := readAssignments(ctx, q, id)
	return &c, assignments, err
}

// ReadRecord reads what an event of a case or an assignment decided.
func ReadRecord(e event.Event) (Record, error) {
	var rec Record
	if err := json.Unmarshal([]byte(e.Payload), &rec); err != nil {
		return rec, fmt.Errorf("casework: payload of %s/%d: %w", e.Stream, e.Seq, err)
	}
	return rec, nil
}

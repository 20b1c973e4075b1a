package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"lianxin/internal/event"
)

// Record is the payload of a case's or an assignment's event: the decision, without free text and personal data.
type Record struct {
	Action    string                     `json:"action"`
	From      string                     `json:"from"`
	To        string                     `json:"to"`
	Procedure string                     `json:"procedure"` // hash of the version that allowed it
	Relation  string                     `json:"relation,omitempty"`
	Office    string                     `json:"office,omitempty"` // for which the actor acted
	Agency    string                     `json:"agency,omitempty"` // for which the actor acted
	Behalf    string                     `json:"behalf,omitempty"` // account that lent the grant it was done under 受委托
	Proxy     bool                       `json:"proxy,omitempty"`  // 代录
	Inferred  bool                       `json:"inferred,omitempty"`
	Facts     map[string]any             `json:"facts,omitempty"` // choices, dates and references of the input
	Texts     []Commitment               `json:"texts,omitempty"`
	Files     []FileCommitment           `json:"files,omitempty"`
	Undone    string                     `json:"undone,omitempty"` // the act a rescission undoes
	Delta     map[string]json.RawMessage `json:"delta"`            // columns of the row that the event changes
}

// Commitment binds an event to a text without holding it: hash is SHA-256 over salt and body, so that the text can be erased and the record stay.
type Commitment struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	Hash string `json:"hash"`
}

// FileCommitment binds an event to an attachment.
type FileCommitment struct {
	Name   string `json:"name"`
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// image is a row's columns as JSON.
func image(row any) (map[string]json.RawMessage, error) {
	b, err := json.Marshal(row)
	if err != nil {
		return nil, fmt.Errorf("casework: image of %T: %w", row, err)
	}
	m := map[string]json.RawMessage{}
	return m, json.Unmarshal(b, &m)
}

// delta lists the columns in which the row differs from its image before.
func delta(before map[string]json.RawMessage, row any) (map[string]json.RawMessage, error) {
	after, err := image(row)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(after, func(k string, v json.RawMessage) bool { return bytes.Equal(before[k], v) })
	return after, nil
}

// fold applies an event's delta to the row. It consults no procedure.
func fold(row any, e event.Event) (Record, error) {
	var rec Record
	if err := json.Unmarshal([]byte(e.Payload), &rec); err != nil {
		return rec, fmt.Errorf("casework: payload of %s/%d: %w", e.Stream, e.Seq, err)
	}
	b, err := json.Marshal(rec.Delta)
	if err != nil {
		return rec, err
	}
	if err := json.Unmarshal(b, row); err != nil {
		return rec, fmt.Errorf("casework: delta of %s/%d: %w", e.Stream, e.Seq, err)
	}
	return rec, nil
}

// foldCase replays a case's stream.
func foldCase(events []event.Event) (*Case, error) {
	c := &Case{}
	for _, e := range events {
		if _, err := fold(c, e); err != nil {
			return nil, err
		}
		c.Version = e.Seq
	}
	return c, nil
}

// foldAssignment replays an assignment's stream.
func foldAssignment(events []event.Event) (*Assignment, error) {
	a := &Assignment{}
	for _, e := range events {
		if _, err := fold(a, e); err != nil {
			return nil, err
		}
		a.Version = e.Seq
	}
	return a, nil
}

// differing names the columns in which two rows differ, sorted.
func differing(a, b any) ([]string, error) {
	before, err := image(a)
	if err != nil {
		return nil, err
	}
	changed, err := delta(before, b)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(changed)), nil
}

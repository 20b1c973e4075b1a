package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
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

// snapshot copies a row as it stands. Its maps and slices are never changed in place, only replaced, so that a shallow copy will do.
func snapshot(row any) any { return reflect.ValueOf(row).Elem().Interface() }

// delta lists the columns, as JSON, in which the row differs from its snapshot before; all of them where there was none.
func delta(before, row any) (map[string]json.RawMessage, error) {
	changed := map[string]json.RawMessage{}
	now := reflect.ValueOf(row).Elem()
	was := reflect.ValueOf(before)
	for i := range now.NumField() {
		name := now.Type().Field(i).Tag.Get("json")
		if name == "-" || before != nil && reflect.DeepEqual(was.Field(i).Interface(), now.Field(i).Interface()) {
			continue
		}
		value, err := json.Marshal(now.Field(i).Interface())
		if err != nil {
			return nil, fmt.Errorf("casework: column %s of %T: %w", name, row, err)
		}
		changed[name] = value
	}
	return changed, nil
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

// differing names the columns in which two rows differ as JSON, sorted.
func differing(a, b any) ([]string, error) {
	one, err := delta(nil, a)
	if err != nil {
		return nil, err
	}
	other, err := delta(nil, b)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(other, func(name string, v json.RawMessage) bool { return bytes.Equal(one[name], v) })
	return slices.Sorted(maps.Keys(other)), nil
}

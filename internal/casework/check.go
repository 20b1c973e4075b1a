package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"lianxin/internal/event"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// Finding is one thing wrong that Check found.
type Finding struct {
	Stream string
	What   string
}

// Report is what Check looked at and found.
type Report struct {
	Cases       int
	Assignments int
	Events      int
	Findings    []Finding
}

// Check folds every case and assignment from its events and compares it with its row, verifies every step against the procedure version it names,
// every text against its commitment, and every number series for gaps. It changes nothing.
func (s *Service) Check(ctx context.Context) (*Report, error) {
	c := &check{s: s, q: s.db.Reader(), report: &Report{}, versions: map[string]*procedure.Procedure{}}
	ids, err := store.All[string](ctx, c.q, "select id from case_file order by congress_id, id")
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := c.one(ctx, id); err != nil {
			return nil, err
		}
	}
	if err := c.series(ctx); err != nil {
		return nil, err
	}
	if err := c.serials(ctx); err != nil {
		return nil, err
	}
	return c.report, c.orphans(ctx)
}

// check carries what a run of Check has gathered.
type check struct {
	s        *Service
	q        store.Querier
	report   *Report
	versions map[string]*procedure.Procedure
}

func (c *check) found(stream, format string, args ...any) {
	c.report.Findings = append(c.report.Findings, Finding{stream, fmt.Sprintf(format, args...)})
}

// one checks a case with its assignments.
func (c *check) one(ctx context.Context, id string) error {
	row, err := store.One[Case](ctx, c.q, "select "+store.Columns[Case]("")+" from case_file where id = $1", id)
	if err != nil {
		return err
	}
	assignments, err := readAssignments(ctx, c.q, id)
	if err != nil {
		return err
	}
	texts, err := readTexts(ctx, c.q, id)
	if err != nil {
		return err
	}
	events, err := event.Stream(ctx, c.q, CaseStream(id))
	if err != nil {
		return err
	}
	c.report.Cases++
	folded, err := foldCase(events)
	if err := c.compare(ctx, CaseStream(id), err, folded, &row, folded.version(), row.Version, events, texts); err != nil {
		return err
	}
	if err := c.derived(ctx, &row, assignments, events); err != nil {
		return err
	}
	for _, a := range assignments {
		c.report.Assignments++
		events, err := event.Stream(ctx, c.q, AssignmentStream(a.ID))
		if err != nil {
			return err
		}
		folded, err := foldAssignment(events)
		if err := c.compare(ctx, AssignmentStream(a.ID), err, folded, a, folded.version(), a.Version, events, texts); err != nil {
			return err
		}
	}
	return nil
}

func (c *Case) version() int64 {
	if c == nil {
		return 0
	}
	return c.Version
}

func (a *Assignment) version() int64 {
	if a == nil {
		return 0
	}
	return a.Version
}

// compare tells where a row is not the fold of its events, and where an event is not what its procedure allowed.
func (c *check) compare(ctx context.Context, stream string, foldErr error, folded, row any, foldedVersion, version int64, events []event.Event, texts map[string]text) error {
	c.report.Events += len(events)
	if foldErr != nil {
		c.found(stream, "cannot be folded: %v", foldErr)
		return nil
	}
	differ, err := differing(folded, row)
	if err != nil {
		return err
	}
	if len(differ) > 0 || foldedVersion != version {
		c.found(stream, "the row differs from its events in %s (version %d, events %d)", strings.Join(differ, ", "), version, foldedVersion)
	}
	for i, e := range events {
		if e.Seq != int64(i)+1 {
			c.found(stream, "event %d stands where %d should", e.Seq, i+1)
		}
		if err := c.event(ctx, stream, e, texts); err != nil {
			return err
		}
	}
	return nil
}

// unlisted are the actions that are no rows of a procedure: the opening, a moved date, and the undoing of an act, whose target is what was before.
var unlisted = []string{opened, Recalculated, Rescind}

func (c *check) event(ctx context.Context, stream string, e event.Event, texts map[string]text) error {
	var rec Record
	if err := json.Unmarshal([]byte(e.Payload), &rec); err != nil {
		c.found(stream, "payload of %d: %v", e.Seq, err)
		return nil
	}
	for _, t := range rec.Texts {
		kept, ok := texts[t.ID]
		if !ok || commit(kept.Salt, kept.Body) != t.Hash {
			c.found(stream, "event %d: text %s is not the one it committed to", e.Seq, t.Name)
		}
	}
	p, err := c.version(ctx, rec.Procedure)
	if err != nil {
		return err
	}
	if p == nil {
		c.found(stream, "event %d: its procedure version %.12s is not kept", e.Seq, rec.Procedure)
		return nil
	}
	machine := &p.Case
	if strings.HasPrefix(stream, "assignment:") {
		machine = &p.Assignment
	}
	if !slices.Contains(unlisted, rec.Action) && !machine.Verify(rec.Action, rec.From, rec.To) {
		c.found(stream, "event %d: %s from %s to %s is no step of its procedure", e.Seq, rec.Action, rec.From, rec.To)
	}
	return nil
}

// version reads a kept procedure version once.
func (c *check) version(ctx context.Context, hash string) (*procedure.Procedure, error) {
	if p, ok := c.versions[hash]; ok {
		return p, nil
	}
	bodies, err := store.All[string](ctx, c.q, "select body from procedure_version where hash = $1", hash)
	if err != nil {
		return nil, err
	}
	c.versions[hash] = nil
	if len(bodies) == 1 {
		if c.versions[hash], err = procedure.ParseUnproven([]byte(bodies[0])); err != nil {
			return nil, err
		}
	}
	return c.versions[hash], nil
}

// series tells of numbers that a series gave out and no case has.
func (c *check) series(ctx context.Context) error {
	type series struct {
		CongressID string
		Kind       string
		Year       int
		Last       int64
		Have       int64
	}
	rows, err := store.All[series](ctx, c.q, "select congress_id, kind, year, last, 0 as have from number_series")
	if err != nil {
		return err
	}
	for _, r := range rows {
		numbers, err := store.All[string](ctx, c.q, "select number from case_file where congress_id = $1 and kind = $2", r.CongressID, r.Kind)
		if err != nil {
			return err
		}
		have := int64(0)
		for _, n := range numbers {
			if strings.Contains(n, fmt.Sprintf("-%d-", r.Year)) {
				have++
			}
		}
		if have != r.Last {
			c.found("series "+r.CongressID+" "+r.Kind, "year %d: %d numbers given, %d cases have one", r.Year, r.Last, have)
		}
	}
	return nil
}

// orphans tells of events whose stream has no row.
func (c *check) orphans(ctx context.Context) error {
	streams, err := store.All[string](ctx, c.q, `select e.stream from event e where e.seq = 1
		and (substr(e.stream, 1, 5) = 'case:' and not exists (select 1 from case_file c where c.id = substr(e.stream, 6))
		or substr(e.stream, 1, 11) = 'assignment:' and not exists (select 1 from assignment a where a.id = substr(e.stream, 12)))`)
	if err != nil {
		return err
	}
	for _, st := range streams {
		c.found(st, "has events and no row")
	}
	return nil
}

package suggestion

import (
	"context"
	"slices"
	"strings"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

// place finds the session, the addressee and the day of the dispatch.
func (im *importer) place(lines []line) error {
	name, phase, _ := strings.Cut(im.opts.Session, ":")
	im.phase = Meeting
	if phase == Recess {
		im.phase = Recess
	}
	sessions, err := registry.Sessions(im.ctx, im.q(), im.congress.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(sessions, func(s registry.Session) bool { return s.ID == name || s.Name == name })
	switch {
	case i >= 0:
		im.session = sessions[i]
	case im.opts.Add && name != "":
		im.session = sessionOf(name, lines, deadline.DateOf(im.s.DB().Now()))
	default:
		return errs.New(errs.Invalid, "suggestion.unknown_session").With(errs.Args{"Name": name})
	}
	if !im.opts.Numbered {
		if err := im.addressee(); err != nil {
			return err
		}
	}
	im.times(lines)
	return nil
}

// sessionOf is a session as a file tells of it: from the first day written to the last.
func sessionOf(name string, lines []line, today deadline.Date) registry.Session {
	s := registry.Session{Name: name, OpensOn: today, ClosesOn: ""}
	for _, l := range lines {
		if l.written.IsZero() {
			continue
		}
		on := deadline.DateOf(l.written)
		s.OpensOn, s.ClosesOn = min(s.OpensOn, on), max(s.ClosesOn, on)
	}
	if s.ClosesOn == "" {
		s.ClosesOn = s.OpensOn
	}
	return s
}

// addressee finds who the batch goes to.
func (im *importer) addressee() error {
	agencies, err := registry.Agencies(im.ctx, im.q(), "")
	if err != nil {
		return err
	}
	var distributors []string
	for _, a := range agencies {
		switch {
		case a.Congress != im.congress.ID:
		case im.opts.Addressee != "" && (a.ID == im.opts.Addressee || a.Name == im.opts.Addressee):
			im.to = a.ID
			return nil
		case a.Distributor && a.Level == im.congress.Level:
			distributors = append(distributors, a.ID)
		}
	}
	switch {
	case im.opts.Addressee == "" && len(distributors) == 1:
		im.to = distributors[0]
	case !im.opts.Add || im.opts.Addressee == "":
		return errs.New(errs.Invalid, "suggestion.unknown_addressee").With(errs.Args{"Name": im.opts.Addressee})
	}
	return nil
}

// times gives every row its day, and the batch the one it is dispatched on: never before the last row was written, never after now.
func (im *importer) times(lines []line) {
	now := im.s.DB().Now()
	last := time.Time{}
	for i := range lines {
		l := &lines[i]
		if l.written.IsZero() {
			l.written = im.session.OpensOn.Start().Add(9 * time.Hour)
			if im.phase == Recess {
				l.written = im.session.ClosesOn.AddDays(1).Start().Add(9 * time.Hour)
			}
		}
		if l.written.After(last) {
			last = l.written
		}
	}
	on := im.opts.On
	if on == "" {
		on = im.session.ClosesOn.AddDays(1)
	}
	im.on = on.Start().Add(9 * time.Hour)
	if t := last.Add(2 * time.Hour); im.on.Before(t) {
		im.on = t
	}
	if im.on.After(now) {
		im.on = now
	}
}

// add keeps what the rows name and the registry does not.
func (im *importer) add(lines []line) error {
	if !im.opts.Add {
		return nil
	}
	var people, seats, categories []registry.Row
	for _, l := range lines {
		for _, name := range l.names {
			if im.people[name] != "" {
				continue
			}
			id := "i-" + store.NewID()
			im.people[name] = id
			im.sum.Deputies++
			people = append(people, registry.Row{Values: map[string]string{"id": id, "name": name}})
			seats = append(seats, registry.Row{Values: map[string]string{"person_id": id, "of_congress_id": im.congress.ID, "delegation": l.values["delegation"]}})
		}
		if c := l.values["category"]; im.kinds[c] == "" {
			id := "i-" + store.NewID()
			im.kinds[c] = id
			im.sum.Categories++
			categories = append(categories, registry.Row{Values: map[string]string{"id": id, "name": c, "kind": Kind}})
		}
	}
	for _, t := range []struct {
		table string
		rows  []registry.Row
	}{{"person", people}, {"mandate", seats}, {"category", categories}} {
		if err := im.put(t.table, t.rows...); err != nil {
			return err
		}
	}
	return im.addPlace()
}

func (im *importer) put(table string, rows ...registry.Row) error {
	if len(rows) == 0 {
		return nil
	}
	report, err := registry.Put(im.ctx, im.s.DB(), im.system, table, rows, false)
	if err != nil {
		return err
	}
	return report.First()
}

// addPlace keeps the session and the addressee.
func (im *importer) addPlace() error {
	if im.session.ID == "" {
		term, id := "i-"+store.NewID(), "i-"+store.NewID()
		if err := im.put("term", registry.Row{Values: map[string]string{"id": term, "name": im.session.Name, "ordinal": "1"}}); err != nil {
			return err
		}
		im.session.ID = id
		if err := im.put("congress_session", registry.Row{Values: map[string]string{"id": id, "name": im.session.Name, "term_id": term, "ordinal": "1",
			"opens_on": string(im.session.OpensOn), "closes_on": string(im.session.ClosesOn)}}); err != nil {
			return err
		}
	}
	if im.to != "" || im.opts.Numbered {
		return nil
	}
	im.to = "i-" + store.NewID()
	return im.put("agency", registry.Row{Values: map[string]string{"id": im.to, "name": im.opts.Addressee, "system": "government", "level": im.congress.Level, "distributor": yesCell}})
}

// take writes the rows in the file's order.
func (im *importer) take(lines []line) error {
	for i, l := range lines {
		if err := im.one(l); err != nil {
			if errs.Is(err, errs.Internal) || errs.Is(err, errs.Unavailable) {
				return err
			}
			im.bad(l.n, err)
		} else {
			im.sum.Taken++
		}
		if im.opts.Progress != nil {
			im.opts.Progress(i+1, len(lines))
		}
	}
	return nil
}

// one takes a row: all of its steps or none.
func (im *importer) one(l line) error {
	d := Draft{Deputy: im.people[l.names[0]], Session: im.session.ID, Phase: im.phase, Title: l.values["title"], Body: l.values["body"], Agencies: l.values["agencies"],
		Disclosure: im.disclosure(l.values["disclosure"]), Source: Imported, At: l.written, ImportKey: im.importKey(l)}
	for _, name := range l.names[1:] {
		d.Signers = append(d.Signers, im.people[name])
	}
	actor := im.actor()
	opening, err := Check(im.ctx, im.s, actor, d)
	if err != nil {
		return err
	}
	return im.s.Together(im.ctx, func(_ context.Context, _ *store.Tx, b casework.Batch) error {
		res, err := b.Open(opening)
		if err != nil {
			return err
		}
		for _, step := range []struct {
			name string
			at   time.Time
			in   casework.Input
		}{{"submit", l.written, casework.Input{"one_matter": true, "not_excluded": true, "no_secret": true}},
			{"number", im.on.Add(-time.Hour), casework.Input{"category": im.kinds[l.values["category"]]}}, {"dispatch", im.on, casework.Input{"lead": im.to}}} {
			if step.name == "dispatch" && im.opts.Numbered {
				break
			}
			r := casework.Request{Actor: actor, Number: res.Case.Number, Action: step.name, Input: step.in, OccurredAt: step.at, Inferred: true}
			if _, err := b.Apply(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// actor is the import, in the name of whoever runs it.
func (im *importer) actor() policy.Actor {
	actor := casework.Importer()
	if im.opts.Account != "" {
		actor.Account = im.opts.Account
	}
	return actor
}

// disclosure reads the deputy's choice by its label; the safest where a sheet says nothing.
func (im *importer) disclosure(label string) string {
	kind, err := im.s.Kind(Kind)
	if err == nil {
		for _, c := range kind.Procedure.Choices[Disclosure] {
			if c.Label == label || c.Value == label {
				return c.Value
			}
		}
	}
	return "none"
}

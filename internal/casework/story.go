package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

// ClockView is a clock with what its page says of it.
type ClockView struct {
	Name      string // of the limit
	Clock     deadline.Clock
	Governing bool // the state waits for this one
	Sentences []deadline.Sentence
}

// StoryText is a text of a story, with the label of the input it came from.
type StoryText struct {
	Name  string
	Label string // from the procedure; "" for the words of the opening
	Body  string
}

// StoryEntry is one line of the story: an event as a reader may see it.
type StoryEntry struct {
	Event  event.Event
	Record Record
	Label  string // of the action; "" for open and recalculate, whose words are in the catalogues
	N      int64  // assignment it belongs to, 0 for the case
	Agency string // of that assignment
	Texts  []StoryText
	Undone bool // a later event undid it
	Public bool // told to the submitter
}

// AssignmentView is an assignment as its readers see it.
type AssignmentView struct {
	*Assignment
	StateLabel string
	Clocks     []ClockView
	Possible   []Possible
	Reply      string
	Promise    string
	Words      map[string]string // texts the kind keeps of its own, by the name behind "text."
}

// View is a case as one reader may see it: staff, or the resident with the code.
type View struct {
	*Case
	Procedure   *procedure.Procedure
	StateLabel  string
	Stage       string
	Title       string
	Body        string
	Place       string
	Reply       string
	PublicTitle string
	PublicBody  string
	PublicReply string
	Contact     *sealed.Contact // nil where the reader may not see it or none was left
	Clocks      []ClockView
	Assigned    []AssignmentView
	Attachments []files.Attachment
	Possible    []Possible
	Story       []StoryEntry
	Mode        policy.Role       // resident where the submitter reads, "" for staff
	Words       map[string]string // texts the kind keeps of its own, by the name behind "text."; staff only
	Correcting  string            // the value a pending correction asks for
	Links       []LinkView
}

// View reads a case for an actor. Who may not read it is told that there is none.
func (s *Service) View(ctx context.Context, actor policy.Actor, number string) (*View, error) {
	return s.read(ctx, actor, number, true)
}

// Glance is View without the story and what the case is tied to.
func (s *Service) Glance(ctx context.Context, actor policy.Actor, number string) (*View, error) {
	return s.read(ctx, actor, number, false)
}

func (s *Service) read(ctx context.Context, actor policy.Actor, number string, whole bool) (*View, error) {
	var v *View
	err := s.db.View(ctx, func(ctx context.Context, q store.Querier) error {
		var err error
		v, err = s.view(ctx, q, actor, number, whole)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, q store.Querier, actor policy.Actor, number string, whole bool) (*View, error) {
	c, assignments, err := read(ctx, q, number)
	if err != nil {
		return nil, err
	}
	st := standing{q: q, c: c, assignments: assignments, on: deadline.DateOf(s.db.Now())}
	if sees, err := s.sees(ctx, st, actor); err != nil || !sees {
		return nil, cmpErr(err, noSuchCase())
	}
	kind, err := s.Kind(c.Kind)
	if err != nil {
		return nil, err
	}
	cal, err := s.calendar(ctx, q)
	if err != nil {
		return nil, err
	}
	a := &Act{Case: c, Assignments: assignments, Actor: actor, At: s.db.Now(), Now: s.db.Now(), kind: kind, calendar: cal, q: q, vault: s.vault, Values: Values{}}
	v := &View{Case: c, Procedure: kind.Procedure}
	if actor.Case == c.ID {
		v.Mode = policy.Resident
	}
	return v, s.fillView(ctx, v, a, st, whole)
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (s *Service) fillView(ctx context.Context, v *View, a *Act, st standing, whole bool) error {
	state, _ := v.Procedure.Case.State(v.State)
	if state != nil {
		v.StateLabel, v.Stage = state.Label, state.Stage
	}
	texts, err := readTexts(ctx, a.q, v.ID)
	if err != nil {
		return err
	}
	v.Title, v.Body, v.Place, v.Reply = texts[v.TitleText].Body, texts[v.BodyText].Body, texts[v.PlaceText].Body, texts[v.ReplyText].Body
	v.PublicTitle, v.PublicBody, v.PublicReply = texts[v.PublicTitleText].Body, texts[v.PublicBodyText].Body, texts[v.PublicReplyText].Body
	v.Correcting = texts[v.Correction.V.Text].Body
	v.Clocks = explain(v.Case.Clocks.V, state, a.calendar)
	if v.Possible, err = s.possible(ctx, a, nil); err != nil {
		return err
	}
	if v.Mode != policy.Resident {
		if err := s.fillStaff(ctx, v, a, st, texts); err != nil {
			return err
		}
	}
	if !whole {
		return nil
	}
	if v.Links, err = s.links(ctx, a, v.Mode == policy.Resident); err != nil {
		return err
	}
	return s.fillStory(ctx, v, a, texts)
}

// fillStaff adds what only staff may see.
func (s *Service) fillStaff(ctx context.Context, v *View, a *Act, st standing, texts map[string]text) error {
	v.Words = ownWords(v.Extra.V, texts)
	for _, asg := range a.Assignments {
		state, _ := v.Procedure.Assignment.State(asg.State)
		av := AssignmentView{Assignment: asg, Clocks: explain(asg.Clocks.V, state, a.calendar), Reply: texts[asg.ReplyText].Body, Promise: texts[asg.PromiseText].Body,
			Words: ownWords(asg.Extra.V, texts)}
		if state != nil {
			av.StateLabel = state.Label
		}
		var err error
		if av.Possible, err = s.possible(ctx, a, asg); err != nil {
			return err
		}
		v.Assigned = append(v.Assigned, av)
	}
	p, ok, err := st.permit(ctx, s.table, a.Actor, "view_contact", false)
	if err != nil {
		return err
	}
	hidden := v.HideName && p.Relation == policy.Involved // the submitter's wish: not from the agencies
	if ok && v.HasContact && !hidden {
		contact, err := sealed.GetContact(ctx, a.q, s.vault, v.CongressID, v.ID)
		if err != nil {
			return err
		}
		v.Contact = &contact
	}
	v.Attachments, err = files.List(ctx, a.q, v.CongressID, v.ID)
	return err
}

// ownWords are the texts that a kind keeps of its own.
func ownWords(extra map[string]string, texts map[string]text) map[string]string {
	words := map[string]string{}
	for key, id := range extra {
		if name, ok := strings.CutPrefix(key, "text."); ok {
			words[name] = texts[id].Body
		}
	}
	return words
}

// explain lists clocks with their words, the governing one first.
func explain(clocks map[string]deadline.Clock, state *procedure.State, cal *deadline.Calendar) []ClockView {
	var views []ClockView
	for name, c := range clocks {
		governing := state != nil && c.Running() && slices.Contains(state.Clocks, name)
		views = append(views, ClockView{Name: name, Clock: c, Governing: governing, Sentences: c.Explain(cal)})
	}
	slices.SortFunc(views, func(a, b ClockView) int {
		switch {
		case a.Governing != b.Governing && a.Governing:
			return -1
		case a.Governing != b.Governing:
			return 1
		case a.Clock.StartedAt != b.Clock.StartedAt && a.Clock.StartedAt > b.Clock.StartedAt:
			return -1
		case a.Clock.StartedAt != b.Clock.StartedAt:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return views
}

// fillStory turns the events into the story its reader may see.
func (s *Service) fillStory(ctx context.Context, v *View, a *Act, texts map[string]text) error {
	events, err := a.past(ctx)
	if err != nil {
		return err
	}
	undone := map[string]bool{}
	for _, e := range events {
		entry, err := s.entry(v, a, e, texts)
		if err != nil {
			return err
		}
		if entry.Record.Undone != "" {
			undone[entry.Record.Undone] = true
		}
		if v.Mode == policy.Resident && !entry.Public {
			continue
		}
		v.Story = append(v.Story, entry)
	}
	for i := range v.Story {
		v.Story[i].Undone = undone[v.Story[i].Event.Act]
	}
	return nil
}

func (s *Service) entry(v *View, a *Act, e event.Event, texts map[string]text) (StoryEntry, error) {
	entry := StoryEntry{Event: e}
	if err := json.Unmarshal([]byte(e.Payload), &entry.Record); err != nil {
		return entry, fmt.Errorf("casework: payload of %s/%d: %w", e.Stream, e.Seq, err)
	}
	machine := &v.Procedure.Case
	if id, ok := strings.CutPrefix(e.Stream, "assignment:"); ok {
		machine = &v.Procedure.Assignment
		for _, asg := range a.Assignments {
			if asg.ID == id {
				entry.N, entry.Agency = asg.N, asg.Agency
			}
		}
	}
	action, known := machine.Action(entry.Record.Action)
	if known {
		entry.Label = action.Label
		entry.Public = action.Public
	}
	if entry.Record.Action == opened && entry.N == 0 {
		entry.Public = true
	}
	for _, c := range entry.Record.Texts {
		t := texts[c.ID]
		if v.Mode == policy.Resident && t.Shown != "resident" {
			continue
		}
		entry.Texts = append(entry.Texts, StoryText{Name: c.Name, Label: fieldLabel(action, c.Name), Body: t.Body})
	}
	return entry, nil
}

func fieldLabel(action *procedure.Action, name string) string {
	if action != nil {
		for _, f := range action.Input {
			if f.Name == name {
				return f.Label
			}
		}
	}
	return ""
}

func date(micros int64) deadline.Date {
	if micros == 0 {
		return ""
	}
	return deadline.DateOf(store.Time(micros))
}

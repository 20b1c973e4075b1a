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

// Public is a case as anyone may see it after review: the allow-list, and nothing else (design invariant 8).
type Public struct {
	Number      string
	Kind        string
	Title       string
	Body        string
	Reply       string
	Category    string
	Grid        string
	ReceivedOn  deadline.Date
	AnsweredOn  deadline.Date
	PublishedOn deadline.Date
	State       string // label
	Class       string // label of the result class
	Verdict     string // label of the verdict on the result; "" unless it was reviewed for publication too
}

// publicRow is what the allow-list is made from.
type publicRow struct {
	Listed
	PublicTitle string `db:"public_title"`
	PublicBody  string `db:"public_body"`
	PublicReply string `db:"public_reply"`
}

const publicFrom = ` from case_file c
	join case_text t on t.congress_id = c.congress_id and t.id = c.public_title_text
	left join case_text b on b.congress_id = c.congress_id and b.id = c.public_body_text
	left join case_text r on r.congress_id = c.congress_id and r.id = c.public_reply_text`

// Published reads one published case; any other is errs.NotFound, whether it exists or not.
func (s *Service) Published(ctx context.Context, number string) (Public, error) {
	list, err := s.published(ctx, new(store.Where).And("c.number = ?", number), 1)
	if err != nil {
		return Public{}, err
	}
	if len(list) == 0 {
		return Public{}, noSuchCase()
	}
	return list[0], nil
}

// PublishedList reads the newest published cases of a kind, at most limit, older than before (microseconds; 0 for the newest).
func (s *Service) PublishedList(ctx context.Context, kind string, before int64, limit int) ([]Public, error) {
	w := new(store.Where).And("c.kind = ?", kind)
	if before != 0 {
		w.And("c.published_at < ?", before)
	}
	return s.published(ctx, w, limit)
}

func (s *Service) published(ctx context.Context, w *store.Where, limit int) ([]Public, error) {
	w.And("c.publication = ?", Published)
	rows, err := store.All[publicRow](ctx, s.db.Reader(), "select "+store.Columns[Case]("c.")+
		", '' as title, t.body as public_title, coalesce(b.body, '') as public_body, coalesce(r.body, '') as public_reply"+publicFrom+w.String()+
		" order by c.published_at desc, c.id desc limit "+w.Bind(limit), w.Args()...)
	if err != nil {
		return nil, err
	}
	list := make([]Public, len(rows))
	for i := range rows {
		if list[i], err = s.public(&rows[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (s *Service) public(r *publicRow) (Public, error) {
	kind, err := s.Kind(r.Kind)
	if err != nil {
		return Public{}, err
	}
	p := kind.Procedure
	pub := Public{Number: r.Number, Kind: r.Kind, Title: r.PublicTitle, Body: r.PublicBody, Reply: r.PublicReply, Category: r.Category, Grid: r.Grid,
		ReceivedOn: date(r.ReceivedAt), AnsweredOn: date(r.AnsweredAt), PublishedOn: date(r.PublishedAt)}
	if st, ok := p.Case.State(r.State); ok {
		pub.State = st.Label
	}
	class, _ := p.Choice("class", r.Class)
	pub.Class = class.Label
	if r.WithVerdict && r.Verdict == "given" {
		verdict, _ := p.Choice("satisfaction", r.Result)
		pub.Verdict = verdict.Label
	}
	return pub, nil
}

func date(micros int64) deadline.Date {
	if micros == 0 {
		return ""
	}
	return deadline.DateOf(store.Time(micros))
}

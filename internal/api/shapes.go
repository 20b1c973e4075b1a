package api

import (
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/lang"
	"lianxin/internal/policy"
)

// instant is a time as the API writes it: RFC 3339 with Beijing's zone; nil for never.
func instant(micros int64) *time.Time {
	if micros == 0 {
		return nil
	}
	t := time.UnixMicro(micros).In(deadline.Zone)
	return &t
}

// dueView is a deadline with the reasons for its date.
type dueView struct {
	Rule        string     `json:"rule" doc:"What must be done by then."`
	Date        string     `json:"date" doc:"Last day, 2006-01-02, Beijing time."`
	At          *time.Time `json:"at" doc:"The instant from which it is overdue."`
	Lamp        string     `json:"lamp" enum:"none,green,amber,red"`
	Explanation string     `json:"explanation"`
}

type verdictView struct {
	State         string `json:"state" doc:"Empty while open, given, or lapsed: silence is never satisfaction."`
	Attitude      string `json:"attitude,omitempty"`
	Result        string `json:"result,omitempty"`
	FirstAttitude string `json:"first_attitude,omitempty" doc:"The first verdict stays on record."`
	FirstResult   string `json:"first_result,omitempty"`
}

type assignmentView struct {
	N          int64    `json:"n"`
	Agency     string   `json:"agency"`
	Part       string   `json:"part" enum:"sole,lead,co,split"`
	Parent     int64    `json:"parent,omitempty" doc:"Assignment of the distributor that made it."`
	State      string   `json:"state"`
	StateLabel string   `json:"state_label"`
	Version    int64    `json:"version"`
	Due        *dueView `json:"due,omitempty"`
	Class      string   `json:"class,omitempty"`
	PromiseOn  string   `json:"promise_on,omitempty"`
	Reply      string   `json:"reply,omitempty"`
	BatchDue   string   `json:"batch_due,omitempty" doc:"Date asked beside the legal one."`

	ExtensionAsked int64      `json:"extension_asked,omitempty" doc:"Working days asked for and not decided."`
	Urges          int64      `json:"urges,omitempty" doc:"How often it was urged."`
	UrgedAt        *time.Time `json:"urged_at,omitempty"`
	UrgeGrade      string     `json:"urge_grade,omitempty"`
	UrgeOpen       bool       `json:"urge_open,omitempty" doc:"The agency has not acknowledged it yet."`
	PromiseState   string     `json:"promise_state,omitempty" enum:"open,kept,missed"`

	Possible []string `json:"possible" doc:"Actions that the asker may carry out now."`
}

// linkView is a case that this one is tied to.
type linkView struct {
	How        string `json:"how" enum:"split,refer_up,refer_down,origin,main,follower"`
	Number     string `json:"number"`
	StateLabel string `json:"state_label"`
	Office     string `json:"office"`
	Code       string `json:"code,omitempty" doc:"For the submitter, whose case it is too."`
}

// promiseView is a line of the ledger of promises.
type promiseView struct {
	Number     string `json:"number"`
	Assignment int64  `json:"assignment"`
	Title      string `json:"title"`
	Agency     string `json:"agency"`
	On         string `json:"on"`
	State      string `json:"state" enum:"open,kept,missed"`
	Moves      int64  `json:"moves,omitempty" doc:"How often a new date was promised instead."`
	Words      string `json:"words"`
}

type contactView struct {
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

// caseView is a case as its reader may see it: staff, or the submitter, who sees neither assignments nor contact.
type caseView struct {
	Number      string           `json:"number"`
	Kind        string           `json:"kind"`
	State       string           `json:"state"`
	StateLabel  string           `json:"state_label"`
	Stage       string           `json:"stage" doc:"Of the closed loop."`
	Version     int64            `json:"version"`
	Title       string           `json:"title"`
	Body        string           `json:"body"`
	Place       string           `json:"place,omitempty"`
	Category    string           `json:"category,omitempty"`
	Urgent      bool             `json:"urgent"`
	Station     string           `json:"station,omitempty"`
	Grid        string           `json:"grid,omitempty"`
	Source      string           `json:"source"`
	ReceivedAt  *time.Time       `json:"received_at"`
	ClosedAt    *time.Time       `json:"closed_at,omitempty"`
	Due         *dueView         `json:"due,omitempty"`
	LeadAgency  string           `json:"lead_agency,omitempty"`
	Class       string           `json:"class,omitempty"`
	PromiseOn   string           `json:"promise_on,omitempty"`
	Reply       string           `json:"reply,omitempty"`
	Verdict     verdictView      `json:"verdict"`
	Publication string           `json:"publication,omitempty"`
	Possible    []string         `json:"possible" doc:"Actions that the asker may carry out now."`
	Assignments []assignmentView `json:"assignments,omitempty"`
	Contact     *contactView     `json:"contact,omitempty"`
	WorkOrder   string           `json:"work_order,omitempty" doc:"Number of the 12345 hotline's work order."`
	Escalated   bool             `json:"escalated,omitempty"`
	Links       []linkView       `json:"links,omitempty" doc:"Told when the case is read, not after an act."`
}

// publicView is the allow-list of a published case.
type publicView struct {
	Number      string `json:"number"`
	Kind        string `json:"kind"`
	Title       string `json:"title"`
	Body        string `json:"body"`
	Reply       string `json:"reply"`
	Second      string `json:"second_reply,omitempty"`
	Category    string `json:"category,omitempty"`
	Grid        string `json:"grid,omitempty"`
	ReceivedOn  string `json:"received_on"`
	AnsweredOn  string `json:"answered_on"`
	PublishedOn string `json:"published_on"`
	State       string `json:"state"`
	Class       string `json:"class,omitempty"`
	Verdict     string `json:"verdict,omitempty"`

	Raised *raisedView `json:"raised,omitempty" doc:"Of a suggestion."`
}

// raisedView is what the allow-list has of a suggestion beside what all kinds have.
type raisedView struct {
	Session    string   `json:"session"`
	Phase      string   `json:"phase"`
	Serial     int64    `json:"serial"`
	Deputy     string   `json:"deputy,omitempty" doc:"Id of the person; not told where the title alone is public."`
	Delegation string   `json:"delegation,omitempty"`
	Agencies   []string `json:"agencies"`
	TitleOnly  bool     `json:"title_only,omitempty"`
}

// listedView is a case in a list.
type listedView struct {
	Number     string     `json:"number"`
	Kind       string     `json:"kind"`
	Title      string     `json:"title"`
	State      string     `json:"state"`
	Category   string     `json:"category,omitempty"`
	Urgent     bool       `json:"urgent"`
	LeadAgency string     `json:"lead_agency,omitempty"`
	ReceivedAt *time.Time `json:"received_at"`
	DueAt      *time.Time `json:"due_at,omitempty"`
	Result     string     `json:"result,omitempty"`
	Version    int64      `json:"version"`
}

type eventView struct {
	ID         string         `json:"id"`
	Stream     string         `json:"stream"`
	Seq        int64          `json:"seq"`
	Action     string         `json:"action"`
	Label      string         `json:"label"`
	Assignment int64          `json:"assignment,omitempty"`
	From       string         `json:"from"`
	To         string         `json:"to"`
	Role       string         `json:"role"`
	Behalf     bool           `json:"behalf,omitempty" doc:"Done under a grant that a colleague lent."`
	Proxy      bool           `json:"proxy,omitempty"`
	Undone     bool           `json:"undone,omitempty"`
	OccurredAt *time.Time     `json:"occurred_at"`
	RecordedAt *time.Time     `json:"recorded_at"`
	Facts      map[string]any `json:"facts,omitempty"`
}

// shaper words a view.
type shaper struct {
	p   *lang.Printer
	now time.Time
}

func (sh shaper) due(clocks []casework.ClockView) *dueView {
	for _, c := range clocks {
		if c.Governing {
			return &dueView{Rule: c.Clock.Rule.Name, Date: string(c.Clock.Due), At: instant(c.Clock.DueAt), Lamp: string(c.Clock.Lamp(sh.now)),
				Explanation: deadline.Join(c.Sentences, func(key string, args map[string]any) string { return sh.p.T(key, args) })}
		}
	}
	return nil
}

func names(possible []casework.Possible) []string {
	list := []string{}
	for _, p := range possible {
		list = append(list, p.Action.Name)
	}
	return list
}

func (sh shaper) view(v *casework.View) *caseView {
	out := &caseView{Number: v.Number, Kind: v.Kind, State: v.State, StateLabel: v.StateLabel, Stage: v.Stage, Version: v.Version, Title: v.Title, Body: v.Body,
		Place: v.Place, Category: v.Category, Urgent: v.Urgent, Station: v.Station, Grid: v.Grid, Source: v.Source, ReceivedAt: instant(v.ReceivedAt),
		ClosedAt: instant(v.ClosedAt), Due: sh.due(v.Clocks), LeadAgency: v.LeadAgency, Class: v.Class, PromiseOn: v.PromiseOn, Reply: v.Reply,
		Verdict:     verdictView{State: v.Case.Verdict, Attitude: v.Attitude, Result: v.Result, FirstAttitude: v.FirstAttitude, FirstResult: v.FirstResult},
		Publication: v.Publication, Possible: names(v.Possible)}
	if v.Mode == policy.Resident && v.FedBackAt == 0 {
		out.Class, out.PromiseOn, out.Reply = "", "", "" // the answer is told by feedback, not read ahead of it
	}
	for _, a := range v.Assigned {
		out.Assignments = append(out.Assignments, sh.assignment(a, v.Assigned))
	}
	if v.Mode != policy.Resident {
		out.WorkOrder, out.Escalated = v.WorkOrder, v.Escalated
	}
	for _, l := range v.Links {
		out.Links = append(out.Links, linkView{How: l.How, Number: l.Number, StateLabel: l.StateLabel, Office: l.Office, Code: l.Code})
	}
	if v.Contact != nil {
		out.Contact = &contactView{v.Contact.Name, v.Contact.Phone, v.Contact.Address}
	}
	return out
}

func (sh shaper) assignment(a casework.AssignmentView, all []casework.AssignmentView) assignmentView {
	out := assignmentView{N: a.N, Agency: a.Agency, Part: a.Part, State: a.State, StateLabel: a.StateLabel, Version: a.Version,
		Due: sh.due(a.Clocks), Class: a.Class, PromiseOn: a.PromiseOn, Reply: a.Reply, BatchDue: a.BatchDue, ExtensionAsked: a.ExtensionAsked, Urges: a.Urges,
		UrgedAt: instant(a.UrgedAt), UrgeGrade: a.UrgeGrade, UrgeOpen: a.UrgeOpen, PromiseState: a.PromiseState, Possible: names(a.Possible)}
	for _, p := range all {
		if p.ID == a.Parent {
			out.Parent = p.N
		}
	}
	return out
}

func public(p casework.Public) *publicView {
	return &publicView{Number: p.Number, Kind: p.Kind, Title: p.Title, Body: p.Body, Reply: p.Reply, Second: p.Second, Category: p.Category, Grid: p.Grid, ReceivedOn: string(p.ReceivedOn),
		AnsweredOn: string(p.AnsweredOn), PublishedOn: string(p.PublishedOn), State: p.State, Class: p.Class, Verdict: p.Verdict}
}

package suggestion

import (
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/procedure"
)

// Row is a suggestion as lists, boards and figures count it: derived from the case and its assignments, never written otherwise.
// Instants are microseconds UTC, 0 for never.
type Row struct {
	CongressID     string `db:"congress_id"`
	CaseID         string `db:"case_id"`
	Number         string `db:"number"`
	Session        string `db:"session_id"`
	Phase          string `db:"phase"`
	Serial         int64  `db:"serial"` // 第158号; 0 before it is numbered
	State          string `db:"state"`
	Deputy         string `db:"deputy_id"`
	Delegation     string `db:"delegation"`
	Signers        int64  `db:"signers"` // who sign beside the lead
	Category       string `db:"category"`
	CategoryRegion string `db:"category_region"`
	Addressee      string `db:"addressee"` // agency the congress dispatched it to
	System         string `db:"system"`    // of the addressee
	Agency         string `db:"agency_id"` // that answers: the first of them where several do
	Wide           bool   `db:"wide"`
	Express        bool   `db:"express"`
	Key            bool   `db:"key"`
	KeyCommittee   string `db:"key_committee"`
	LeaderText     string `db:"leader_text"` // id of the text that names who leads the handling 领办
	Counted        bool   `db:"counted"`     // numbered, not merged into another: a 件 that counts while it is not ended
	RaisedAt       int64  `db:"raised_at"`
	EndedAt        int64  `db:"ended_at"` // withdrawn, or ended by the review
	DispatchedAt   int64  `db:"dispatched_at"`
	SignedAt       int64  `db:"signed_at"`   // by all who answer; the last of them
	AnsweredAt     int64  `db:"answered_at"` // first
	DueAt          int64  `db:"due_at"`      // legal date of the first answer
	BatchDue       string `db:"batch_due"`
	Met            bool   `db:"met"`       // talked to face to face by all who answer
	Contacted      bool   `db:"contacted"` // talked to by all who answer
	Proposed       string `db:"proposed"`
	Class          string `db:"class"` // settled
	FirstClass     string `db:"first_class"`
	Verdict        string `db:"verdict"`
	Attitude       string `db:"attitude"`
	Result         string `db:"result"`
	FirstResult    string `db:"first_result"`
	PromiseState   string `db:"promise_state"` // missed before open before kept
	PromiseOn      string `db:"promise_on"`
	Sampled        bool   `db:"sampled"`
	CalledBack     string `db:"called_back"`
	Publication    string `db:"publication"`
	Shape          string `db:"shape"` // what measures go by, as one value: rows of the same shape have the same measures, but for the time
}

// project derives the row.
func project(p *procedure.Procedure, c *casework.Case, assignments []*casework.Assignment) Row {
	serial, _ := strconv.ParseInt(c.Get(casework.Serial), 10, 64)
	r := Row{CongressID: c.CongressID, CaseID: c.ID, Number: c.Number, Session: c.Get(Session), Phase: c.Get(Phase), Serial: serial, State: c.State,
		Deputy: c.Deputy, Delegation: c.Get(Delegation), Signers: int64(c.Signed()), Category: c.Category, CategoryRegion: c.Get(CategoryRegion),
		Addressee: c.LeadAgency, System: c.Get(System), Agency: c.LeadAgency, Wide: c.Get(Wide) == yes, Express: c.Get(Express) == yes, Key: c.Get(Key) == yes, KeyCommittee: c.Get(KeyCommittee),
		Counted: serial > 0 && c.Main == "", RaisedAt: c.AcceptedAt, DispatchedAt: c.AssignedAt, Proposed: c.Get(Proposed), Class: c.Class,
		FirstClass: c.Get(FirstClass), Verdict: c.Verdict, Attitude: c.Attitude, Result: c.Result, FirstResult: c.FirstResult, PromiseOn: c.PromiseOn,
		Sampled: c.Get(Sampled) == yes, CalledBack: c.Get(CalledBack),
		Publication: c.Publication}
	if c.State == "ended" || c.State == "withdrawn" {
		r.EndedAt = c.ClosedAt
	}
	for _, name := range []string{"handle", "follow"} {
		if clock, ok := c.Clocks.V[name]; ok {
			r.DueAt = clock.DueAt
			if c.AnsweredAt != 0 {
				r.AnsweredAt = clock.StoppedAt
			}
			break
		}
	}
	r.parts(p, assignments)
	r.Shape = r.shape()
	return r
}

// shape gathers everything that a measure's condition reads; the board counts rows by it and looks at one row of each.
func (r Row) shape() string {
	var flags []byte
	for _, is := range []bool{r.Counted && r.EndedAt == 0, r.DispatchedAt > 0, r.SignedAt > 0, r.AnsweredAt > 0, r.AnsweredAt <= r.DueAt, r.State == "done" || r.State == "rechecking", r.Met} {
		if is {
			flags = append(flags, '1')
		} else {
			flags = append(flags, '0')
		}
	}
	return strings.Join([]string{string(flags), r.System, r.Class, r.FirstClass, r.Verdict, r.Result, r.PromiseState}, ".")
}

// parts tells of those who answer.
func (r *Row) parts(p *procedure.Procedure, assignments []*casework.Assignment) {
	leaves := leaves(p, assignments)
	r.Met, r.Contacted = len(leaves) > 0, len(leaves) > 0
	signed := len(leaves) > 0
	for i, a := range leaves {
		if i == 0 {
			r.Agency, r.BatchDue = a.Agency, a.BatchDue
		}
		signed = signed && a.SignedAt != 0
		r.SignedAt = max(r.SignedAt, a.SignedAt)
		if r.LeaderText == "" {
			r.LeaderText = a.Get(Leader)
		}
		r.Met = r.Met && a.Get(MetInPerson) == yes
		r.Contacted = r.Contacted && a.Get(Contacts) != ""
		r.PromiseState = weaker(promiseOrder, r.PromiseState, a.PromiseState)
	}
	if !signed {
		r.SignedAt = 0
	}
}

const (
	promiseOrder = "missed,open,kept"
	foundOrder   = "pending,partly,done"
)

// weaker picks the value that stands first in an order; "" yields to any.
func weaker(order, a, b string) string {
	if a == "" || b != "" && strings.Index(order, b) < strings.Index(order, a) {
		return b
	}
	return a
}

// leaves are the assignments that answer themselves.
func leaves(p *procedure.Procedure, assignments []*casework.Assignment) []*casework.Assignment {
	gone := p.Assignment.Gone()
	at := slices.DeleteFunc(slices.Clone(assignments), func(a *casework.Assignment) bool { return slices.Contains(gone, a.State) || !a.Leads() })
	return slices.DeleteFunc(slices.Clone(at), func(a *casework.Assignment) bool {
		return slices.ContainsFunc(at, func(b *casework.Assignment) bool { return b.Parent == a.ID })
	})
}

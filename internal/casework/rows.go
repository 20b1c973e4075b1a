package casework

import (
	"maps"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/store"
)

// Clocks are the clocks of a case or an assignment by the name of their limit, running and stopped.
type Clocks = store.JSON[map[string]deadline.Clock]

// Counts tells how often a counted way was taken.
type Counts = store.JSON[map[string]int]

// Entry is an act entered for somebody who has only paper or telephone 代录, waiting for or past its check by another person.
type Entry struct {
	Event     string `json:"event"`      // id of the event entered
	Action    string `json:"action"`     // what was entered
	Account   string `json:"account"`    // who entered it
	CheckedBy string `json:"checked_by"` // who checked it; empty until then
	Agrees    bool   `json:"agrees"`     // what the check found
}

// States of a signature.
const (
	SignerInvited  = "invited"  // 已邀请
	SignerSigned   = "signed"   // 已附议
	SignerDeclined = "declined" // 不附议
	SignerLeft     = "left"     // 已退出
	SignerLeaving  = "leaving"  // 同意撤回
)

// Signer is a deputy asked to sign a case beside the one who leads it.
type Signer struct {
	Person string `json:"person"`
	State  string `json:"state"`
	At     int64  `json:"at"` // microseconds UTC, of the last change
}

// Correction is a correction 更正 asked for and not yet confirmed by a second person.
type Correction struct {
	Field string `json:"field"`
	Text  string `json:"text"` // id of the text that holds the new value
	By    string `json:"by"`   // account that asked
}

// Case is one thing going round the closed loop 事项: the fold of the events of its stream. It holds no personal data and no free text,
// only the ids of texts. Instants are microseconds UTC, 0 for never; dates 2006-01-02, empty for none.
type Case struct {
	CongressID string `db:"congress_id" json:"congress_id"`
	ID         string `db:"id" json:"id"`
	Kind       string `db:"kind" json:"kind"`
	Number     string `db:"number" json:"number"`
	Procedure  string `db:"procedure_hash" json:"procedure_hash"`
	State      string `db:"state" json:"state"`
	Version    int64  `db:"version" json:"-"`

	Office       string `db:"office_id" json:"office_id"`               // receiving office that has the case
	IntakeOffice string `db:"intake_office_id" json:"intake_office_id"` // office that took the words in
	Station      string `db:"station_id" json:"station_id"`
	Grid         string `db:"grid_id" json:"grid_id"`
	Deputy       string `db:"deputy_id" json:"deputy_id"` // person named by the submitter or the QR code
	Category     string `db:"category" json:"category"`
	Urgent       bool   `db:"urgent" json:"urgent"`
	Source       string `db:"source" json:"source"` // web, paper, telephone, visit, import
	HideName     bool   `db:"hide_name" json:"hide_name"`
	MayPublish   bool   `db:"may_publish" json:"may_publish"`
	HasContact   bool   `db:"has_contact" json:"has_contact"`
	CodeCounter  int64  `db:"code_counter" json:"code_counter"`

	Signers store.JSON[[]Signer]          `db:"signers" json:"signers"` // deputies asked to sign, in the order they were asked
	Extra   store.JSON[map[string]string] `db:"extra" json:"extra"`     // what the kind keeps of its own: choices, dates, references

	Main       string `db:"main_id" json:"main_id"`       // case this one is merged into and answered with
	Origin     string `db:"origin_id" json:"origin_id"`   // case this one was split or handed over from
	OriginHow  string `db:"origin_how" json:"origin_how"` // split, refer_up, refer_down
	WorkOrder  string `db:"work_order" json:"work_order"` // number of the 12345 work order
	Escalated  bool   `db:"escalated" json:"escalated"`   // 提级督办
	ReopenedAt int64  `db:"reopened_at" json:"reopened_at"`
	Earlier    int64  `db:"earlier_assignments" json:"earlier_assignments"` // made before it was last reopened

	LeadAgency  string `db:"lead_agency_id" json:"lead_agency_id"`
	Assignments int64  `db:"assignments" json:"assignments"` // how many were ever made
	Class       string `db:"class" json:"class"`             // result class of the answer
	PromiseOn   string `db:"promise_on" json:"promise_on"`

	Attitude      string `db:"attitude" json:"attitude"` // the verdict now
	Result        string `db:"result" json:"result"`
	FirstAttitude string `db:"first_attitude" json:"first_attitude"` // the first verdict stays on record
	FirstResult   string `db:"first_result" json:"first_result"`
	Verdict       string `db:"verdict" json:"verdict"` // "", given, lapsed
	Confirmed     string `db:"confirmed" json:"confirmed"`
	DeputyTold    bool   `db:"deputy_told" json:"deputy_told"`

	Publication        string `db:"publication" json:"publication"` // "", asked, published, refused, withdrawn
	PublicationAskedBy string `db:"publication_asked_by" json:"publication_asked_by"`
	WithVerdict        bool   `db:"with_verdict" json:"with_verdict"`
	PublishedAt        int64  `db:"published_at" json:"published_at"`

	TitleText       string `db:"title_text" json:"title_text"`
	BodyText        string `db:"body_text" json:"body_text"`
	PlaceText       string `db:"place_text" json:"place_text"`
	ReplyText       string `db:"reply_text" json:"reply_text"`
	PublicTitleText string `db:"public_title_text" json:"public_title_text"`
	PublicBodyText  string `db:"public_body_text" json:"public_body_text"`
	PublicReplyText string `db:"public_reply_text" json:"public_reply_text"`

	ReceivedAt int64 `db:"received_at" json:"received_at"`
	AcceptedAt int64 `db:"accepted_at" json:"accepted_at"`
	AssignedAt int64 `db:"assigned_at" json:"assigned_at"`
	AnsweredAt int64 `db:"answered_at" json:"answered_at"`
	FedBackAt  int64 `db:"fed_back_at" json:"fed_back_at"`
	ClosedAt   int64 `db:"closed_at" json:"closed_at"`

	ImportKey string `db:"import_key" json:"import_key"` // key of the row in the file it came from
	Inferred  bool   `db:"inferred" json:"inferred"`     // steps before the answer were inferred by an import

	Clocks     Clocks                 `db:"clocks" json:"clocks"`
	Counters   Counts                 `db:"counters" json:"counters"`
	Entries    store.JSON[[]Entry]    `db:"entries" json:"entries"`
	Unchecked  int64                  `db:"unchecked" json:"unchecked"` // entries nobody has checked yet
	Correction store.JSON[Correction] `db:"correction" json:"correction"`
	Correcting bool                   `db:"correcting" json:"correcting"`

	DueAt   int64 `db:"due_at" json:"due_at"`     // of the state's clock; 0 where nothing runs
	AmberAt int64 `db:"amber_at" json:"amber_at"` // when its lamp turns amber
}

// Parts an addressee can have in a case.
const (
	PartSole  = "sole"  // 独办
	PartLead  = "lead"  // 主办
	PartSplit = "split" // 分别办理: several, each with an answer of its own
	PartCo    = "co"    // 会办
)

// Assignment is one addressee's part of a case 转办、交办, with a state, a clock and a version of its own: the fold of its stream.
type Assignment struct {
	CongressID string `db:"congress_id" json:"congress_id"`
	ID         string `db:"id" json:"id"`
	CaseID     string `db:"case_id" json:"case_id"`
	Kind       string `db:"kind" json:"kind"`
	N          int64  `db:"n" json:"n"` // 1, 2, … within the case
	Parent     string `db:"parent_id" json:"parent_id"`
	Procedure  string `db:"procedure_hash" json:"procedure_hash"`
	Agency     string `db:"agency_id" json:"agency_id"`
	Part       string `db:"part" json:"part"`

	AssignerOffice string `db:"assigner_office_id" json:"assigner_office_id"`
	AssignerAgency string `db:"assigner_agency_id" json:"assigner_agency_id"`

	State   string `db:"state" json:"state"`
	Version int64  `db:"version" json:"-"`

	Class       string `db:"class" json:"class"`
	PromiseOn   string `db:"promise_on" json:"promise_on"`
	ReplyText   string `db:"reply_text" json:"reply_text"`
	PromiseText string `db:"promise_text" json:"promise_text"`
	Better      string `db:"better_agency_id" json:"better_agency_id"` // agency a move was asked to
	ApprovedHow string `db:"approved_how" json:"approved_how"`         // "", system, registered
	SignedOn    string `db:"signed_on" json:"signed_on"`               // date on the registered approval

	BatchDue       string `db:"batch_due" json:"batch_due"`             // date asked beside the legal one
	ExtensionAsked int64  `db:"extension_asked" json:"extension_asked"` // units of the extension's limit asked for and not decided; 0 for none

	Urges      int64  `db:"urges" json:"urges"`             // how often it was urged
	UrgedAt    int64  `db:"urged_at" json:"urged_at"`       // last
	UrgeGrade  string `db:"urge_grade" json:"urge_grade"`   // of the last
	UrgeOpen   bool   `db:"urge_open" json:"urge_open"`     // not yet acknowledged by the agency
	UrgedStage int64  `db:"urged_stage" json:"urged_stage"` // how far the timetable has urged by the present date: 1 amber, 2 red, 3 long overdue

	PromiseState string `db:"promise_state" json:"promise_state"` // "", open, kept, missed
	PromiseMoves int64  `db:"promise_moves" json:"promise_moves"` // how often a new date was promised instead

	Extra store.JSON[map[string]string] `db:"extra" json:"extra"` // what the kind keeps of its own: choices, dates, references

	AssignedAt int64 `db:"assigned_at" json:"assigned_at"`
	SignedAt   int64 `db:"signed_at" json:"signed_at"`
	RepliedAt  int64 `db:"replied_at" json:"replied_at"`
	AnsweredAt int64 `db:"answered_at" json:"answered_at"`

	Clocks    Clocks              `db:"clocks" json:"clocks"`
	Counters  Counts              `db:"counters" json:"counters"`
	Entries   store.JSON[[]Entry] `db:"entries" json:"entries"`
	Unchecked int64               `db:"unchecked" json:"unchecked"`

	DueAt   int64 `db:"due_at" json:"due_at"`
	AmberAt int64 `db:"amber_at" json:"amber_at"`
}

// Get is what the kind keeps under a name; "" for nothing.
func (c *Case) Get(name string) string { return c.Extra.V[name] }

// Put keeps a value under a name; "" removes it. The map is replaced, never changed in place.
func (c *Case) Put(name, value string) { c.Extra.V = with(c.Extra.V, name, value) }

// Get is what the kind keeps under a name; "" for nothing.
func (a *Assignment) Get(name string) string { return a.Extra.V[name] }

// Put keeps a value under a name; "" removes it. The map is replaced, never changed in place.
func (a *Assignment) Put(name, value string) { a.Extra.V = with(a.Extra.V, name, value) }

func with(old map[string]string, name, value string) map[string]string {
	next := maps.Clone(old)
	if next == nil {
		next = map[string]string{}
	}
	next[name] = value
	if value == "" {
		delete(next, name)
	}
	return next
}

// Signed counts the deputies who sign the case beside the one who leads it.
func (c *Case) Signed() int {
	n := 0
	for _, s := range c.Signers.V {
		if s.Signs() {
			n++
		}
	}
	return n
}

// Signs reports whether the signature stands.
func (s Signer) Signs() bool { return s.State == SignerSigned || s.State == SignerLeaving }

// Signer finds a person among those asked to sign.
func (c *Case) Signer(person string) (Signer, bool) {
	i := slices.IndexFunc(c.Signers.V, func(s Signer) bool { return s.Person == person && person != "" })
	if i < 0 {
		return Signer{}, false
	}
	return c.Signers.V[i], true
}

// Leads reports whether the addressee answers for the case: alone, as lead, or for a part of its own.
func (a *Assignment) Leads() bool { return a.Part != PartCo }

// CaseStream and AssignmentStream name the streams of events.
func CaseStream(id string) string { return "case:" + id }

// AssignmentStream names the stream of an assignment's events.
func AssignmentStream(id string) string { return "assignment:" + id }

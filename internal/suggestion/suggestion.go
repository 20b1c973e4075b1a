// Package suggestion is the kind 代表建议: its procedure, the form it is written on, sessions' numbers, rounds of looking back, and its figures.
// It never decides who may act: the procedure's table does.
package suggestion

import (
	"embed"
	"io/fs"
	"slices"

	"lianxin/internal/casework"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// Kind is the kind's name in tables, events and addresses.
const Kind = "suggestion"

// Phases of a session.
const (
	Meeting = "meeting" // 会议期间
	Recess  = "recess"  // 闭会期间
)

// What the kind keeps of a case beside the columns all kinds share.
const (
	Session        = "session"         // id of the session
	Phase          = "phase"           // Meeting or Recess
	Delegation     = "delegation"      // the lead deputy's, as it was called when he wrote
	ByDelegation   = "by_delegation"   // "yes": the delegation's own, signed by its head
	Disclosure     = "disclosure"      // full, title, none: as the deputy chose
	Formed         = "formed"          // how it came about
	Repeated       = "repeated"        // raised in how many years
	Talk           = "talk"            // "yes": wants to be talked to
	NoReply        = "no_reply"        // "yes": for reference, needs no written answer
	CategoryRegion = "category_region" // in the autonomous region's vocabulary
	SubmittedAt    = "submitted_on"
	Wide           = "wide"    // "yes": six months
	Express        = "express" // "yes": 直通车
	System         = "system"  // of the agency addressed: government, party, court, …
	Proposed       = "class_proposed"
	FirstClass     = "first_class" // settled at the first answer
	Key            = "key"         // "yes": 重点督办
	KeyCommittee   = "key_committee"
	KeyLeader      = "text.key_leader"
	PlanLead       = "plan_lead" // 拟办
	PlanCo         = "plan_co"
	PlanSplit      = "plan_split"
	PlanWords      = "text.plan_words"
	LetterNumber   = "text.letter_number" // of the letter that handed it over 交办函
	Sampled        = "sampled"            // "yes": drawn for a telephone call
	CalledBack     = "called_back"
	RoundID        = "round"
	RoundBefore    = "round_before" // class settled before the round took it
	Rounds         = "rounds"       // earlier rounds, joined by commas; each as it stood when the next began under "round." and its id
	Drawn          = "drawn"        // "yes": drawn for a deputies' visit
	Visited        = "visited"
	EndedHow       = "ended_how" // letter, reference

	// of an assignment
	ClassSelf     = "class_self"
	Leader        = "text.leader" // text id: who leads the handling 领办
	DocNumber     = "text.doc_number"
	SignedBy      = "text.signer"
	Publicity     = "publicity"
	ContactPerson = "text.contact_person"
	ContactPhone  = "text.contact_phone"
	Contacts      = "contacts" // phases in which the deputy was talked to, joined by commas
	MetInPerson   = "met"      // "yes": at least once face to face
	CheckedRound  = "checked_round"
	Found         = "found"
	Verified      = "verified"
	ReansweredIn  = "reanswered_round"
	DeliveredOn   = "delivered_on"
	yes           = "yes"
)

//go:embed procedure.yaml
var file []byte

//go:embed messages
var messages embed.FS

//go:embed migrations
var migrations embed.FS

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Schema is the tables of this room.
func Schema() store.Schema { return store.Schema{Room: "suggestion", FS: migrations} }

// Builtin is the built-in procedure's file: what a deployment's own begins from.
func Builtin() []byte { return slices.Clone(file) }

// New reads and proves the built-in procedure.
func New() (*casework.Kind, error) { return parse(file) }

// Load reads and proves a deployment's own procedure file, and holds it against the built-in one; an error names the line and what is wrong.
func Load(own []byte) (*casework.Kind, error) {
	return casework.Conforming(own, file, parse)
}

func parse(file []byte) (*casework.Kind, error) {
	k := &casework.Kind{Guards: guards(), Effects: effects(), Deciders: deciders(), Limit: limit, Spans: []string{"class", "state", "verdict", "result"}}
	p, err := procedure.Parse(file, casework.Functions(k.Guards, k.Effects, k.Deciders))
	if err != nil {
		return nil, err
	}
	k.Procedure = p
	k.Projections = []casework.Projection{
		{Table: "suggestion", Rows: func(c *casework.Case, as []*casework.Assignment) []any { return []any{project(p, c, as)} }},
		{Table: "suggestion_round", Rows: func(c *casework.Case, as []*casework.Assignment) []any { return roundRows(p, c, as) }},
	}
	return k, nil
}

// limit gives what is wide or hard its six months (代表法 art. 51).
func limit(name string, c *casework.Case, _ string) string {
	if name == "handle" && c.Get(Wide) == yes {
		return "handle_wide"
	}
	return name
}

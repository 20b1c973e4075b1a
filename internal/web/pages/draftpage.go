package pages

import (
	"net/http"
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/motion"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

// raised reports whether deputies raise the case, and sign it.
func raised(v *casework.View) bool { return v.Kind == suggestion.Kind || v.Kind == motion.Kind }

// draftPart is what a case page shows while the case is still its deputies' own.
type draftPart struct {
	Heading  string // key
	Lead     string // who asks for signatures
	Count    string
	Enough   bool // to be submitted
	Good     bool // as many sign as the law asks for
	Signers  []signerLine
	Texts    []web.Fact
	Returned []web.Fact // what the office asked to be mended, when it sent the case back
	Todo     []string   // before it can be submitted
	Late     string     // the session takes nothing in any more
	Acts     []web.Act
	Side     []web.Act
	Sign     *web.Form // the reader was asked to sign
	Decline  *web.Form
}

type signerLine struct {
	Name, Delegation string
	Badge            web.Badge
}

// raisedTexts are the ids of a case's further texts.
var raisedTexts = []string{motion.Plan, "text.agencies"}

// raisedFacts tells what deputies raised, in place of what an office took in.
func (s *Site) raisedFacts(r *http.Request, v *caseView, t teller) error {
	c := v.View
	shared, err := s.Cases.Kind(suggestion.Kind)
	if err != nil {
		return err
	}
	var ids []string
	for _, name := range raisedTexts {
		if id := c.Get(name); id != "" {
			ids = append(ids, id)
		}
	}
	bodies := map[string]string{}
	if len(ids) > 0 {
		if bodies, err = s.Cases.Bodies(r.Context(), []string{c.CongressID}, ids); err != nil {
			return err
		}
	}
	body, plan := "draft.body", bodies[c.Get(motion.Plan)]
	if c.Kind == motion.Kind {
		body = "draft.grounds"
	}
	v.Texts = []web.Fact{t.fact(body, c.Body)}
	if plan != "" {
		v.Texts = append(v.Texts, t.fact("draft.plan", plan))
	}
	v.Facts = []web.Fact{{Label: t.p.T("case.state"), Badge: &web.Badge{Text: c.StateLabel, Tone: tone(c.State)}, Note: t.marks()}}
	v.Agencies = bodies[c.Get("text.agencies")]
	for _, f := range t.raised(shared.Procedure, v.Agencies) {
		if f.Text != "" {
			v.Facts = append(v.Facts, f)
		}
	}
	v.Facts = append(v.Facts, t.officeFacts()...)
	if c.Correcting != "" {
		choice, _ := c.Procedure.Choice("correctable", c.Correction.V.Field)
		v.Facts = append(v.Facts, t.fact("case.correcting", choice.Label+" → "+c.Correcting))
	}
	state, _ := c.Procedure.Case.State(c.State)
	if state == nil || !state.Private {
		v.Facts = slices.Insert(v.Facts, 1, v.Texts...)
		return nil
	}
	return s.draftPart(r, v, t)
}

// raised words what the kind keeps of a case beside its texts; a motion borrows the suggestions' dictionaries.
func (t teller) raised(shared *procedure.Procedure, agencies string) []web.Fact {
	c := t.view
	choice := func(name string) string {
		found, ok := c.Procedure.Choice(name, c.Get(name))
		if !ok {
			found, _ = shared.Choice(name, c.Get(name))
		}
		return found.Label
	}
	lead := t.names.Of("person", c.Deputy)
	if group := c.Get(suggestion.Delegation); group != "" {
		lead = t.p.T("draft.of_delegation", "Name", lead, "Delegation", group)
	}
	var signers, wishes []string
	for _, s := range c.Signers.V {
		if s.Signs() {
			signers = append(signers, t.names.Of("person", s.Person))
		}
	}
	for _, w := range []string{suggestion.ByDelegation, suggestion.Talk, suggestion.NoReply} {
		if c.Get(w) != "" {
			wishes = append(wishes, t.p.T("draft.wish."+w))
		}
	}
	facts := []web.Fact{t.fact("draft.lead", lead), t.fact("draft.signed_by."+c.Kind, strings.Join(signers, "、"))}
	if serial := c.Get(casework.Serial); serial != "" {
		facts = append(facts, t.fact("draft.serial", t.p.T("draft.serial_n", "N", serial)))
	}
	session := t.names.Of("congress_session", c.Get(suggestion.Session))
	if c.Kind == suggestion.Kind && session != "" {
		session = t.p.T("draft.session_"+c.Get(suggestion.Phase), "Session", session)
	}
	facts = append(facts, t.fact("draft.session", session))
	if venue := c.Get(motion.Venue); venue != "" {
		facts = append(facts, t.fact("draft.venue", choice(motion.Venue)))
	}
	if c.Category != "" {
		facts = append(facts, t.fact("case.category", t.names.Of("category", c.Category)))
	}
	facts = append(facts, t.fact("draft.agencies", agencies))
	for _, name := range []string{suggestion.Formed, suggestion.Repeated, suggestion.Disclosure} {
		if c.Get(name) != "" {
			facts = append(facts, t.fact("write."+name, choice(name)))
		}
	}
	received := "case.received"
	if state, ok := c.Procedure.Case.State(c.State); ok && state.Private {
		received = "draft.written"
	}
	facts = append(facts, t.fact("draft.wishes", strings.Join(wishes, "、")), t.fact("case.source", t.p.T("draft.source."+c.Source)),
		t.fact(received, microTime(c.ReceivedAt).In(deadline.Zone).Format("2006-01-02 15:04")))
	if c.Publication != "" {
		facts = append(facts, t.fact("case.publication", t.p.T("publication."+c.Publication)))
	}
	return facts
}

// draftPart shows a draft to those who write and sign it.
func (s *Site) draftPart(r *http.Request, v *caseView, t teller) error {
	c := v.View
	d := &draftPart{Heading: "draft.signers." + c.Kind, Lead: t.names.Of("person", c.Deputy), Texts: v.Texts, Returned: returned(c)}
	v.Draft = d
	congress, err := registry.GetCongress(r.Context(), s.DB.Reader(), c.CongressID)
	if err != nil {
		return err
	}
	d.count(v, congress.Level)
	if err := s.signers(r, v, t); err != nil {
		return err
	}
	if err := s.late(r, v); err != nil {
		return err
	}
	for _, p := range c.Possible {
		if form := v.signature(p); form != nil {
			if p.Action.Name == "cosign" {
				d.Sign = form
			} else {
				d.Decline = form
			}
			continue
		}
		d.act(v, p)
	}
	rank := func(a web.Act) int {
		return slices.IndexFunc(draftActs, func(name string) bool { return strings.HasSuffix(a.Href, "/"+name) })
	}
	slices.SortStableFunc(d.Acts, func(a, b web.Act) int { return rank(a) - rank(b) })
	return nil
}

// draftActs are a draft's buttons in their order; all else stands beside them.
var draftActs = []string{"edit", "invite", "submit", "attach", "to_recess", "withdraw"}

func (d *draftPart) act(v *caseView, p casework.Possible) {
	act := web.Act{Href: "/cases/" + v.View.Number + "/do/" + p.Action.Name, Text: p.Action.Label}
	if p.Proxy {
		act.Text = v.T("case.enter", "Action", p.Action.Label)
	}
	if !slices.Contains(draftActs, p.Action.Name) {
		d.Side = append(d.Side, act)
		return
	}
	act.Main = p.Action.Name == "submit" || p.Action.Name == "invite" && !d.Enough
	d.Acts = append(d.Acts, act)
}

// signature is the button of somebody who was asked: his one click signs, for the whole text stands above it.
func (v *caseView) signature(p casework.Possible) *web.Form {
	if p.Proxy || p.Action.Name != "cosign" && p.Action.Name != "decline" {
		return nil
	}
	f := v.Page.Form("/cases/" + v.View.Number + "/do/" + p.Action.Name).As(p.Action.Name)
	f.Submit, f.Danger, f.Version = p.Action.Label, p.Action.Name == "decline", v.View.Version
	return f
}

// count words how many sign, and for a motion how many are missing.
func (d *draftPart) count(v *caseView, level string) {
	n := map[string]int{}
	for _, s := range v.View.Signers.V {
		n[s.State]++
	}
	signed := v.View.Signed()
	if v.View.Kind == suggestion.Kind {
		d.Enough = true
		d.Count = v.T("draft.count", "Signed", signed, "Waiting", n[casework.SignerInvited], "Declined", n[casework.SignerDeclined])
		if len(v.View.Signers.V) == 0 {
			d.Count = v.T("draft.alone")
		}
		return
	}
	needed := motion.Needed(v.View.Procedure, v.View.Get(motion.Venue), level)
	missing := needed - 1 - signed
	d.Enough, d.Good = missing <= 0, missing <= 0
	d.Count = v.T("draft.motion_enough", "Signed", signed+1, "Needed", needed)
	if len(d.Texts) < 2 {
		d.Enough = false
		d.Todo = append(d.Todo, v.T("draft.todo_plan"))
	}
	if missing > 0 {
		d.Todo = append(d.Todo, v.T("draft.todo_sign", "Missing", missing))
		d.Count = v.T("draft.motion_missing", "Signed", signed+1, "Missing", missing, "Needed", needed, "Waiting", n[casework.SignerInvited])
	}
}

// signers lists who was asked, with what each said, in the order of the delegations' list where they hold a seat.
func (s *Site) signers(r *http.Request, v *caseView, t teller) error {
	if len(v.View.Signers.V) == 0 {
		return nil
	}
	seats, err := registry.Seats(r.Context(), s.DB.Reader(), v.View.CongressID, deadline.DateOf(s.now()))
	if err != nil {
		return err
	}
	groups := map[string]string{}
	for _, seat := range seats {
		groups[seat.Person] = seat.Delegation
	}
	tones := map[string]string{casework.SignerSigned: web.Good, casework.SignerInvited: web.Caution, casework.SignerDeclined: web.Plain, casework.SignerLeft: web.Plain, casework.SignerLeaving: web.Note}
	for _, one := range v.View.Signers.V {
		v.Draft.Signers = append(v.Draft.Signers, signerLine{Name: t.names.Of("person", one.Person), Delegation: groups[one.Person],
			Badge: web.Badge{Text: v.T("draft.signer." + v.View.Kind + "." + one.State), Tone: tones[one.State]}})
	}
	return nil
}

// late warns of a session that takes nothing in any more, before the button says so.
func (s *Site) late(r *http.Request, v *caseView) error {
	c := v.View
	if c.Get(suggestion.Session) == "" || c.Kind == suggestion.Kind && c.Get(suggestion.Phase) != suggestion.Meeting || c.Kind == motion.Kind && c.Get(motion.Venue) != motion.Congress {
		return nil
	}
	session, err := registry.GetSession(r.Context(), s.DB.Reader(), c.Get(suggestion.Session))
	if err != nil {
		return err
	}
	key := "draft.until"
	if deadline.DateOf(s.now()) > session.Deadline() {
		key = "draft.late." + c.Kind
	}
	text := v.T(key, "Session", session.Name, "Until", string(session.Deadline()))
	if key == "draft.until" {
		v.Facts = append(v.Facts, web.Fact{Label: v.T("draft.deadline"), Text: text})
		return nil
	}
	v.Draft.Late = text
	return nil
}

// returned tells what the office asked to be mended, as long as the draft was not submitted again.
func returned(c *casework.View) []web.Fact {
	if c.State != "draft" {
		return nil
	}
	for _, e := range slices.Backward(c.Story) {
		if e.Record.Action == "submit" {
			return nil
		}
		if e.Record.Action != "revise" || e.Undone {
			continue
		}
		var facts []web.Fact
		for _, text := range e.Texts {
			facts = append(facts, web.Fact{Label: text.Label, Text: text.Body})
		}
		return facts
	}
	return nil
}

// prefillDraft puts into the form of 修改 what stands there now.
func prefillDraft(v *caseView, action *procedure.Action) {
	if action.Name != "edit" || !raised(v.View) {
		return
	}
	c := v.View
	if c.Signed() > 0 {
		v.Lead = v.T("draft.edit_unsigns")
	}
	v.Form.Set("title", c.Title).Set("body", c.Body)
	for _, text := range v.Texts[1:] {
		v.Form.Set("plan", text.Text)
	}
	for _, name := range []string{suggestion.Formed, suggestion.Repeated, suggestion.Disclosure} {
		v.Form.Set(name, c.Get(name))
	}
	v.Form.Set("agencies", v.Agencies)
	for _, name := range []string{suggestion.Talk, suggestion.NoReply} {
		if f := v.Form.Field(name); f != nil {
			f.Ticked(c.Get(name) != "")
		}
	}
	if f := v.Form.Field("body"); f != nil {
		f.Rows = 16
	}
}

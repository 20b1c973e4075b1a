package opinion

import (
	"context"
	"slices"
	"strings"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/table"
)

// Fields of a row pasted back from an office's own sheet.
const (
	PasteNumber   = "number"
	PasteAgency   = "agency" // where several have the case
	PasteSigned   = "signed_on"
	PasteClass    = "class"
	PasteReply    = "reply"
	PastePromise  = "promise"
	PastePromised = "promise_on"
	PasteSigner   = "signer"
	PasteApproved = "approved_on"
	PasteDocument = "doc_number"
	PasteFedBack  = "fed_back_on"
	PasteHow      = "how"
)

// PasteFields lists them in the order a template shows them.
func PasteFields() []string {
	return []string{PasteNumber, PasteAgency, PasteSigned, PasteClass, PasteReply, PastePromise, PastePromised, PasteSigner, PasteApproved, PasteDocument, PasteFedBack, PasteHow}
}

// PasteBack reads rows of dates and results pasted back from a sheet, and rehearses every one; with apply it also carries them out, all or none.
// A row leaves out what is done already. key makes a repeated paste do nothing again.
func PasteBack(ctx context.Context, s *casework.Service, actor policy.Actor, rows []table.Row, key string, apply bool) ([]casework.Pasted, error) {
	names, err := registry.LoadNames(ctx, s.DB().Reader())
	if err != nil {
		return nil, err
	}
	kind, err := s.Kind(Kind)
	if err != nil {
		return nil, err
	}
	p := paster{s: s, actor: actor, names: names, procedure: kind.Procedure, key: key}
	return s.PasteBack(ctx, rows, apply, func(row table.Row, out *casework.Pasted) { p.row(ctx, row, out) })
}

// paster turns rows into requests.
type paster struct {
	s         *casework.Service
	actor     policy.Actor
	names     registry.Names
	procedure *procedure.Procedure
	key       string
}

func (p paster) row(ctx context.Context, row table.Row, out *casework.Pasted) {
	f := func(name string) string { return strings.TrimSpace(row.Fields[name]) }
	out.Number = strings.ToUpper(f(PasteNumber))
	if out.Number == "" {
		out.Fail(errs.New(errs.Invalid, "opinion.paste_number").At(PasteNumber))
		return
	}
	v, err := p.s.View(ctx, p.actor, out.Number)
	if err != nil {
		out.Fail(err)
		return
	}
	r := &pasteRow{paster: p, out: out, f: f, v: v}
	r.assignment()
	r.fedBack()
	if len(out.Requests) == 0 {
		r.fail("opinion.paste_nothing", "")
	}
}

// pasteRow gathers the acts one row asks for.
type pasteRow struct {
	paster
	out *casework.Pasted
	f   func(string) string
	v   *casework.View
}

func (r *pasteRow) fail(key, field string) { r.out.Fail(errs.New(errs.Invalid, key).At(field)) }

// assignment enters signature, result and approval of the agency the row names, or of the one that answers for the case.
func (r *pasteRow) assignment() {
	if r.f(PasteSigned)+r.f(PasteReply)+r.f(PasteClass)+r.f(PasteSigner) == "" {
		return
	}
	i := slices.IndexFunc(r.v.Assigned, func(a casework.AssignmentView) bool {
		named := r.f(PasteAgency)
		return a.Leads() && !slices.Contains([]string{"moved", "stopped"}, a.State) && (named == "" || named == a.Agency || named == r.names.Of("agency", a.Agency))
	})
	if i < 0 {
		r.fail("opinion.paste_agency", PasteAgency)
		return
	}
	a := r.v.Assigned[i]
	state := a.State
	if state == "to_sign" && r.f(PasteSigned) != "" {
		r.add(a.N, "sign", r.f(PasteSigned), PasteSigned, casework.Input{})
		state = "handling"
	}
	if state == "handling" && r.f(PasteReply) != "" {
		in := casework.Input{"class": r.procedure.Typed("class", r.f(PasteClass)), "reply": r.f(PasteReply), "promise": r.f(PastePromise), "promise_on": r.day(PastePromised)}
		r.add(a.N, "reply", r.f(PasteApproved), PasteApproved, in)
		state = "to_approve"
	}
	if state == "to_approve" && r.f(PasteSigner) != "" {
		in := casework.Input{"signer": r.f(PasteSigner), "signed_on": r.day(PasteApproved), "doc_number": r.f(PasteDocument)}
		r.add(a.N, "register_approval", r.f(PasteApproved), PasteApproved, in)
	}
}

// fedBack enters how and when the resident was told.
func (r *pasteRow) fedBack() {
	if r.f(PasteFedBack)+r.f(PasteHow) == "" {
		return
	}
	if at := r.day(PasteFedBack); at != "" && r.v.State == "replied" {
		r.addAt(0, "feedback", deadline.Date(at), casework.Input{"how": r.procedure.Typed("contact_way", r.f(PasteHow))})
	}
}

// day reads a date as offices write it.
func (r *pasteRow) day(field string) string {
	typed := r.f(field)
	if typed == "" {
		return ""
	}
	d, err := ParseDay(typed)
	if err != nil {
		r.fail("opinion.paste_date", field)
		return ""
	}
	return string(d)
}

func (r *pasteRow) add(n int64, action, day, field string, in casework.Input) {
	if day == "" {
		r.addAt(n, action, "", in)
		return
	}
	if d := r.day(field); d != "" {
		r.addAt(n, action, deadline.Date(d), in)
	}
}

// addAt asks for an act that happened on a day: at its end as far as it lies before now, for the order of acts within a day is not on paper.
func (r *pasteRow) addAt(n int64, action string, day deadline.Date, in casework.Input) {
	machine := &r.procedure.Case
	if n > 0 {
		machine = &r.procedure.Assignment
	}
	a, ok := machine.Action(action)
	if !ok {
		r.fail("opinion.paste_nothing", "")
		return
	}
	req := casework.Request{Actor: r.actor, Assignment: n, Action: action, Input: given(in), Key: r.key + "/" + r.v.Number + "/" + action}
	if day != "" && day < deadline.DateOf(r.s.DB().Now()) {
		req.OccurredAt = day.Start().Add(17 * time.Hour)
	}
	r.out.Ask(a, req)
}

// ParseDay reads a date as offices write it in sheets: 2026-11-23, 2026/11/3, 2026.11.3, 20261103, or with the Chinese signs.
func ParseDay(s string) (deadline.Date, error) {
	numbers := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(numbers) == 1 && len(numbers[0]) == 8 {
		numbers = []string{numbers[0][:4], numbers[0][4:6], numbers[0][6:]}
	}
	if len(numbers) < 3 || len(numbers[0]) != 4 {
		return "", errs.New(errs.Invalid, "deadline.bad_date")
	}
	for i, n := range numbers[1:3] {
		if len(n) == 1 {
			numbers[i+1] = "0" + n
		}
	}
	return deadline.ParseDate(strings.Join(numbers[:3], "-"))
}

// given drops what was left empty.
func given(in casework.Input) casework.Input {
	out := casework.Input{}
	for name, v := range in {
		if v != "" {
			out[name] = v
		}
	}
	return out
}

package suggestion

import (
	"context"
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/store"
	"lianxin/internal/table"
)

// Fields of a row pasted back from the office's ledger.
const (
	PasteNumber    = "number"
	PasteSerial    = "serial" // session and number, where the row has no number of the case
	PasteCategory  = "category"
	PastePlanLead  = "plan_lead"
	PastePlanCo    = "plan_co"
	PastePlanSplit = "plan_split"
	PastePlanWords = "plan_words"
	PasteClass     = "class"
	PasteAttitude  = "attitude"
	PasteResult    = "result"
	PasteCollected = "collected"
	PasteAsked     = "asked"
	PasteComment   = "comment"
)

// PasteFields lists them in the order a template shows them.
func PasteFields() []string {
	return []string{PasteNumber, PasteSerial, PasteCategory, PastePlanLead, PastePlanCo, PastePlanSplit, PastePlanWords, PasteClass, PasteAttitude, PasteResult, PasteCollected, PasteAsked, PasteComment}
}

// PasteOptions say how rows are taken back.
type PasteOptions struct {
	Key    string                                      // makes a repeated paste do nothing again
	Apply  bool                                        // carry out, not only rehearse
	Serial func(session, phase string, n int64) string // a number in its session's series as ledgers write it
}

// PasteBack reads rows of the ledger pasted back, rehearses what each would change, and with Apply carries it out, all or none.
// An empty cell changes nothing, and neither does one that says what is kept already: a row without any change asks for nothing, and is not wrong.
func PasteBack(ctx context.Context, s *casework.Service, actor policy.Actor, rows []table.Row, opts PasteOptions) ([]casework.Pasted, error) {
	p := paster{ctx: ctx, s: s, actor: actor, opts: opts, seen: map[string]int{}}
	if err := p.prepare(); err != nil {
		return nil, err
	}
	return s.PasteBack(ctx, rows, opts.Apply, p.row)
}

// paster turns rows into requests.
type paster struct {
	ctx        context.Context
	s          *casework.Service
	actor      policy.Actor
	opts       PasteOptions
	procedure  *procedure.Procedure
	names      registry.Names
	agencies   map[string]string // id by name
	categories map[string]string // id by name
	serials    map[string]string // the case's number by what its session's is written as
	seen       map[string]int    // line by number
}

func (p *paster) prepare() error {
	kind, err := p.s.Kind(Kind)
	if err != nil {
		return err
	}
	p.procedure = kind.Procedure
	q, today := p.s.DB().Reader(), deadline.DateOf(p.s.DB().Now())
	if p.names, err = registry.LoadNames(p.ctx, q); err != nil {
		return err
	}
	agencies, err := registry.Agencies(p.ctx, q, today)
	if err != nil {
		return err
	}
	categories, err := registry.Categories(p.ctx, q, today)
	if err != nil {
		return err
	}
	p.agencies, p.categories = map[string]string{}, map[string]string{}
	for _, a := range agencies {
		p.agencies[a.Name] = a.ID
	}
	for _, c := range categories {
		if c.Use == Kind {
			p.categories[c.Name] = c.ID
		}
	}
	return p.readSerials(q)
}

func (p *paster) readSerials(q store.Querier) error {
	w := new(store.Where).And("congress_id = ?", p.actor.Under("").Congress).And("serial > 0")
	rows, err := store.All[Row](p.ctx, q, "select "+store.Columns[Row]("")+" from suggestion"+w.String(), w.Args()...)
	p.serials = make(map[string]string, len(rows))
	for _, r := range rows {
		p.serials[p.opts.Serial(p.names.Of("congress_session", r.Session), r.Phase, r.Serial)] = r.Number
	}
	return err
}

func (p *paster) row(row table.Row, out *casework.Pasted) {
	f := func(name string) string { return strings.TrimSpace(row.Fields[name]) }
	typed := f(PasteNumber)
	if typed == "" {
		typed = f(PasteSerial)
	}
	out.Number = strings.ToUpper(typed)
	if number := p.serials[strings.Join(strings.Fields(typed), "")]; number != "" {
		out.Number = number
	}
	if out.Number == "" {
		out.Fail(errs.New(errs.Invalid, "suggestion.paste_number").At(PasteNumber))
		return
	}
	if first := p.seen[out.Number]; first != 0 {
		out.Fail(errs.New(errs.Invalid, "suggestion.row_twice").With(errs.Args{"Line": first}).At(PasteNumber))
		return
	}
	p.seen[out.Number] = row.Line
	v, err := p.s.Glance(p.ctx, p.actor, out.Number)
	if err == nil && v.Kind != Kind {
		err = errs.New(errs.Invalid, "suggestion.paste_kind").At(PasteNumber)
	}
	if err != nil {
		out.Fail(err)
		return
	}
	r := &pasteRow{paster: p, out: out, f: f, v: v}
	r.category()
	r.plan()
	r.class()
	r.verdict()
}

// pasteRow gathers the acts one row asks for.
type pasteRow struct {
	*paster
	out *casework.Pasted
	f   func(string) string
	v   *casework.View
}

func (r *pasteRow) fail(key, field, value string) {
	r.out.Fail(errs.New(errs.Invalid, key).With(errs.Args{"Name": value}).At(field))
}

// changed notes a change and reports whether the cell makes one: what is left empty, or says what is kept, makes none.
func (r *pasteRow) changed(field, kept string) bool {
	typed := r.f(field)
	if typed == "" || typed == kept {
		return false
	}
	r.out.Changes = append(r.out.Changes, casework.Change{Field: field, From: kept, To: typed})
	return true
}

func (r *pasteRow) ask(action string, in casework.Input) {
	a, ok := r.procedure.Case.Action(action)
	if !ok {
		r.fail("suggestion.bad_choice", "", "")
		return
	}
	r.out.Ask(a, casework.Request{Actor: r.actor, Action: action, Input: in, Key: r.opts.Key + "/" + r.v.Number + "/" + action})
}

func (r *pasteRow) category() {
	kept := ""
	if r.v.Category != "" {
		kept = r.names.Of("category", r.v.Category)
	}
	if !r.changed(PasteCategory, kept) {
		return
	}
	id := r.categories[r.f(PasteCategory)]
	if id == "" {
		r.fail("suggestion.unknown_category", PasteCategory, r.f(PasteCategory))
		return
	}
	r.ask("classify", casework.Input{"category": id})
}

// plan takes the plan's cells together: what a row leaves empty stays as it is planned.
func (r *pasteRow) plan() {
	lead, leadNew := r.agenciesOf(PastePlanLead, PlanLead)
	co, coNew := r.agenciesOf(PastePlanCo, PlanCo)
	split, splitNew := r.agenciesOf(PastePlanSplit, PlanSplit)
	words, wordsNew := r.v.Words["plan_words"], false
	if r.changed(PastePlanWords, words) {
		words, wordsNew = r.f(PastePlanWords), true
	}
	if !leadNew && !coNew && !splitNew && !wordsNew {
		return
	}
	if len(lead) != 1 {
		r.fail("suggestion.paste_lead", PastePlanLead, "")
		return
	}
	in := casework.Input{"lead": lead[0]}
	for name, ids := range map[string][]string{"co": co, "split": split} {
		if len(ids) > 0 {
			in[name] = ids
		}
	}
	if words != "" {
		in["words"] = words
	}
	r.ask("plan", in)
}

// agenciesOf reads a cell of agencies' names, against those planned; the word for none empties it.
func (r *pasteRow) agenciesOf(field, planned string) (ids []string, changed bool) {
	kept := strings.FieldsFunc(r.v.Get(planned), func(c rune) bool { return c == ',' })
	var names []string
	for _, id := range kept {
		names = append(names, r.names.Of("agency", id))
	}
	typed := split(r.f(field))
	slices.Sort(names)
	if slices.Equal(slices.Sorted(slices.Values(typed)), names) || len(typed) == 0 {
		return kept, false
	}
	if len(typed) == 1 && slices.Contains(headings["none"], typed[0]) {
		typed = nil
		if len(kept) == 0 {
			return nil, false
		}
	}
	for _, name := range typed {
		id := r.agencies[name]
		if id == "" {
			r.fail("suggestion.unknown_agency", field, name)
			return kept, false
		}
		ids = append(ids, id)
	}
	return ids, r.changed(field, strings.Join(names, " "))
}

func (r *pasteRow) class() {
	choice, _ := r.procedure.Choice("class", r.v.Class)
	value := r.choice("class", PasteClass)
	if value == "" || value == r.v.Class {
		return
	}
	r.changed(PasteClass, choice.Label)
	r.ask("settle", casework.Input{"class": value})
}

// choice reads a cell as a choice; "" where it is empty or none of them.
func (r *pasteRow) choice(dictionary, field string) string {
	typed := r.f(field)
	if typed == "" {
		return ""
	}
	value := r.procedure.Typed(dictionary, typed)
	if _, ok := r.procedure.Choice(dictionary, value); !ok {
		r.fail("suggestion.paste_choice", field, typed)
		return ""
	}
	return value
}

// verdict enters a deputy's paper questionnaire. A verdict like the first one, on an answer given again, may be an old sheet's: it is entered on the suggestion's own page.
func (r *pasteRow) verdict() {
	attitude, result := r.choice("satisfaction", PasteAttitude), r.choice("satisfaction", PasteResult)
	if attitude == "" && result == "" || r.out.Err != nil || attitude == r.v.Attitude && result == r.v.Result && r.v.State != "answered" {
		return
	}
	if attitude == "" || result == "" {
		r.fail("suggestion.paste_both", PasteResult, "")
		return
	}
	if r.v.State == "answered" && attitude == r.v.Attitude && result == r.v.Result {
		r.fail("suggestion.paste_again", PasteResult, "")
		return
	}
	kept := func(value string) string { c, _ := r.procedure.Choice("satisfaction", value); return c.Label }
	r.changed(PasteAttitude, kept(r.v.Attitude))
	r.changed(PasteResult, kept(r.v.Result))
	in := casework.Input{"attitude": attitude, "result": result, "collected": "paper"}
	if collected := r.choice("collected_by", PasteCollected); collected != "" {
		in["collected"] = collected
	}
	if r.f(PasteComment) != "" {
		in["comment"] = r.f(PasteComment)
	}
	if slices.Contains(headings["yes"], r.f(PasteAsked)) {
		in["asked"] = true
	}
	r.ask("evaluate", in)
}

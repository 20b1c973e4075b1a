package pages

import (
	"strconv"

	"lianxin/internal/casework"
	"lianxin/internal/motion"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
)

// form is the sheet's questions: who, for an entry from paper; then the words; then how it came about and who may read it.
func (o *sheetOf) form() (*web.Form, error) {
	v := o.v
	f := v.Page.Form(writingPath(v.Kind))
	if o.deputy == "" {
		if err := o.paper(f); err != nil {
			return nil, err
		}
	}
	if v.Kind == motion.Kind {
		o.motion(f)
	} else {
		o.suggestion(f)
	}
	most, _ := strconv.Atoi(o.shared.Option("max_files"))
	label := v.T("write.files")
	if o.deputy == "" {
		label = v.T("write.scan")
	}
	f.Add(&web.Field{Name: "phone", Kind: web.Telephone, Label: v.T("write.phone"), Hint: v.T("write.phone_hint"), Max: suggestion.MaxContact, Complete: "tel", Narrow: true},
		&web.Field{Name: "files", Kind: web.File, Label: label, Hint: v.T("write.files_hint", "Max", most), Max: most, Accept: "image/*,application/pdf"})
	f.Submit = v.T("write.keep")
	return f, nil
}

// paper asks what the sheet of paper tells: whose it is, who signed it, when, and in which session.
func (o *sheetOf) paper(f *web.Form) error {
	v := o.v
	b := builder{s: o.s, ctx: o.r.Context(), p: &v.Page, procedure: o.p}
	deputies, err := b.deputies(func(registry.Seat) bool { return true })
	if err != nil {
		return err
	}
	sessions, err := b.sessions()
	if err != nil {
		return err
	}
	f.Add(&web.Field{Name: "deputy", Kind: web.Select, Label: v.T("write.deputy"), Options: deputies, Required: true, Sifted: true},
		&web.Field{Name: "signers", Kind: web.Checks, Label: v.T("write.signers"), Hint: v.T("write.signers_hint"), Options: deputies, Sifted: true},
		&web.Field{Name: "session", Kind: web.Select, Label: v.T("write.session"), Options: sessions, Value: o.session.ID, Blank: v.T("write.session_today"), Narrow: true},
		&web.Field{Name: casework.ClaimedAt, Kind: web.DateTime, Label: v.T("write.claimed_at"), Hint: v.T("write.claimed_at_hint"), Narrow: true})
	return nil
}

func (o *sheetOf) suggestion(f *web.Form) {
	v := o.v
	if o.open || o.deputy == "" {
		f.Add(&web.Field{Name: "phase", Kind: web.Radio, Label: v.T("write.phase"), Value: o.phase(), Options: []web.Option{
			{Value: suggestion.Meeting, Label: v.T("write.phase_meeting"), Hint: v.T("write.phase_meeting_hint", "Until", string(o.session.Deadline()))},
			{Value: suggestion.Recess, Label: v.T("write.phase_recess"), Hint: v.T("write.phase_recess_hint")}}})
	}
	f.Add(&web.Field{Name: "title", Kind: web.Line, Label: v.T("write.title"), Hint: v.T("write.title_hint"), Required: true, Max: suggestion.MaxTitle, Complete: "off"},
		&web.Field{Name: "body", Kind: web.Area, Label: v.T("write.body"), Hint: v.T("write.body_hint"), Required: true, Max: suggestion.MaxBody, Rows: 16},
		&web.Field{Name: "agencies", Kind: web.Line, Label: v.T("write.agencies"), Hint: v.T("write.agencies_hint"), Max: suggestion.MaxLine},
		o.choice(suggestion.Formed, false), o.choice(suggestion.Repeated, false), o.disclosure(),
		&web.Field{Name: "talk", Kind: web.Check, Label: v.T("write.talk"), Hint: v.T("write.talk_hint")},
		&web.Field{Name: "no_reply", Kind: web.Check, Label: v.T("write.no_reply"), Hint: v.T("write.no_reply_hint")})
	if o.head || o.deputy == "" {
		f.Add(&web.Field{Name: "by_delegation", Kind: web.Check, Label: v.T("write.by_delegation"), Hint: v.T("write.by_delegation_hint")})
	}
}

func (o *sheetOf) phase() string {
	if o.open {
		return suggestion.Meeting
	}
	return suggestion.Recess
}

func (o *sheetOf) motion(f *web.Form) {
	v := o.v
	var venues []web.Option
	for _, c := range o.p.Choices["venue"] {
		venues = append(venues, web.Option{Value: c.Value, Label: c.Label, Hint: v.T("write.venue."+c.Value, "N", motion.Needed(o.p, c.Value, o.at.Level))})
	}
	venue := motion.Congress
	if !o.open && o.deputy != "" {
		venue = motion.Standing
	}
	f.Add(&web.Field{Name: "venue", Kind: web.Radio, Label: v.T("write.venue"), Options: venues, Value: venue, Required: true},
		&web.Field{Name: "title", Kind: web.Line, Label: v.T("write.case"), Hint: v.T("write.case_hint"), Required: true, Max: suggestion.MaxTitle, Complete: "off"},
		&web.Field{Name: "body", Kind: web.Area, Label: v.T("write.grounds"), Hint: v.T("write.grounds_hint"), Required: true, Max: suggestion.MaxBody, Rows: 12},
		&web.Field{Name: "plan", Kind: web.Area, Label: v.T("write.plan"), Hint: v.T("write.plan_hint"), Max: motion.MaxPlan, Rows: 12},
		o.disclosure())
}

// choice asks one of the procedure's dictionaries.
func (o *sheetOf) choice(name string, required bool) *web.Field {
	f := &web.Field{Name: name, Kind: web.Radio, Label: o.v.T("write." + name), Required: required}
	for _, c := range o.shared.Choices[name] {
		f.Options = append(f.Options, web.Option{Value: c.Value, Label: c.Label})
	}
	return f
}

// disclosure asks who may read it, and says what each answer means.
func (o *sheetOf) disclosure() *web.Field {
	f := o.choice(suggestion.Disclosure, true)
	f.Value = "full"
	f.Hint = o.v.T("write.disclosure_hint." + o.v.Kind)
	for i := range f.Options {
		f.Options[i].Hint = o.v.T("write.disclosure." + f.Options[i].Value)
	}
	return f
}

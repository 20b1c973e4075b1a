package paper

import (
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/suggestion"
)

// Answer lays out the letter of an assignment: the last one, or the which-th from 1. A suggestion without an answer there has none: errs.NotFound.
// office receives the suggestion; agency is the assignment's.
func (d Desk) Answer(v *casework.View, a casework.AssignmentView, which int, agency registry.Agency, office registry.Office) (render.Letter, error) {
	replies := Replies(v, a.N)
	if which == 0 {
		which = len(replies)
	}
	if which < 1 || which > len(replies) {
		return render.Letter{}, errs.New(errs.NotFound, "paper.no_reply")
	}
	r := replies[which-1]
	l := render.Letter{Form: render.LetterForm, Fonts: d.fonts(), Organ: agency.Name, Number: r.Number, Sign: agency.Name, Comma: d.T("paper.comma"), Stop: d.T("paper.stop"),
		Title: d.T("paper.title_"+r.Kind, "Of", d.of(v.Case)), Date: d.Date(r.SignedOn)}
	if !r.Issued() {
		l.Title, l.Number, l.Date = l.Title+"\n"+d.T("paper.draft_mark"), d.T("paper.draft_number"), d.Date(d.Today)
	}
	if r.Kind == Opinion {
		l.To, l.Body = d.T("paper.to", "Who", d.lead(v, a)), d.body(d.T("paper.opening_opinion", "N", d.serial(v.Case)), v.Title, r.Body, "")
		return l, nil
	}
	l.Class = d.T("paper.class", "Class", strings.ToUpper(current(v, a, r, which == len(replies))))
	l.To, l.Body = d.addressees(v), d.body(d.T("paper.opening_"+r.Kind, "Title", v.Title, "N", d.serial(v.Case)), v.Title, r.Body, d.T("paper.thanks"))
	l.Notes, l.Copies = d.notes(v, r), render.Labelled{Label: d.T("paper.copies"), Items: d.copies(a, agency, office)}
	form := d.Form(v, a, r, agency, office).Document()
	l.Attachments = render.Labelled{Label: d.T("paper.enclosed"), Items: []string{d.T("paper.form_title")}}
	l.Enclosures = []render.Enclosure{{Label: d.T("paper.enclosure"), Blocks: form.Blocks}}
	return l, nil
}

// of names a suggestion by its session and number.
func (d Desk) of(c *casework.Case) string {
	key := "paper.of_meeting"
	if c.Get(suggestion.Phase) == suggestion.Recess {
		key = "paper.of_recess"
	}
	return d.T(key, "Session", d.Names.Of("congress_session", c.Get(suggestion.Session)), "N", d.serial(c))
}

// serial is the number within the session; the case's own before it has one.
func (d Desk) serial(c *casework.Case) string {
	if n := c.Get(casework.Serial); n != "" {
		return n
	}
	return c.Number
}

// Signers lists who a suggestion is answered to: the lead first, and where the place has every signer answered, all who signed.
func Signers(v *casework.View) []string {
	people := []string{v.Deputy}
	if v.Procedure.Option("reply_to") != "each" {
		return people
	}
	for _, s := range v.Signers.V {
		if s.Signs() {
			people = append(people, s.Person)
		}
	}
	return people
}

// addressees names all who are answered in one letter: a letter has one number in its series, and a copy of it goes to each of those it names.
func (d Desk) addressees(v *casework.View) string {
	return d.T("paper.to_deputies", "Who", d.several("person", Signers(v)))
}

// lead names whom a co-handler's opinion goes to: who answers under the same assigner.
func (d Desk) lead(v *casework.View, a casework.AssignmentView) string {
	for _, other := range v.Assigned {
		state, _ := v.Procedure.Assignment.State(other.State)
		if other.Leads() && other.Parent == a.Parent && other.AssignerAgency == a.AssignerAgency && (state == nil || !state.Gone) {
			return d.Names.Of("agency", other.Agency)
		}
	}
	return d.Names.Of("agency", v.LeadAgency)
}

// body puts the opening before the agency's words and the thanks behind them, unless the agency wrote its own.
func (d Desk) body(opening, title, words, thanks string) []render.Block {
	lines := strings.FieldsFunc(words, func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) == 0 || !strings.Contains(lines[0], title) {
		words = opening + "\n" + words
	}
	if n := len(lines); thanks != "" && (n == 0 || !strings.Contains(lines[n-1], d.T("paper.thanks_word"))) {
		words += "\n" + thanks
	}
	return render.Paragraphs(words)
}

// notes are the remarks under the signature.
func (d Desk) notes(v *casework.View, r Reply) []string {
	var notes []string
	if choice, ok := v.Procedure.Choice("publicity", r.Publicity); ok && r.Publicity != "" {
		notes = append(notes, d.T("paper.publicity", "Publicity", choice.Label))
	}
	if r.Person != "" || r.Phone != "" {
		notes = append(notes, d.T("paper.ring", "Person", r.Person, "Phone", r.Phone))
	}
	return notes
}

// copies are the bodies a copy goes to: as delivered, else the receiving office, and of the government's agencies the body that is set.
func (d Desk) copies(a casework.AssignmentView, agency registry.Agency, office registry.Office) []string {
	if told := a.Words["copies"]; told != "" {
		return strings.FieldsFunc(told, func(r rune) bool { return strings.ContainsRune(d.T("paper.separators"), r) })
	}
	copies := []string{office.Name}
	if agency.System == "government" {
		to := d.Settings[CopyTo]
		if to == "" {
			to = d.T("paper.copy_to")
		}
		copies = append(copies, to)
	}
	return copies
}

// Form is the sheet a deputy says on what he thinks of an answer 征询意见表.
func (d Desk) Form(v *casework.View, a casework.AssignmentView, r Reply, agency registry.Agency, office registry.Office) render.Questionnaire {
	answers := func(dictionary string) (boxes []render.Choice) {
		for _, c := range v.Procedure.Choices[dictionary] {
			boxes = append(boxes, render.Choice{Label: c.Label})
		}
		return boxes
	}
	limit := v.Procedure.Limits["evaluate"]
	fact := func(key, value string, wide bool) render.Fact {
		return render.Fact{Label: d.T("paper.form_" + key), Value: value, Wide: wide}
	}
	return render.Questionnaire{Fonts: d.fonts(), Title: d.T("paper.form_title"),
		Above: []string{d.T("paper.form_within_"+string(limit.Unit), "N", limit.N, "Office", office.Name)},
		Facts: []render.Fact{fact("number", d.of(v.Case), true), fact("title_label", v.Title, true), fact("deputies", d.several("person", Signers(v)), true),
			fact("agency", agency.Name, false), fact("document", r.Number, false)},
		Questions: []render.Question{{Label: d.T("paper.form_attitude"), Choices: answers("satisfaction")}, {Label: d.T("paper.form_result"), Choices: answers("satisfaction")},
			{Label: d.T("paper.form_contact"), Choices: append(answers("contact_mode"), render.Choice{Label: d.T("paper.form_no_contact")})}},
		Rooms: []render.Room{{Label: d.T("paper.form_comment"), Lines: 8, Foot: d.T("paper.form_signature")}},
		Below: []string{d.T("paper.form_below", "Office", office.Name, "Phone", office.Phone)}}
}

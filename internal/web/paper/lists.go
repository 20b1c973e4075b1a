package paper

import (
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/render"
	"lianxin/internal/suggestion"
)

const listPoints = 10.5 // size 5, what lists are set in (our default)

// HandOver is the letter that hands a batch over to its addressee 交办函, with the list enclosed.
func (d Desk) HandOver(b Batch) Laid {
	number, on := d.handed(b)
	limits := b.Procedure.Limits
	paragraphs := []string{d.T("paper.hand_over_1", "Raised", d.raised(b), "N", len(b.Items)),
		d.T("paper.hand_over_2_"+string(limits["handle"].Unit), "N", limits["handle"].N, "Wide", limits["handle_wide"].N),
		d.T("paper.hand_over_3", "Office", b.Office.Name, "Phone", b.Office.Phone)}
	if due := b.Session.BatchDue; due != "" && b.Phase == suggestion.Meeting {
		paragraphs = slices.Insert(paragraphs, 2, d.T("paper.hand_over_due", "Due", d.Date(due)))
	}
	list := d.table(b, d.pick("n", b.numbered(), "title", "deputy", "delegation", "category", "lead", "co", "due_on"), 9)
	for n, i := range b.Items {
		list.Rows[n][6].Text, list.Rows[n][7].Text = d.handling(b, i)
	}
	title := d.T("paper.hand_over_list")
	l := render.Letter{Form: render.LetterForm, Fonts: d.fonts(), Organ: b.Office.Name, Number: number, Title: d.T("paper.hand_over_title", "Raised", d.raised(b)),
		To: d.T("paper.to", "Who", b.Addressee.Name), Body: render.Paragraphs(strings.Join(paragraphs, "\n")), Attachments: render.Labelled{Label: d.T("paper.enclosed"), Items: []string{title}},
		Sign: b.Office.Name, Date: on, Comma: d.T("paper.comma"), Stop: d.T("paper.stop"),
		Enclosures: []render.Enclosure{{Label: d.T("paper.enclosure"), Title: title, Blocks: []render.Block{list}}}}
	return Laid{Document: l.Document(), Rows: list.Sheet()}
}

// handed is number and date of the letter of a batch, where its suggestions were all dispatched with one; else today's, with room for a number.
func (d Desk) handed(b Batch) (number, on string) {
	first := b.Items[0]
	number, on = b.Texts[first.Get(suggestion.LetterNumber)], d.Date(d.Today)
	same := func(value func(i Item) string) bool {
		return !slices.ContainsFunc(b.Items, func(i Item) bool { return value(i) != value(first) })
	}
	if number == "" || !same(func(i Item) string { return b.Texts[i.Get(suggestion.LetterNumber)] }) {
		number = d.T("paper.number_blank", "Year", d.Today.Year())
	}
	if same(func(i Item) string { return day(i.Row.DispatchedAt) }) {
		on = d.Date(dateOf(first.Row.DispatchedAt))
	}
	return number, on
}

// handling names who answers and who is heard: those it was split among, else those the office planned, else whom it was addressed to.
func (d Desk) handling(b Batch, i Item) (lead, co string) {
	answer, opine := suggestion.Handlers(b.Procedure, i.Parts)
	if len(answer) == 1 && answer[0].Get(casework.Distributes) != "" && i.Get(suggestion.PlanLead) != "" {
		return d.several("agency", append(split(i.Get(suggestion.PlanLead)), split(i.Get(suggestion.PlanSplit))...)), d.several("agency", split(i.Get(suggestion.PlanCo)))
	}
	ids := func(list []*casework.Assignment) (ids []string) {
		for _, a := range list {
			ids = append(ids, a.Agency)
		}
		return ids
	}
	return d.several("agency", ids(answer)), d.several("agency", ids(opine))
}

// Meeting is the list an assignment meeting goes through before anything is dispatched 交办会清单, gathered by who is to answer.
func (d Desk) Meeting(b Batch) Laid {
	columns := d.pick("n", b.numbered(), "title", "deputy", "delegation", "category", "plan_lead", "plan_co", "plan_split", "plan_words")
	groups := map[string][]Item{}
	for _, i := range b.Items {
		groups[i.Get(suggestion.PlanLead)] = append(groups[i.Get(suggestion.PlanLead)], i)
	}
	var leads []string
	for lead := range groups {
		leads = append(leads, lead)
	}
	slices.SortFunc(leads, func(x, y string) int { // what nobody is planned for stands last
		if (x == "") != (y == "") {
			return map[bool]int{true: 1, false: -1}[x == ""]
		}
		return strings.Compare(d.Names.Of("agency", x), d.Names.Of("agency", y))
	})
	t, plain := d.table(Batch{}, columns, listPoints), d.table(Batch{}, columns, listPoints)
	n := 0
	for _, lead := range leads {
		name := d.T("paper.unplanned")
		if lead != "" {
			name = d.Names.Of("agency", lead)
		}
		t.Rows = append(t.Rows, []render.Cell{{Text: d.T("paper.group", "Agency", name, "N", len(groups[lead])), Head: true, Span: len(columns)}})
		for _, i := range groups[lead] {
			n++
			row := d.line(b, columns, i, n)
			t.Rows, plain.Rows = append(t.Rows, row), append(plain.Rows, row)
		}
	}
	laid := d.list(render.A4Lying(), d.T("paper.meeting_title", "Raised", d.raised(b)), d.about(b), t)
	laid.Rows = plain.Sheet()
	return laid
}

// Receipts is the sheet on which what was handed over is signed for 签收表: a row an assignment.
func (d Desk) Receipts(b Batch, agency string) Laid {
	t := render.Table{Points: listPoints}
	for _, c := range []struct {
		key   string
		width float64
		align render.Align
	}{{"n", 1.2, render.Middle}, {b.numbered(), 3.6, render.Middle}, {"title", 7, render.Start}, {"agency", 3.6, render.Start}, {"part", 1.8, render.Middle}, {"dispatched_on", 2.5, render.Middle},
		{"due_on", 2.5, render.Middle}, {"signed_on", 2.5, render.Middle}, {"signed_by", 3, render.Middle}, {"remark", 2, render.Start}} {
		t.Columns = append(t.Columns, render.Column{Title: d.T("paper.column." + c.key), Width: c.width, Align: c.align})
	}
	gone := b.Procedure.Assignment.Gone()
	for _, i := range b.Items {
		for _, a := range i.Parts {
			if slices.Contains(gone, a.State) || agency != "" && a.Agency != agency {
				continue
			}
			row := render.Line(count(int64(len(t.Rows)+1)), d.numberOf(b, i), i.Title, d.Names.Of("agency", a.Agency), d.T("casework.part."+a.Part), day(a.AssignedAt), lastDay(a.Clocks.V["handle"].DueAt), day(a.SignedAt), "", "")
			if a.SignedAt != 0 {
				row[8].Text = b.Signed[a.ID]
			}
			row[0].Lines = 2 // room to sign
			t.Rows = append(t.Rows, row)
		}
	}
	return d.list(render.A4Lying(), d.T("paper.receipts_title", "Raised", d.raised(b)), d.about(b), t, d.T("paper.receipts_below"))
}

// Ledger is the year in the office's own columns, on A3 台账: the more columns, the smaller its type.
func (d Desk) Ledger(b Batch, columns []Chosen) Laid {
	points := listPoints
	switch n := len(columns); {
	case n > 16:
		points = 8
	case n > 12:
		points = 9
	}
	return d.list(render.A3(), d.T("paper.ledger_title", "Raised", d.raised(b)), d.about(b), d.table(b, columns, points))
}

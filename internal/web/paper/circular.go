package paper

import (
	"strconv"
	"strings"

	"lianxin/internal/figure"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/suggestion"
)

// Standing is how a batch stands as boards count it: in all, and by agency.
type Standing struct {
	Total suggestion.Line
	Lines []suggestion.Line
	Late  []Item // not answered by their legal date
	Key   []Item // 重点督办
}

// told are the numbers and shares of the circular's table, in the order of its columns.
var told = []string{"dispatched", "signed", "answered", "on_time", "late", "satisfied"}

var toldRates = []string{"answered", "on_time", "satisfied"}

// Circular is the circular on how the handling stands 督查通报; its figures are the boards' own.
func (d Desk) Circular(b Batch, s Standing, from string) Laid {
	table := d.standing(s)
	blocks := render.Paragraphs(strings.Join([]string{d.T("paper.circular_opening", "Raised", d.raised(b), "Date", d.Date(d.Today)), d.T("paper.circular_all"), d.overall(s.Total)}, "\n"))
	blocks = append(blocks, render.Paragraphs(d.T("paper.circular_agencies"))...)
	blocks = append(blocks, table)
	blocks = append(blocks, d.section("paper.circular_late", "paper.circular_none_late", b, s.Late, "n", b.numbered(), "title", "lead", "due_on", "days_late")...)
	blocks = append(blocks, d.section("paper.circular_key", "paper.circular_none_key", b, s.Key, "n", b.numbered(), "title", "lead", "key_leader", "key_committee", "state")...)
	blocks = append(blocks, render.Paragraphs(d.T("paper.circular_next")+"\n"+d.T("paper.circular_ask"))...)
	l := render.Letter{Form: render.FileForm, Fonts: d.fonts(), Organ: from, Number: d.T("paper.number_blank", "Year", d.Today.Year()), Title: d.T("paper.circular_title", "Raised", d.raised(b)), Body: blocks,
		Sign: from, Date: d.Date(d.Today), PrintedBy: from, PrintedOn: d.T("paper.printed_on", "Date", d.Date(d.Today)), Comma: d.T("paper.comma"), Stop: d.T("paper.stop")}
	return Laid{Document: l.Document(), Rows: table.Sheet()}
}

func (d Desk) overall(total suggestion.Line) string {
	var args []any
	for _, name := range append([]string{"raised", "due"}, told...) {
		args = append(args, name, total.Counts[name])
	}
	for _, rate := range suggestion.Rates() {
		args = append(args, "rate_"+rate.Name, d.percent(total, rate))
	}
	return d.T("paper.circular_totals", args...)
}

// percent is a rate of a line; a dash where nothing counts towards it.
func (d Desk) percent(l suggestion.Line, rate suggestion.Rate) string {
	counted, of := l.Share(rate)
	if p := (figure.Share{Counted: counted, Of: of}).Percent(); p != "" {
		return p + "%"
	}
	return d.T("paper.no_rate")
}

// standing is the table by agency, all of them together at its end.
func (d Desk) standing(s Standing) render.Table {
	t := render.Table{Points: 9, Columns: []render.Column{{Title: d.T("paper.column.agency"), Width: 3.6}}}
	for _, m := range told {
		t.Columns = append(t.Columns, render.Column{Title: d.T("paper.told." + m), Width: 1.1, Align: render.Middle})
	}
	for _, r := range toldRates {
		t.Columns = append(t.Columns, render.Column{Title: d.T("paper.rate." + r), Width: 1.7, Align: render.Middle})
	}
	add := func(name string, l suggestion.Line) {
		cells := []string{name}
		for _, m := range told {
			cells = append(cells, strconv.FormatInt(l.Counts[m], 10))
		}
		for _, name := range toldRates {
			for _, rate := range suggestion.Rates() {
				if rate.Name == name {
					cells = append(cells, d.percent(l, rate))
				}
			}
		}
		t.Rows = append(t.Rows, render.Line(cells...))
	}
	for _, l := range s.Lines {
		if l.Counts["dispatched"] == 0 {
			continue
		}
		add(d.Names.Of("agency", l.Group), l)
	}
	add(d.T("paper.all"), s.Total)
	return t
}

// section is a heading and a list, or a sentence that there is none.
func (d Desk) section(heading, none string, b Batch, items []Item, keys ...string) []render.Block {
	if len(items) == 0 {
		return render.Paragraphs(d.T(heading) + "\n" + d.T(none))
	}
	b.Items = items
	t := d.table(b, d.pick(keys...), 9)
	return append(render.Paragraphs(d.T(heading)+"\n"+d.T(heading+"_n", "N", len(items))), t)
}

// Forms are the questionnaires of several answers, each on a page of its own; what lists them is no spreadsheet.
func (d Desk) Forms(b Batch, forms []render.Questionnaire) Laid {
	doc := render.Document{Name: d.T("paper.forms_title", "Raised", d.raised(b)), Fonts: d.fonts()}
	for i, f := range forms {
		blocks := f.Document().Blocks
		if first, is := blocks[0].(render.Paragraph); is && i > 0 {
			first.NewPage = true
			blocks[0] = first
		}
		doc.Blocks = append(doc.Blocks, blocks...)
	}
	return Laid{Document: doc}
}

// Overview lists a batch for the page that offers its papers.
func (d Desk) Overview(b Batch) [][]string {
	return d.table(b, d.pick("number", "serial", "title", "deputy", "lead", "due_on", "state"), 0).Sheet()
}

// From is whose circular it is: the office's, or the agency's that oversees.
func From(office registry.Office, overseer registry.Agency) string {
	if overseer.Name != "" {
		return overseer.Name
	}
	return office.Name
}

package render

import (
	"io"
	"strings"
)

// page writes one document as HTML.
type page struct {
	markup
	doc   Document
	fonts Fonts
}

// HTML writes a document as one complete page, laid out for paper by CSS: what Printer prints, and what a browser prints by itself.
// It loads nothing and runs nothing, and says so in its policy.
func HTML(w io.Writer, d Document) error {
	d = d.complete()
	p := page{doc: d, fonts: d.Fonts}
	p.put(`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="viewport" content="width=device-width"><title>%s</title>
<style>
%s</style></head><body>
`, d.Name, raw(p.style()))
	p.opening()
	for _, b := range d.Blocks {
		switch b := b.(type) {
		case Paragraph:
			p.paragraph(b)
		case Table:
			if !b.empty() {
				p.table(b)
			}
		}
	}
	p.imprint()
	p.put("</body></html>\n")
	_, err := io.WriteString(w, p.String())
	return err
}

// opening writes the red head. The letter form's first page begins higher than the others, so that all of the head is on it.
func (p *page) opening() {
	h := p.doc.Head
	if h.first() {
		p.put(`<header class="first"><p class="class">%s</p>`, h.Class)
		if h.Form == LetterForm {
			p.put(`<p class="organ">%s</p><div class="rule"></div>`, h.Organ)
		}
		p.put("</header>\n")
	}
	switch h.Form {
	case LetterForm:
		p.put("<p class=\"Signed\">%s</p>\n", h.Number)
	case FileForm:
		p.put("<header class=\"file\"><p class=\"organ\">%s</p><p class=\"number\">%s</p></header>\n", h.Organ, h.Number)
	}
}

// tags are the elements of styles that are not plain paragraphs.
var tags = map[int]raw{0: "p", 1: "h1", 2: "h2", 3: "h3"}

func (p *page) paragraph(b Paragraph) {
	look := looks[b.Style]
	tag := tags[look.level]
	p.put(`<%s class="%s"%s>`, tag, look.id, p.placed(b))
	if 0 < b.Lead && b.Lead < len(b.Text) {
		p.put(`<span class="%s">`, looks[map[face]Style{headingFace: Heading, kaiFace: Heading2}[b.leadFace()]].id+"-lead")
		p.lines(b.Text[:b.Lead])
		p.put(`</span>`)
		b.Text = b.Text[b.Lead:]
	}
	p.lines(b.Text)
	p.put("</%s>\n", tag)
}

// placed is what a paragraph has beyond its style.
func (p *page) placed(b Paragraph) raw {
	var m markup
	char := float64(mmOf(p.doc.Paper.char()))
	first := looks[b.Style].indent
	if b.Before > 0 {
		m.put("margin-top:calc(%d*var(--line));", b.Before)
	}
	if b.Left+b.Hang > 0 {
		m.put("margin-left:%.3fmm;text-indent:%.3fmm;", (b.Left+first+b.Hang)*char, -b.Hang*char)
	}
	if b.Right > 0 {
		m.put("margin-right:%.3fmm;", b.Right*char)
	}
	if b.Keep {
		m.put("break-after:avoid;")
	}
	if b.NewPage {
		m.put("break-before:page;")
	}
	if m.Len() == 0 {
		return ""
	}
	return raw(` style="` + m.String() + `"`)
}

// lines writes a text with its line feeds; a paragraph without text keeps its height.
func (p *page) lines(text string) {
	if text == "" {
		p.put("<br>")
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			p.put("<br>")
		}
		p.put("%s", line)
	}
}

func (p *page) table(t Table) {
	p.put(`<table style="font-size:%.4gpt;line-height:%.4gpt"`, t.points(), t.lineHeight())
	if t.Plain {
		p.put(` class="plain"`)
	}
	p.put("><colgroup>")
	for _, width := range t.widths(100) {
		p.put(`<col style="width:%.4f%%">`, float64(width))
	}
	p.put("</colgroup>\n")
	if t.headed() {
		p.put("<thead>")
		p.row(t, t.headRow(), "col")
		p.put("</thead>\n")
	}
	p.put("<tbody>\n")
	for _, row := range t.Rows {
		p.row(t, row, "row")
	}
	p.put("</tbody></table>\n")
}

func (p *page) row(t Table, row []Cell, scope raw) {
	p.put("<tr>")
	at := 0
	for _, c := range row {
		if at >= len(t.Columns) {
			break
		}
		span := min(max(1, c.Span), len(t.Columns)-at)
		p.cell(t, c, t.alignOf(c, at), span, scope)
		at += span
	}
	for ; at < len(t.Columns); at++ {
		p.put("<td></td>")
	}
	p.put("</tr>\n")
}

func (p *page) cell(t Table, c Cell, align Align, span int, scope raw) {
	tag, attributes := raw("td"), raw("")
	if c.Head {
		tag, attributes = "th", ` scope="`+scope+`"`
	}
	if span > 1 {
		attributes += raw(sprintf(` colspan="%d"`, span))
	}
	p.put(`<%s%s style="%s">`, tag, attributes, t.cellStyle(c, align))
	if c.Text != "" {
		p.lines(c.Text)
	}
	p.choices(c.Choices, c.Text != "")
	if c.Foot != "" {
		p.put(`<span class="foot">%s</span>`, c.Foot)
	}
	p.put("</%s>", tag)
}

func (t Table) cellStyle(c Cell, align Align) string {
	style := sprintf("text-align:%s;", css[align])
	if c.Lines > 1 {
		style += sprintf("height:%.4gpt;", float64(c.Lines)*t.lineHeight())
	}
	if c.Foot != "" {
		style += "position:relative;vertical-align:top;padding-bottom:1.5em;"
	}
	return style
}

func (p *page) choices(choices []Choice, space bool) {
	for _, choice := range choices {
		if space {
			p.put("\u3000")
		}
		box := boxOpen
		if choice.Ticked {
			box = boxTicked
		}
		p.put(`<span class="choice"><span class="box">%c</span>%s</span>`, box, choice.Label)
		space = true
	}
}

// imprint is bound to the end of the text by name: see its style.
func (p *page) imprint() {
	i := p.doc.Foot
	if i.empty() {
		return
	}
	p.put("<div class=\"end\"></div>\n<footer class=\"imprint%s\">", map[bool]raw{true: " lined"}[i.Lines])
	if i.Copies != "" {
		p.put(`<p class="copies">%s</p>`, i.Copies)
	}
	if i.last() {
		p.put(`<p class="printed"><span>%s</span><span>%s</span></p>`, i.By, i.On)
	}
	p.put("</footer>\n")
}

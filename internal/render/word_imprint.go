package render

const (
	imprintPoints = 14               // size 4 (7.4.2)
	imprintLine   = 20               // points from line to line; our default
	outerLine     = 0.35 * 72 / 25.4 // points, above and below (7.4.1)
	innerLine     = 0.25 * 72 / 25.4 // between
)

// imprint stands in a frame at the text area's bottom, on the page of the paragraph behind it, which is the last (7.4).
func (w *word) imprint() {
	i := w.doc.Foot
	if i.empty() {
		return
	}
	const in = imprintPoints * 20 // one character from either edge
	if i.Copies != "" {
		hang := int(i.Label * in)
		w.imprintText(i.Copies, "", raw(sprintf(`<w:ind w:left="%d" w:right="%d" w:hanging="%d"/><w:jc w:val="both"/>`, in+hang, in, hang)))
	}
	if i.last() {
		right := w.doc.Paper.textWidth().twips() - in
		w.imprintText(i.By+"\t"+i.On, raw(sprintf(`<w:tabs><w:tab w:val="right" w:pos="%d"/></w:tabs>`, right)), raw(sprintf(`<w:ind w:left="%d" w:right="%d"/>`, in, in)))
	}
	w.put(`<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="20" w:lineRule="exact"/></w:pPr>`)
	if i.Lines {
		for n, r := range i.rules(w.doc.Paper) {
			w.rule(n+1, r)
		}
	}
	w.put(`</w:p>`)
}

func (i Imprint) last() bool { return i.By != "" || i.On != "" }

// rules are lines as wide as the text area: above the first part, between the two, and at the text area's bottom. They are drawn, not borders: LibreOffice drops a frame's place when its paragraphs have borders.
func (i Imprint) rules(p Paper) []rule {
	line := func(above float64, points float64) rule {
		return rule{from: "margin", width: p.textWidth(), y: p.textHeight() - mmOf(above*imprintLine), points: points, colour: "000000"}
	}
	rules, high := []rule{line(0, outerLine)}, 0.0
	if i.last() {
		high++
	}
	if i.Copies != "" && i.last() {
		rules = append(rules, line(high, innerLine))
	}
	return append(rules, line(high+i.copyLines(p), outerLine))
}

// copyLines is how many lines the bodies copied to take: further lines are as long as the first less its label.
func (i Imprint) copyLines(p Paper) float64 {
	if i.Copies == "" {
		return 0
	}
	return wrapped(i.Copies, p.textWidth().points()/imprintPoints-2, i.Label)
}

func (w *word) imprintText(text string, tabs, indents raw) {
	w.put(`<w:p><w:pPr><w:framePr w:w="%d" w:hSpace="0" w:wrap="around" w:vAnchor="margin" w:hAnchor="margin" w:xAlign="left" w:yAlign="bottom"/>%s<w:snapToGrid w:val="0"/><w:spacing w:line="%d" w:lineRule="exact"/>%s</w:pPr>`,
		w.doc.Paper.textWidth().twips(), tabs, imprintLine*20, indents)
	w.run(text, raw(sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, 2*imprintPoints, 2*imprintPoints)))
	w.put(`</w:p>`)
}

// nothing is a paragraph without height, to stand behind a table: two tables would grow together, and a body may not end in one.
func (w *word) nothing() {
	w.put(`<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="20" w:lineRule="exact"/></w:pPr></w:p>`)
}

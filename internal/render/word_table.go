package render

import "strings"

// table writes a table over the whole text area: fixed columns, a head on every page, rows that no page cuts.
func (w *word) table(t Table) {
	widths := t.widths(w.doc.Paper.textWidth())
	margin := cellMargin.twips()
	w.put(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/>`, w.doc.Paper.textWidth().twips())
	if !t.Plain {
		w.put(`<w:tblBorders>`)
		for _, side := range []raw{"top", "left", "bottom", "right", "insideH", "insideV"} {
			w.put(`<w:%s w:val="single" w:sz="4" w:space="0" w:color="000000"/>`, side)
		}
		w.put(`</w:tblBorders>`)
	}
	w.put(`<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="%d" w:type="dxa"/><w:left w:w="%d" w:type="dxa"/><w:bottom w:w="%d" w:type="dxa"/><w:right w:w="%d" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, margin/2, margin, margin, margin)
	for _, width := range widths {
		w.put(`<w:gridCol w:w="%d"/>`, width.twips())
	}
	w.put(`</w:tblGrid>`)
	if t.headed() {
		w.row(t, widths, t.headRow(), true)
	}
	for _, row := range t.Rows {
		w.row(t, widths, row, false)
	}
	w.put(`</w:tbl>`)
}

func (w *word) row(t Table, widths []MM, row []Cell, head bool) {
	lines := 1
	for _, c := range row {
		lines = max(lines, c.Lines)
	}
	w.flush(enough)
	w.put(`<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="%d" w:hRule="atLeast"/>`, int((float64(lines)*t.lineHeight()+6)*20))
	if head {
		w.put(`<w:tblHeader/>`)
	}
	w.put(`</w:trPr>`)
	at := 0
	for _, c := range row {
		if at >= len(widths) {
			break // a row with more cells than columns: Word would refuse the file
		}
		next := min(at+max(1, c.Span), len(widths))
		w.cell(t, c, t.alignOf(c, at), sum(widths[at:next]), next-at)
		at = next
	}
	for ; at < len(widths); at++ {
		w.cell(t, Cell{}, Start, widths[at], 1)
	}
	w.put(`</w:tr>`)
}

func sum(lengths []MM) (total MM) {
	for _, l := range lengths {
		total += l
	}
	return total
}

func (w *word) cell(t Table, c Cell, align Align, width MM, span int) {
	w.put(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, width.twips())
	if span > 1 {
		w.put(`<w:gridSpan w:val="%d"/>`, span)
	}
	if c.Foot == "" {
		w.put(`<w:vAlign w:val="center"/>`)
	}
	w.put(`</w:tcPr>`)
	w.cellText(t, c, align)
	w.put(`</w:tc>`)
}

// cellText writes a cell's lines, the boxes behind the last, and its foot under as many empty ones as push it to the bottom.
func (w *word) cellText(t Table, c Cell, align Align) {
	size := raw(sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, int(2*t.points()), int(2*t.points())))
	if c.Head {
		size = raw(w.faceProperty(headingFace)) + size
	}
	lines := strings.Split(c.Text, "\n")
	for i, line := range lines {
		choices := c.Choices
		if i < len(lines)-1 {
			choices = nil
		}
		w.cellLine(t, line, align, size, choices)
	}
	if c.Foot == "" {
		return
	}
	for range c.Lines - len(lines) - 1 {
		w.cellLine(t, "", align, size, nil)
	}
	w.cellLine(t, c.Foot, End, size, nil)
}

func (w *word) cellLine(t Table, text string, align Align, size raw, choices []Choice) {
	w.put(`<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="%d" w:lineRule="exact"/><w:jc w:val="%s"/></w:pPr>`, int(t.lineHeight()*20), alignments[align])
	w.run(text, size)
	w.choices(choices, size, text != "")
	w.put(`</w:p>`)
}

// choices writes boxes that can be ticked in Word itself.
func (w *word) choices(choices []Choice, size raw, space bool) {
	for _, c := range choices {
		if space {
			w.run("\u3000", size)
		}
		space = true
		ticked, box := 0, boxOpen
		if c.Ticked {
			ticked, box = 1, boxTicked
		}
		w.put(`<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="%d"/><w14:checkedState w14:val="%04X" w14:font="%s"/><w14:uncheckedState w14:val="%04X" w14:font="%s"/></w14:checkbox></w:sdtPr><w:sdtContent>`,
			ticked, boxTicked, w.fonts.Page, boxOpen, w.fonts.Page)
		w.run(string(box), raw(sprintf(`<w:rFonts w:ascii="%s" w:hAnsi="%s" w:eastAsia="%s" w:hint="eastAsia"/>`, w.fonts.Page, w.fonts.Page, w.fonts.Page))+size)
		w.put(`</w:sdtContent></w:sdt>`)
		w.run(c.Label, size)
	}
}

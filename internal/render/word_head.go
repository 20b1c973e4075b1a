package render

// opening writes what stands above the first block: the letter's number, or the head of the file form.
func (w *word) opening() {
	h := w.doc.Head
	switch h.Form {
	case LetterForm:
		w.paragraph(Paragraph{Style: Signed, Text: h.Number, Keep: true})
	case FileForm:
		w.fileHead(h)
	}
}

// fileHead: the name 35 mm into the text area, the number two lines under it, a line 4 mm further down (7.2.4, 7.2.5, 7.2.7).
func (w *word) fileHead(h Head) {
	size, space := h.nameType(w.doc.Paper.textWidth())
	before := fileTop.points() - headingRise*size
	w.put(`<w:p><w:pPr><w:keepNext/><w:snapToGrid w:val="0"/><w:spacing w:before="%d" w:line="%d" w:lineRule="exact"/><w:jc w:val="center"/></w:pPr>`, int(before*20), int(headingRoom*size*20))
	w.redName(h.Organ, size, space)
	w.put(`</w:p><w:p><w:pPr><w:pStyle w:val="Flush"/><w:keepNext/><w:pBdr><w:bottom w:val="single" w:sz="16" w:space="%d" w:color="FF0000"/></w:pBdr><w:spacing w:before="%d"/><w:jc w:val="center"/></w:pPr>`,
		int(ruleGap.points()), 2*w.doc.Paper.pitch())
	w.run(h.Number, "")
	w.put(`</w:p>`)
}

func (w *word) redName(name string, size, space float64) {
	w.run(name, raw(w.faceProperty(titleFace)+sprintf(`<w:color w:val="FF0000"/><w:spacing w:val="%d"/><w:sz w:val="%d"/><w:szCs w:val="%d"/>`, int(space*20), int(size*2), int(size*2))))
}

// firstHeader is the letter form's red head. It stands in the page's header, whose height pushes the text down to where the number belongs; other pages have none.
func (w *word) firstHeader() {
	w.put(`%s<w:hdr%s>`, xmlHead, wordSpaces)
	h, p := w.doc.Head, w.doc.Paper
	size, space := h.nameType(ruleWidth)
	above := (letterTop - classTop).points() - headingRise*size
	w.put(`<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="%d" w:lineRule="exact"/><w:jc w:val="right"/></w:pPr>`, int(above*20))
	w.run(h.Class, raw(w.faceProperty(headingFace)))
	w.put(`</w:p>`)
	if h.Form == LetterForm {
		w.letterHead(h, p, size, space)
	}
	w.put(`</w:hdr>`)
}

// headerEdge is the distance of the first page's header from the page's top edge: it begins with the class letter.
func (w *word) headerEdge() MM {
	if w.doc.Head.first() {
		return classTop
	}
	return w.doc.Paper.Top / 2
}

func (w *word) letterHead(h Head, p Paper, size, space float64) {
	side := (p.Width - ruleWidth) / 2
	w.put(`<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="%d" w:lineRule="exact"/><w:ind w:left="%d" w:right="%d"/><w:jc w:val="center"/></w:pPr>`,
		int(headingRoom*size*20), (side - p.Left).twips(), (side - p.Right).twips())
	w.redName(h.Organ, size, space)
	for i, r := range h.rules(p) {
		w.rule(i+1, r)
	}
	text := h.firstRule().points() + doubleRule + numberGap - numberRise // where the number's line begins
	below := text - letterTop.points() - (headingRoom-headingRise)*size
	w.put(`</w:p><w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="%d" w:lineRule="exact"/></w:pPr></w:p>`, int(below*20))
}

// rule draws a line as a shape, and in VML for readers older than 2010.
func (w *word) rule(id int, r rule) {
	w.put(`<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="%d" behindDoc="1" locked="1" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="%s"><wp:posOffset>%d</wp:posOffset></wp:positionH><wp:positionV relativeFrom="%s"><wp:posOffset>%d</wp:posOffset></wp:positionV><wp:extent cx="%d" cy="0"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/><wp:docPr id="%d" name="rule %d"/><wp:cNvGraphicFramePr/>`,
		id, r.from, r.x.emus(), r.from, r.y.emus(), r.width.emus(), id, id)
	w.put(`<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvCnPr/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="0"/></a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="%d" cap="flat"><a:solidFill><a:srgbClr val="%s"/></a:solidFill></a:ln></wps:spPr><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>`,
		r.width.emus(), int(r.points*12700), r.colour)
	w.put(`<mc:Fallback><w:pict><v:line style="position:absolute;mso-position-horizontal-relative:%s;mso-position-vertical-relative:%s" from="%.2fpt,%.2fpt" to="%.2fpt,%.2fpt" strokecolor="#%s" strokeweight="%.2fpt"/></w:pict></mc:Fallback></mc:AlternateContent></w:r>`,
		r.from, r.from, r.x.points(), r.y.points(), (r.x + r.width).points(), r.y.points(), r.colour, r.points)
}

// footerEdge is the distance of the page number's line from the page's bottom edge: its dashes stand 7 mm under the text area (7.5), a little above the middle of their line.
func (w *word) footerEdge() MM {
	if w.doc.Pages.Style == PageDashes {
		return w.doc.Paper.Bottom - pageNumber - mmOf(numberLine*0.45)
	}
	return w.doc.Paper.Bottom / 2
}

// firstFooter has no number in the letter form (10.1).
func (w *word) firstFooter() {
	if w.doc.Head.Form != LetterForm {
		w.oddFooter()
		return
	}
	w.put(`%s<w:ftr%s><w:p/></w:ftr>`, xmlHead, wordSpace)
}

func (w *word) oddFooter()  { w.footer("right") }
func (w *word) evenFooter() { w.footer("left") }

func (w *word) footer(side raw) {
	w.put(`%s<w:ftr%s><w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="%d" w:lineRule="exact"/>`, xmlHead, wordSpace, int(numberLine*20))
	words := w.doc.Pages.words()
	if w.doc.Pages.Style == PageOfAll {
		w.put(`<w:jc w:val="center"/></w:pPr>`)
	} else {
		w.put(`<w:ind w:%s="280"/><w:jc w:val="%s"/></w:pPr>`, side, side) // one character of size 4 in
	}
	w.numeral(words[0])
	w.field("PAGE")
	w.numeral(words[1])
	if w.doc.Pages.Style == PageOfAll {
		w.field("NUMPAGES")
		w.numeral(words[2])
	}
	w.put(`</w:p></w:ftr>`)
}

// words are what stands around the page's number, and around the number of all.
func (p Pages) words() [3]string {
	switch {
	case p.Style == PageDashes:
		return [3]string{"— ", " —"}
	case p.Words == [3]string{}:
		return [3]string{"", " / ", ""}
	}
	return p.Words
}

func (w *word) numeral(text string) {
	if text != "" {
		w.run(text, w.numeralType())
	}
}

// numeralType is size 4 in the face of page numbers, half-width figures too.
func (w *word) numeralType() raw {
	var m markup
	m.put(`<w:rFonts w:ascii="%s" w:hAnsi="%s" w:eastAsia="%s" w:hint="eastAsia"/><w:sz w:val="28"/><w:szCs w:val="28"/>`, w.fonts.Page, w.fonts.Page, w.fonts.Page)
	return raw(m.String())
}

func (w *word) field(name raw) {
	for _, part := range []raw{`<w:fldChar w:fldCharType="begin"/>`, `<w:instrText xml:space="preserve"> ` + name + ` </w:instrText>`, `<w:fldChar w:fldCharType="separate"/>`, `<w:t>1</w:t>`, `<w:fldChar w:fldCharType="end"/>`} {
		w.put(`<w:r><w:rPr>%s</w:rPr>%s</w:r>`, w.numeralType(), part)
	}
}

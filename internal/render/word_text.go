package render

import (
	"math"
	"regexp"
	"strings"
)

// styles makes Word's styles of the looks. They do not lean on the page's grid, which every reader lays out differently: their lines are exact and their characters set
// as close as the grid's, so that 22 lines of 28 characters come out everywhere. The grid is for what is typed in later.
func (w *word) styles() {
	w.put(`%s<w:styles%s><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="%s" w:hAnsi="%s" w:eastAsia="%s" w:cs="%s"/><w:sz w:val="%d"/><w:szCs w:val="%d"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>`,
		xmlHead, wordSpace, w.fonts.Latin, w.fonts.Latin, w.fonts.Body, w.fonts.Latin, 2*bodyPoints, 2*bodyPoints)
	w.put(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`)
	for _, l := range looks {
		w.put(`<w:style w:type="paragraph" w:customStyle="1" w:styleId="%s"><w:name w:val="Lianxin %s"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr><w:snapToGrid w:val="0"/>`, l.id, l.id)
		w.put(`<w:spacing w:after="%d" w:line="%d" w:lineRule="exact"/>`, int(l.after*20), w.lineOf(l))
		if l.indent > 0 {
			w.put(`<w:ind w:firstLineChars="%d" w:firstLine="%d"/>`, int(l.indent*100), w.chars(l.indent))
		}
		w.put(`<w:jc w:val="%s"/>`, alignments[l.align])
		if l.level > 0 {
			w.put(`<w:outlineLvl w:val="%d"/>`, l.level-1)
		}
		w.put(`</w:pPr><w:rPr><w:rFonts w:eastAsia="%s"/><w:spacing w:val="%d"/><w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr></w:style>`, w.fonts.of(l.face), w.tighter(l), int(2*l.points), int(2*l.points))
	}
	w.put(`</w:styles>`)
}

var alignments = [...]raw{Start: "left", Middle: "center", End: "right", Both: "both"}

// lineOf is a style's line in twips.
func (w *word) lineOf(l look) int {
	if l.line == 0 {
		return w.doc.Paper.pitch()
	}
	return int(l.line * 20)
}

// tighter is what a style takes from between its characters, in twips: the text's are a little closer than their size, for 28 to fit.
func (w *word) tighter(l look) int {
	if l.points != bodyPoints || w.doc.Paper.Chars == 0 {
		return 0
	}
	return int(math.Floor((w.doc.Paper.char() - bodyPoints) * 20))
}

// chars is a length given in characters of the text, in twips.
func (w *word) chars(n float64) int {
	return int(n * w.doc.Paper.char() * 20)
}

func (w *word) paragraph(p Paragraph) {
	w.put(`<w:p><w:pPr><w:pStyle w:val="%s"/>`, looks[p.Style].id)
	if p.Keep {
		w.put(`<w:keepNext/>`)
	}
	if p.NewPage {
		w.put(`<w:pageBreakBefore/>`)
	}
	if p.Before > 0 {
		w.put(`<w:spacing w:before="%d"/>`, p.Before*w.doc.Paper.pitch())
	}
	w.indents(p)
	w.put(`</w:pPr>`)
	if 0 < p.Lead && p.Lead < len(p.Text) {
		w.run(p.Text[:p.Lead], raw(w.faceProperty(p.leadFace())))
		p.Text = p.Text[p.Lead:]
	}
	w.run(p.Text, "")
	w.put(`</w:p>`)
}

// indents writes what a paragraph has beyond its style. Hanging: the whole stands in, and the first line as far out as its own indent leaves.
func (w *word) indents(p Paragraph) {
	if p.Left == 0 && p.Right == 0 && p.Hang == 0 {
		return
	}
	first := looks[p.Style].indent
	left := p.Left + first + p.Hang
	w.put(`<w:ind w:left="%d" w:right="%d"`, w.chars(left), w.chars(p.Right))
	switch {
	case p.Hang > 0:
		w.put(` w:hangingChars="0" w:firstLineChars="0" w:hanging="%d"`, w.chars(p.Hang))
	case first > 0:
		w.put(` w:firstLineChars="0" w:firstLine="0"`)
	}
	w.put(`/>`)
}

func (w *word) faceProperty(which face) string {
	var m markup
	m.put(`<w:rFonts w:eastAsia="%s" w:hint="eastAsia"/>`, w.fonts.of(which))
	return m.String()
}

// run writes a text; the hint has quotation marks and dashes in the Chinese face.
func (w *word) run(text string, properties raw) {
	if !strings.HasPrefix(string(properties), "<w:rFonts") {
		properties = `<w:rFonts w:hint="eastAsia"/>` + properties
	}
	for i, line := range strings.Split(text, "\n") {
		w.put(`<w:r><w:rPr>%s</w:rPr>`, properties)
		if i > 0 {
			w.put(`<w:br/>`)
		}
		for j, piece := range strings.Split(line, "\t") {
			if j > 0 {
				w.put(`<w:tab/>`)
			}
			w.words(piece)
		}
		w.put(`</w:r>`)
	}
}

// words writes a text without line feeds and tabs. A hyphen between figures does not break: telephone numbers and dates stay whole.
func (w *word) words(text string) {
	for text != "" {
		whole, rest := text, ""
		if at := figuresHyphen.FindStringIndex(text); at != nil {
			whole, rest = text[:at[0]+1], text[at[0]+2:]
		}
		w.put(`<w:t xml:space="preserve">%s</w:t>`, whole)
		if len(whole)+len(rest) < len(text) {
			w.put(`<w:noBreakHyphen/>`)
		}
		text = rest
	}
}

var figuresHyphen = regexp.MustCompile(`[0-9]-[0-9]`)

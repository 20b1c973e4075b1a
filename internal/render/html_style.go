package render

import "strings"

var css = [...]raw{Start: "left", Middle: "center", End: "right", Both: "justify"}

// style is the page's CSS: the paper, the text, the tables, then what the document has of heads, imprint and numbers.
func (p *page) style() string {
	m := &page{doc: p.doc, fonts: p.fonts}
	m.paper()
	m.text()
	m.put("%s", tableStyle)
	m.head()
	m.imprintStyle()
	return m.String()
}

// lineMM is the distance of lines: a little less than the page's height by its lines, so that rounding to the screen's dots leaves room for the last.
func (p *page) lineMM() MM {
	return mmOf(float64(p.doc.Paper.pitch())/20) - 0.005
}

// firstTop is where the first page's text begins: where there is a class letter or a letter's head, that is its top.
func (p *page) firstTop() MM {
	if p.doc.Head.first() {
		return min(classTop, p.doc.Paper.Top)
	}
	return p.doc.Paper.Top
}

func (p *page) paper() {
	s, in := p.doc.Paper, p.inset()
	p.put("@page{size:%gmm %gmm;margin:%gmm %gmm %gmm %gmm}\n", float64(s.Width), float64(s.Height), float64(s.Top), float64(s.Right-in.right), float64(s.Bottom), float64(s.Left-in.left))
	p.numbers()
	if top := p.firstTop(); top != s.Top {
		p.put("@page :first{margin-top:%gmm}\n", float64(top))
	}
	p.put(":root{--line:%.3fmm;color-scheme:light;print-color-adjust:exact;-webkit-print-color-adjust:exact}\n", float64(p.lineMM()))
	p.put("body{position:relative;margin:0;padding:0 %.3fmm 0 %.3fmm;color:#000;line-break:strict;overflow-wrap:anywhere;text-spacing-trim:space-all;text-autospace:no-autospace;hyphens:none}\n", float64(in.right), float64(in.left))
	p.put("@media screen{html{background:#ddd}body{width:%gmm;margin:8mm auto;padding:%gmm %gmm %gmm %gmm;background:#fff}}\n",
		float64(s.textWidth()), float64(p.firstTop()), float64(s.Right), float64(s.Bottom), float64(s.Left))
}

// numbers stand in the page's margin: 7 mm under the text to their dashes, odd ones right, even left, one character in (7.5); or in the middle.
func (p *page) numbers() {
	words := p.doc.Pages.words()
	const box = "vertical-align:top;white-space:pre;font-size:14pt;line-height:14pt;"
	at := float64(pageNumber) - 7/pointsPerMM
	switch p.doc.Pages.Style {
	case PageDashes:
		for _, side := range []raw{"right", "left"} {
			p.put("@page :%s{@bottom-%s{content:%s counter(page) %s;font-family:%s;padding-top:%.2fmm;padding-%s:calc(14pt + %.3fmm);%s}}\n", side, side, quoted(words[0]), quoted(words[1]), p.family(pageFace), at, side, map[raw]float64{"left": float64(p.inset().left), "right": float64(p.inset().right)}[side], raw(box))
		}
	case PageOfAll:
		p.put("@page{@bottom-center{content:%s counter(page) %s counter(pages) %s;font-family:%s;padding-top:%.2fmm;%s}}\n", quoted(words[0]), quoted(words[1]), quoted(words[2]), p.family(pageFace), at, raw(box))
	}
}

// quoted makes a CSS string that neither ends early nor closes the style element.
func quoted(s string) raw {
	var b strings.Builder
	for _, r := range printable(s) {
		switch {
		case strings.ContainsRune(`"\<>&`, r) || r < ' ':
			b.WriteString(sprintf(`\%x `, r))
		default:
			b.WriteRune(r)
		}
	}
	return raw(`"` + b.String() + `"`)
}

// family is a face with what stands in for it: the name other systems know it by, then the free ones.
func (p *page) family(which face) raw {
	names := []raw{quoted(p.fonts.of(which))}
	if p.fonts.of(which) == standard.names.of(which) {
		names = append(names, quoted(standard.alternates.of(which)))
	}
	free := raw(`"Noto Serif CJK SC","Noto Serif SC",serif`)
	if which == headingFace {
		free = `"Noto Sans CJK SC","Noto Sans SC",sans-serif`
	}
	return raw(sprintf("%s,%s", names[0], raw(joined(names[1:], free))))
}

func joined(names []raw, last raw) string {
	text := ""
	for _, n := range names {
		text += string(n) + ","
	}
	return text + string(last)
}

// latin is the face of letters and figures under a name of ours, which has no other characters: quotation marks and dashes are to be Chinese.
const latin raw = `"latin"`

func (p *page) text() {
	p.put("@font-face{font-family:%s;src:local(%s),local(\"Liberation Serif\"),local(\"Tinos\");unicode-range:U+20-7E,U+A0-2FF}\n", latin, quoted(p.fonts.Latin))
	char := float64(mmOf(p.doc.Paper.char()))
	for _, l := range looks {
		p.put(".%s{margin:0 0 %.4gpt;font:normal %.4gpt/1 %s,%s;", l.id, l.after, l.points, latin, p.family(l.face))
		if l.line == 0 {
			p.put("line-height:var(--line);")
		} else {
			p.put("line-height:%.4gpt;", l.line)
		}
		if l.points == bodyPoints && p.doc.Paper.Chars > 0 {
			p.put("letter-spacing:%.3fpt;", p.doc.Paper.char()-bodyPoints-0.01)
		}
		p.put("text-align:%s;text-indent:%.3fmm}\n", css[l.align], l.indent*char)
	}
	p.put(".Heading1-lead{font-family:%s,%s}.Heading2-lead{font-family:%s,%s}\n", latin, p.family(headingFace), latin, p.family(kaiFace))
	p.put("table{font-family:%s,%s}th{font-family:%s,%s}.box{font-family:%s}\n", latin, p.family(bodyFace), latin, p.family(headingFace), p.family(pageFace))
}

// tableStyle draws each cell's right and lower line, and the left and upper ones where nothing stands before: lines that grow together are cut off at the page's edge, and drawn once more at its foot.
const tableStyle raw = `table{width:calc(100% - 1px);table-layout:fixed;border-collapse:separate;border-spacing:0}
thead{display:table-header-group}tr{break-inside:avoid}
td,th{box-sizing:border-box;border:solid #000;border-width:0 .5pt .5pt 0;padding:.5mm 1mm 1mm;font-weight:normal;vertical-align:middle}
tr>:first-child{border-left-width:.5pt}thead tr:first-child>*,tbody:nth-child(2) tr:first-child>*{border-top-width:.5pt}
.plain td,.plain th{border:0}.choice{white-space:nowrap}.foot{position:absolute;right:1mm;bottom:1mm;white-space:pre}
`

// nameRise is how far under its line's top the red name's ink begins, in its size: a mean of faces that differ by twice as much.
const nameRise = 0.04

// head is the red head's measures (head.go). It stands in the flow: what is placed absolutely would put the imprint's anchor out.
func (p *page) head() {
	h := p.doc.Head
	size, space := h.nameType(map[Form]MM{LetterForm: ruleWidth, FileForm: p.doc.Paper.textWidth()}[h.Form])
	rise := mmOf(nameRise * size)
	p.put("header p{margin:0}.first{height:%.3fmm}.class{height:%.3fmm;text-align:right;font:%dpt/1.4 %s,%s}\n",
		float64(p.headHeight()), float64(letterTop-classTop-rise), bodyPoints, latin, p.family(headingFace))
	p.put(".organ{color:red;font-family:%s;line-height:1;text-align:center;white-space:nowrap}\n", p.family(titleFace))
	in := p.inset()
	switch h.Form {
	case LetterForm:
		p.put("header .organ,.rule{margin:0 %.3fmm 0 %.3fmm}.organ{font-size:%.4gpt;letter-spacing:%.4gpt;text-indent:%.4gpt}\n", -float64(in.right), -float64(in.left), size, space, space)
		p.put("header .rule{margin-top:%gmm;height:%gpt;border-top:%gpt solid red;border-bottom:%gpt solid red}\n", float64(ruleGap+rise), thin, thick, thin)
		p.lastRule()
	case FileForm:
		p.put(".file .organ{padding-top:%gmm;font-size:%.4gpt;letter-spacing:%.4gpt;text-indent:%.4gpt}\n", float64(p.doc.Paper.Top+fileTop-p.firstTop()-p.headHeight()), size, space, space)
		p.put(".file .number{padding:calc(2*var(--line)) 0 %gmm;border-bottom:2pt solid red;font:%dpt/1.2 %s,%s;text-align:center;break-after:avoid}\n", float64(ruleGap), bodyPoints, latin, p.family(bodyFace))
	}
}

// inset is how far the text stands in from the page's area at either side. A letter's is as wide as its double lines, which are wider than the text: what stands out into the margin is cut off.
func (p *page) inset() (in struct{ left, right MM }) {
	if p.doc.Head.Form == LetterForm {
		side := (p.doc.Paper.Width - ruleWidth) / 2
		in.left, in.right = p.doc.Paper.Left-side, p.doc.Paper.Right-side
	}
	return in
}

// headHeight is how high the first page's head is: down to where the number's line begins, its characters the standard's distance under the double line.
func (p *page) headHeight() MM {
	switch {
	case p.doc.Head.Form == LetterForm:
		half := (p.lineMM() - mmOf(bodyPoints)) / 2
		return p.doc.Head.firstRule() + mmOf(doubleRule+numberGap) - half - classTop
	case p.doc.Head.Class != "":
		return p.doc.Paper.Top - p.firstTop()
	}
	return 0
}

// lastRule draws the double line at the first page's foot in the margin, and takes the page's number from it.
func (p *page) lastRule() {
	top := p.doc.Paper.Bottom - lastRule - mmOf(doubleRule)
	p.put("@page :first{@bottom-right{content:none}@bottom-left{content:none}@bottom-center{content:\"\";vertical-align:top;box-sizing:content-box;width:%gmm;margin:%.3fmm 0 0;height:%gpt;padding:0;border-top:%gpt solid red;border-bottom:%gpt solid red}}\n",
		float64(ruleWidth), float64(top), thin, thin, thick)
}

// imprintStyle puts the imprint at the bottom of the page on which the text ends: as far down as the pages so far reach. A browser that knows no anchors leaves it under the text.
func (p *page) imprintStyle() {
	i, s := p.doc.Foot, p.doc.Paper
	if i.empty() {
		return
	}
	high := i.height(s)
	p.put(".imprint{display:flex;flex-direction:column;justify-content:flex-end;height:%.3fmm;font:%dpt/%dpt %s,%s;margin-top:var(--line);break-inside:avoid}.imprint p{margin:0;padding:0 1em}.copies{text-align:justify}.imprint .copies{padding-left:%.4gem;text-indent:-%.4gem}.printed{display:flex;justify-content:space-between}\n",
		float64(high), imprintPoints, imprintLine, latin, p.family(bodyFace), 1+i.Label, i.Label)
	p.put(".lined{border:solid #000;border-width:.35mm 0;box-sizing:border-box}.lined .copies+.printed{border-top:.25mm solid #000}.end{height:0;anchor-name:--end}\n")
	extra := s.Top - p.firstTop()
	p.put("@media print{@supports (top:anchor(--end bottom)){.imprint{position:absolute;left:%.3fmm;right:%.3fmm;margin:0;position-anchor:--end;top:calc(round(up,anchor(--end bottom) + %.3fmm,%gmm) + %.3fmm)}}}\n",
		float64(p.inset().left), float64(p.inset().right), float64(high-extra), float64(s.textHeight()), float64(extra-high))
}

// height is how high the imprint stands, its lines included.
func (i Imprint) height(p Paper) MM {
	lines := i.copyLines(p)
	if i.last() {
		lines++
	}
	return mmOf(lines*imprintLine) + 1
}

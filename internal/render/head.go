package render

import "math"

// What the standard gives in millimetres for the heads (GB/T 9704-2012, 7.2 and 10.1).
const (
	letterTop  MM = 30  // from the page's top edge to the name's
	ruleGap    MM = 4   // from the name to the line under it
	ruleWidth  MM = 170 // of both double lines, in the middle of the page
	lastRule   MM = 20  // from the lower double line to the page's bottom edge
	classTop   MM = 20  // from the page's top edge to the class letter; our default, the standard knows none
	fileTop    MM = 35  // from the text area's top edge to the name's
	numberGap     = 7.0 / 8 * bodyPoints
	thick         = 2.25 // points, of a double line's heavier half (our default)
	thin          = 0.75 // points, of its lighter half and of the gap
	doubleRule    = thick + thin + thin
	pageNumber MM = 7 // from the text area's bottom edge to the dashes of the page number (7.5)
	numberLine    = 20.0
)

// nameType is the size of the name in red and the space between its characters, both in points: as large as its form has it, less where it would not fit, and spaced out where it is short.
// The standard leaves the size to the sender.
func (h Head) nameType(width MM) (size, space float64) {
	largest := map[Form]float64{LetterForm: 36, FileForm: 48}[h.Form]
	n := ems(h.Organ)
	if n == 0 {
		return largest, 0
	}
	size = min(largest, math.Floor(2*0.96*width.points()/n)/2)
	if wide := 0.7 * width.points(); n*size < wide {
		space = min(size/2, (wide-n*size)/n)
	}
	return size, space
}

// first reports whether the first page has something above its text: a letter's head, a class letter.
func (h Head) first() bool { return h.Form == LetterForm || h.Class != "" }

// firstRule is the distance of the upper double line from the page's top edge.
func (h Head) firstRule() MM {
	size, _ := h.nameType(ruleWidth)
	return letterTop + mmOf(size) + ruleGap
}

// rule is one straight line, fixed to the page or to its text area.
type rule struct {
	from   raw // what x and y are measured from: "page" or "margin"
	x, y   MM  // of its left end's middle
	width  MM
	points float64
	colour string
}

// rules are the four lines of the letter form: heavy above light under the name, light above heavy at the page's foot.
func (h Head) rules(p Paper) []rule {
	first, last := h.firstRule(), p.Height-lastRule-mmOf(doubleRule)
	red := func(top MM, before, points float64) rule {
		return rule{from: "page", x: (p.Width - ruleWidth) / 2, y: top + mmOf(before+points/2), width: ruleWidth, points: points, colour: "FF0000"}
	}
	return []rule{red(first, 0, thick), red(first, thick+thin, thin), red(last, 0, thin), red(last, thin+thin, thick)}
}

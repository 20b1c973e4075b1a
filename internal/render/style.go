package render

// Style is what a paragraph is; how it looks is the standard's affair.
type Style int

const (
	// Body begins two characters in.
	Body Style = iota
	// Flush begins at the left edge: whom a letter is addressed to.
	Flush
	// Title is the document's.
	Title
	// Subtitle stands under it in brackets or as a line of its own.
	Subtitle
	// Heading is a heading of the first level (the first of 一、（一）1.).
	Heading
	// Heading2 is one of the second level; the third looks as the text.
	Heading2
	// Signed ends at the right edge, less the paragraph's indent: signature and date.
	Signed
	// Label is "Enclosure 1" at the top of a page.
	Label
	// Small is a remark under a table.
	Small
	// TableTitle is the title of a list or ledger.
	TableTitle
)

// look is how a style looks: the one table both Word's styles and the page's CSS are made from.
type look struct {
	id     string // Word's style and the page's class
	face   face
	points float64
	align  Align
	indent float64 // of the first line, in characters
	line   float64 // points from line to line; 0: the paper's
	after  float64 // points left under it
	level  int     // in the outline
}

var looks = [...]look{
	Body:       {id: "Body", points: bodyPoints, align: Both, indent: 2},
	Flush:      {id: "Flush", points: bodyPoints, align: Start},
	Title:      {id: "Title", face: titleFace, points: 22, align: Middle, level: 1},
	Subtitle:   {id: "Subtitle", face: kaiFace, points: bodyPoints, align: Middle},
	Heading:    {id: "Heading1", face: headingFace, points: bodyPoints, align: Both, indent: 2, level: 2},
	Heading2:   {id: "Heading2", face: kaiFace, points: bodyPoints, align: Both, indent: 2, level: 3},
	Signed:     {id: "Signed", points: bodyPoints, align: End},
	Label:      {id: "Enclosure", face: headingFace, points: bodyPoints, align: Start},
	Small:      {id: "Small", points: 12, align: Both, line: 18, after: 3},
	TableTitle: {id: "TableTitle", face: titleFace, points: 22, align: Middle, line: 30, after: 6, level: 1},
}

// leadFace is the face of a lead: that of the heading its paragraph begins as.
func (p Paragraph) leadFace() face {
	if level := headingLevel(p.Text); level == 1 {
		return headingFace
	}
	return kaiFace
}

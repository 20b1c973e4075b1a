package render

// Document is an office document on paper. Word writes it as .docx, HTML as a page to print, Printer makes a PDF of that page.
// Every word of it comes from the caller.
type Document struct {
	Name   string // of the file as such: the page's title, the file's property
	Paper  Paper  // zero: A4 as GB/T 9704-2012 has it
	Fonts  Fonts
	Head   Head
	Blocks []Block
	Foot   Imprint
	Pages  Pages
}

// Paper is a sheet and its margins. Lines and Chars are the grid of the text area, 0 for none.
type Paper struct {
	Width, Height            MM
	Top, Right, Bottom, Left MM
	Lines, Chars             int
}

// A4 is the sheet of GB/T 9704-2012, 5: text area 156 mm × 225 mm, 37 mm above and 28 mm left of it, 22 lines of 28 characters.
func A4() Paper {
	return Paper{Width: 210, Height: 297, Top: 37, Right: 26, Bottom: 35, Left: 28, Lines: 22, Chars: 28}
}

// A3 is a ledger's sheet, lying (margins are our default).
func A3() Paper {
	return Paper{Width: 420, Height: 297, Top: 20, Right: 15, Bottom: 18, Left: 20}
}

// A4Lying is a wide list's sheet (margins are our default).
func A4Lying() Paper {
	return Paper{Width: 297, Height: 210, Top: 18, Right: 15, Bottom: 18, Left: 18}
}

func (p Paper) textWidth() MM  { return p.Width - p.Left - p.Right }
func (p Paper) textHeight() MM { return p.Height - p.Top - p.Bottom }

const bodyPoints = 16 // size 3, the text's

// pitch is the distance of lines in twips: rounded down, for of 22 lines rounded up only 21 would fit.
func (p Paper) pitch() int {
	if p.Lines == 0 {
		return 480
	}
	return (p.Height.twips() - p.Top.twips() - p.Bottom.twips()) / p.Lines
}

// char is the distance of characters in points.
func (p Paper) char() float64 {
	if p.Chars == 0 {
		return bodyPoints
	}
	return p.textWidth().points() / float64(p.Chars)
}

// Form is the shape of a document's head.
type Form int

const (
	// Plain documents have no red head: lists, ledgers, forms.
	Plain Form = iota
	// LetterForm is 信函格式 (GB/T 9704-2012, 10.1): the name 30 mm under the page's edge, a double line under it and another at the page's foot.
	LetterForm
	// FileForm is 文件格式 (7.2): the name 35 mm into the text area, the number under it, one line.
	FileForm
)

// Head is the red head of the first page.
type Head struct {
	Form   Form
	Organ  string // the name in red
	Number string // the document's number
	Class  string // the class letter at the page's top right corner
}

// Pages says how pages are numbered.
type Pages struct {
	Style PageStyle
	Words [3]string // around the two numbers of PageOfAll: before, between, after; empty: 1 / 3
}

// PageStyle is a way of numbering.
type PageStyle int

const (
	// PageNone leaves numbers out.
	PageNone PageStyle = iota
	// PageDashes is the standard's (7.5): "— 2 —", odd pages right, even left; in the letter form not on the first page (10.1).
	PageDashes
	// PageOfAll says which page of how many, in the middle.
	PageOfAll
)

// Block is a paragraph or a table.
type Block interface{ block() }

func (Paragraph) block() {}
func (Table) block()     {}

// Paragraph is one paragraph. A line feed in its text starts a new line.
type Paragraph struct {
	Style   Style
	Text    string
	Lead    int     // so many bytes at its beginning are a heading's
	Before  int     // empty lines above it
	Left    float64 // indent from the left, in characters
	Right   float64 // indent from the right, in characters
	Hang    float64 // indent of every line but the first, in characters, counted from the first's
	Keep    bool    // on the same page as what follows
	NewPage bool    // begins a page
}

// Align is where a text stands between its edges.
type Align int

const (
	// Start is the left edge.
	Start Align = iota
	// Middle is centred.
	Middle
	// End is the right edge.
	End
	// Both fills the line.
	Both
)

// Labelled is a label with its colon, and what it names: the bodies a copy goes to, the titles of enclosures.
type Labelled struct {
	Label string
	Items []string
}

// Imprint is 版记, at the bottom of the last page: the bodies copied to, and, in the file form between lines, who printed it and when.
type Imprint struct {
	Copies string  // with its label and full stop
	Label  float64 // how wide the label stands, in characters: further lines begin under what follows it
	By, On string  // left and right
	Lines  bool
}

func (i Imprint) empty() bool { return i.Copies == "" && i.By == "" && i.On == "" }

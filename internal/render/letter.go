package render

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Letter is an official paper: in the letter form of GB/T 9704-2012, 10.1, an answer to a deputy, a co-handler's opinion, a letter that hands matters over;
// in the file form a circular; plain, without a red head, a sheet that urges. What is empty is left out.
type Letter struct {
	Form        Form
	Fonts       Fonts
	Organ       string  // the sender's name, in red
	Number      string  // the document's number
	Class       string  // the class of the answer with its brackets, at the first page's top right
	Title       string  // broken into lines of like length, or where it has line feeds
	To          string  // whom it is addressed to, with its colon
	Body        []Block // see Paragraphs
	Attachments Labelled
	Sign        string   // the sender's name above the date
	Date        string   // in Arabic numerals
	Notes       []string // a paragraph each, with their brackets: whether it is public, whom to ring
	Copies      Labelled // whom it is copied to; between the items stands Comma, at the end Stop
	Comma, Stop string
	PrintedBy   string // in the file form: who printed it
	PrintedOn   string // and when
	Enclosures  []Enclosure
}

// Enclosure is bound with the letter and begins a page of its own.
type Enclosure struct {
	Label  string // "Enclosure 1"
	Title  string
	Blocks []Block
}

const titleWidth = 19 // characters of a title's line: 20 of its size fit the text area

// Document lays the letter out.
func (l Letter) Document() Document {
	d := Document{Name: strings.ReplaceAll(l.Title, "\n", ""), Paper: A4(), Fonts: l.Fonts, Pages: Pages{Style: PageDashes},
		Head: Head{Form: l.Form, Organ: l.Organ, Number: l.Number, Class: l.Class}, Foot: l.imprint()}
	d.Blocks = append(d.Blocks, titled(l.Title, l.To, l.Form)...)
	d.Blocks = append(d.Blocks, keptAtEnd(l.Body)...)
	d.Blocks = append(d.Blocks, attached(l.Attachments)...)
	d.Blocks = append(d.Blocks, signed(l.Sign, l.Date, d.Paper)...)
	for _, note := range l.Notes {
		d.Blocks = append(d.Blocks, Paragraph{Text: note})
	}
	for _, e := range l.Enclosures {
		d.Blocks = append(d.Blocks, e.blocks()...)
	}
	return d
}

// titled is the title two lines under what stands above it, and whom it is addressed to one line under it (7.3.1, 7.3.2).
func titled(title, to string, form Form) []Block {
	before := 2
	if form == Plain {
		before = 0
	}
	blocks := []Block{Paragraph{Style: Title, Text: strings.Join(balanced(title, titleWidth), "\n"), Before: before, Keep: true}}
	if to == "" {
		return append(blocks, Paragraph{Style: Flush})
	}
	return append(blocks, Paragraph{Style: Flush, Text: to, Before: 1})
}

// keptAtEnd has the last paragraph stay with the signature: no page holds a signature alone (7.3.5.5).
func keptAtEnd(blocks []Block) []Block {
	blocks = slices.Clone(blocks)
	if n := len(blocks) - 1; n >= 0 {
		if p, is := blocks[n].(Paragraph); is {
			p.Keep = true
			blocks[n] = p
		}
	}
	return blocks
}

// attached names the enclosures one line under the text; further lines begin under the first name (7.3.4).
func attached(a Labelled) []Block {
	var blocks []Block
	label := ems(a.Label)
	for i, item := range a.Items {
		p := Paragraph{Style: Body, Text: a.Label + item, Hang: label, Keep: true}
		if len(a.Items) > 1 {
			number := strconv.Itoa(i+1) + ". "
			p.Text, p.Hang = a.Label+number+item, label+ems(number)
		}
		if i == 0 {
			p.Before = 1
		} else {
			p.Text, p.Hang = strings.TrimPrefix(p.Text, a.Label), p.Hang-label
			p.Style, p.Left = Flush, 2+label
		}
		blocks = append(blocks, p)
	}
	return blocks
}

// signed is the signature above the date: the date four characters from the right, the name centred over it (7.3.5.1, with a seal);
// a name wider than that leaves pushes the date to its own middle.
func signed(name, date string, paper Paper) []Block {
	if name == "" && date == "" {
		return nil
	}
	const dateRight = 4
	middle := max(dateRight+ems(date)/2, math.Min(ems(name), float64(paper.Chars))/2)
	return []Block{
		Paragraph{Style: Signed, Text: name, Before: 2, Right: max(0, middle-ems(name)/2), Keep: true},
		Paragraph{Style: Signed, Text: date, Right: middle - ems(date)/2},
	}
}

// imprint names the bodies a copy goes to, and in the file form between lines who printed it (7.4; the letter form has neither, 10.1).
func (l Letter) imprint() Imprint {
	i := Imprint{}
	if len(l.Copies.Items) > 0 {
		i.Copies, i.Label = l.Copies.Label+strings.Join(l.Copies.Items, l.Comma)+l.Stop, ems(l.Copies.Label)
	}
	if l.Form == FileForm {
		i.By, i.On, i.Lines = l.PrintedBy, l.PrintedOn, true
	}
	return i
}

// blocks puts the label at the page's beginning and the title on the third line (7.3.7).
func (e Enclosure) blocks() []Block {
	blocks := []Block{Paragraph{Style: Label, Text: e.Label, NewPage: true, Keep: true}}
	if e.Title != "" {
		blocks = append(blocks, Paragraph{Style: Title, Text: strings.Join(balanced(e.Title, titleWidth), "\n"), Before: 1, Keep: true}, Paragraph{Style: Flush})
	}
	return append(blocks, e.Blocks...)
}

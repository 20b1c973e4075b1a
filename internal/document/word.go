package document

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"lianxin/internal/errs"
)

// reader reads WordprocessingML (ECMA-376 part 1, 17).
type reader struct {
	xml    *xml.Decoder
	depth  int
	blocks int
	muted  int    // within what is not to be read, such as a form field's prompt
	fields []bool // of the paragraph: the fields it is in, and whether in their result and not their code
	codes  int    // how many of them are in their code
	line   *strings.Builder
	boxes  []Block // text boxes anchored in the paragraph, which follow it
}

// space is a namespace, of which the transitional form has one address and the strict form another.
type space int

const (
	word space = iota + 1
	maths
	compatibility
)

var spaces = map[string]space{
	"http://schemas.openxmlformats.org/wordprocessingml/2006/main": word, "http://purl.oclc.org/ooxml/wordprocessingml/main": word,
	"http://schemas.openxmlformats.org/officeDocument/2006/math": maths, "http://purl.oclc.org/ooxml/officeDocument/math": maths,
	"http://schemas.openxmlformats.org/markup-compatibility/2006": compatibility,
}

// name is an element's name if it is of one of the spaces, else empty.
func name(e xml.StartElement, of ...space) string {
	if slices.Contains(of, spaces[e.Name.Space]) {
		return e.Name.Local
	}
	return ""
}

// attr is the value of an attribute by its local name.
func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// on reads a property that is set by being there, unless its value says no.
func on(e xml.StartElement) bool {
	return !slices.Contains([]string{"0", "false", "off"}, attr(e, "val"))
}

// next is the next token; nesting is bounded, and a declaration of entities or anything of the kind, which no word processor writes, is no document.
func (r *reader) next() (xml.Token, error) {
	t, err := r.xml.Token()
	if err != nil {
		return nil, err
	}
	switch t.(type) {
	case xml.StartElement:
		if r.depth++; r.depth > maxDepth {
			return nil, tooLarge
		}
	case xml.EndElement:
		r.depth--
	case xml.Directive:
		return nil, errs.New(errs.Invalid, "document.unreadable")
	}
	return t, nil
}

// visitor reads an element to its end.
type visitor func(e xml.StartElement) error

// each hands the children of the element just begun to visit, up to the element's end.
func (r *reader) each(visit visitor) error {
	for {
		t, err := r.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := visit(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// skip passes over the element just begun.
func (r *reader) skip() error {
	for depth := r.depth; r.depth >= depth; {
		if _, err := r.next(); err != nil {
			return err
		}
	}
	return nil
}

// document reads the whole part.
func (r *reader) document() (*Document, error) {
	d := &Document{}
	found := false
	for {
		t, err := r.next()
		if err == io.EOF && found {
			return d, nil
		}
		if err != nil {
			return nil, err
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if found = name(e, word) == "document"; !found {
			return nil, errs.New(errs.Unsupported, "document.not_word")
		}
		if err := r.each(r.block(&d.Blocks)); err != nil {
			return nil, err
		}
	}
}

// block reads what can stand in a body, a cell or a text box.
func (r *reader) block(into *[]Block) visitor {
	var carried *strings.Builder
	var visit visitor
	visit = func(e xml.StartElement) error {
		switch name(e, word, compatibility) {
		case "p":
			return r.paragraph(into, &carried)
		case "tbl":
			t := &Table{}
			err := r.each(r.row(t))
			*into = append(*into, Block{Table: t})
			return err
		case "sdt":
			return r.control(visit)
		case "body", "customXml", "smartTag", "ins", "moveTo", "AlternateContent", "Choice":
			return r.each(visit)
		}
		return r.skip()
	}
	return visit
}

// control reads a content control; the prompt of one nobody filled in is no text.
func (r *reader) control(visit visitor) error {
	prompt := 0
	err := r.each(func(e xml.StartElement) error {
		switch name(e, word) {
		case "sdtPr":
			return r.each(func(e xml.StartElement) error {
				if name(e, word) == "showingPlcHdr" && on(e) {
					prompt = 1
				}
				return r.skip()
			})
		case "sdtContent":
			r.muted += prompt
			err := r.each(visit)
			r.muted -= prompt
			return err
		}
		return r.skip()
	})
	return err
}

// another counts a paragraph or cell.
func (r *reader) another() error {
	if r.blocks++; r.blocks > maxBlocks {
		return tooLarge
	}
	return nil
}

// paragraph reads one. Where its end was deleted under revision it goes on in the next, to which its text is carried.
func (r *reader) paragraph(into *[]Block, carried **strings.Builder) error {
	if err := r.another(); err != nil {
		return err
	}
	around := *r // a text box is a paragraph in a paragraph
	r.line, r.fields, r.codes, r.boxes = *carried, nil, 0, nil
	if *carried = nil; r.line == nil {
		r.line = &strings.Builder{}
	}
	p, goesOn := &Paragraph{}, false
	err := r.each(func(e xml.StartElement) error {
		if name(e, word) == "pPr" {
			return r.each(r.paragraphProperty(p, &goesOn))
		}
		return r.inline(e)
	})
	if goesOn {
		*carried = r.line
	} else {
		p.Text = r.line.String()
		*into = append(*into, Block{Paragraph: p})
	}
	*into = append(*into, r.boxes...)
	r.line, r.fields, r.codes, r.boxes = around.line, around.fields, around.codes, around.boxes
	return err
}

func (r *reader) paragraphProperty(p *Paragraph, goesOn *bool) visitor {
	return func(e xml.StartElement) error {
		switch name(e, word) {
		case "pStyle":
			p.Style = attr(e, "val")
		case "jc":
			p.Centred = attr(e, "val") == "center"
		case "rPr": // of the paragraph's mark
			return r.each(func(e xml.StartElement) error {
				*goesOn = *goesOn || name(e, word) == "del" || name(e, word) == "moveFrom"
				return r.skip()
			})
		}
		return r.skip()
	}
}

// inline reads what can stand in a paragraph: deleted and moved text is not there any more.
func (r *reader) inline(e xml.StartElement) error {
	switch name(e, word, maths, compatibility) {
	case "r":
		return r.run()
	case "sdt":
		return r.control(r.inline)
	case "hyperlink", "smartTag", "ins", "moveTo", "fldSimple", "bdo", "dir", "customXml", "AlternateContent", "Choice", "oMath", "oMathPara":
		return r.each(r.inline)
	}
	return r.skip()
}

// run reads a run, or nothing of one that is hidden.
func (r *reader) run() error {
	hidden := 0
	var visit visitor
	visit = func(e xml.StartElement) error {
		switch name(e, word, maths, compatibility) {
		case "rPr":
			return r.each(func(e xml.StartElement) error {
				if name(e, word) == "vanish" && on(e) && hidden == 0 {
					hidden = 1
					r.muted++
				}
				return r.skip()
			})
		case "AlternateContent", "Choice":
			return r.each(visit)
		case "ruby":
			return r.each(func(e xml.StartElement) error {
				if name(e, word) == "rubyBase" {
					return r.each(r.inline)
				}
				return r.skip()
			})
		case "drawing", "pict", "object":
			return r.each(r.drawn)
		case "fldChar":
			return r.field(e)
		}
		return r.sign(e)
	}
	err := r.each(visit)
	r.muted -= hidden
	return err
}

// sign reads a run's text and what stands for a character.
func (r *reader) sign(e xml.StartElement) error {
	switch name(e, word, maths) {
	case "t":
		return r.letters()
	case "tab", "ptab":
		r.write("\t")
	case "br", "cr":
		r.write("\n")
	case "noBreakHyphen":
		r.write("-")
	case "sym":
		r.write(symbol(attr(e, "font"), attr(e, "char")))
	}
	return r.skip()
}

// letters writes the text of the element just begun.
func (r *reader) letters() error {
	for depth := r.depth; ; {
		t, err := r.next()
		if err != nil {
			return err
		}
		if c, ok := t.(xml.CharData); ok {
			r.write(string(c))
		}
		if r.depth < depth {
			return nil
		}
	}
}

// write adds to the paragraph, unless it is muted or in a field's code.
func (r *reader) write(s string) {
	if r.muted == 0 && r.codes == 0 {
		r.line.WriteString(s)
	}
}

// field follows the marks of a field; a form's check box shows as one.
func (r *reader) field(e xml.StartElement) error {
	switch n := len(r.fields); attr(e, "fldCharType") {
	case "begin":
		box := ""
		if err := r.each(r.checkBox(&box)); err != nil {
			return err
		}
		r.write(box)
		r.fields, r.codes = append(r.fields, false), r.codes+1
		return nil
	case "separate":
		r.result(n - 1)
	case "end":
		r.result(n - 1)
		r.fields = r.fields[:max(n-1, 0)]
	}
	return r.skip()
}

// result ends the code of a field.
func (r *reader) result(n int) {
	if n >= 0 && !r.fields[n] {
		r.fields[n] = true
		r.codes--
	}
}

// checkBox looks through the data of a form field for a check box: its own state counts before its default.
func (r *reader) checkBox(box *string) visitor {
	var visit visitor
	visit = func(e xml.StartElement) error {
		switch name(e, word) {
		case "ffData":
			return r.each(visit)
		case "checkBox":
			*box = unticked
			return r.each(visit)
		case "default", "checked":
			if *box != "" {
				*box = map[bool]string{true: ticked, false: unticked}[on(e)]
			}
		}
		return r.skip()
	}
	return visit
}

// drawn looks through a drawing for text boxes. The older form of one that is there twice is passed over.
func (r *reader) drawn(e xml.StartElement) error {
	switch e.Name.Local {
	case "txbxContent":
		var in []Block
		err := r.each(r.block(&in))
		r.boxes = append(r.boxes, in...)
		return err
	case "Fallback":
		return r.skip()
	}
	return r.each(r.drawn)
}

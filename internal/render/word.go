package render

import (
	"archive/zip"
	"embed"
	"fmt"
	"io"
)

//go:embed word
var wordParts embed.FS

const (
	xmlHead     raw = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordSpace   raw = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	wordSpaces  raw = wordSpace + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" mc:Ignorable="w14"`
	boxOpen         = '\u25A1'
	boxTicked       = '\u2611'
	headingRoom     = 1.3  // line of the red name, in its size: Word cuts glyphs off at a line as high as they are
	headingRise     = 0.20 // from that line's top to the ink, in its size: the baseline stands at four fifths
	numberRise      = 9.0  // the same for a line of the text, in points
	cellMargin  MM  = 1.5
)

// enough is how much of a part is gathered before it is handed on.
const enough = 64 << 10

// word writes one document's parts.
type word struct {
	markup
	doc   Document
	fonts Fonts
	out   io.Writer
	err   error // the first that writing met
}

// flush hands on what is written once it is much: ledgers have thousands of rows.
func (w *word) flush(most int) {
	if w.err == nil && w.Len() > most {
		_, w.err = io.WriteString(w.out, w.String())
		w.Reset()
	}
}

// Word writes a document as .docx (ECMA-376, transitional).
func Word(w io.Writer, d Document) error {
	d = d.complete()
	z := zip.NewWriter(w)
	for _, p := range []struct{ name, file string }{{"[Content_Types].xml", "content_types.xml"}, {"_rels/.rels", "package_rels.xml"}, {"word/_rels/document.xml.rels", "document_rels.xml"}} {
		text, err := wordParts.ReadFile("word/" + p.file)
		if err != nil {
			return err
		}
		if err := addPart(z, p.name, string(text)); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		name  string
		write func(*word)
	}{{"word/document.xml", (*word).document}, {"word/styles.xml", (*word).styles}, {"word/settings.xml", (*word).settings}, {"word/fontTable.xml", (*word).fontTable},
		{"word/header_first.xml", (*word).firstHeader}, {"word/footer_first.xml", (*word).firstFooter}, {"word/footer_odd.xml", (*word).oddFooter},
		{"word/footer_even.xml", (*word).evenFooter}, {"docProps/core.xml", (*word).properties}} {
		out, err := z.Create(p.name)
		if err != nil {
			return fmt.Errorf("render: word: %w", err)
		}
		part := word{doc: d, fonts: d.Fonts, out: out}
		p.write(&part)
		part.flush(0)
		if part.err != nil {
			return fmt.Errorf("render: word: %w", part.err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("render: word: %w", err)
	}
	return nil
}

// complete puts the standard where the caller said nothing.
func (d Document) complete() Document {
	if d.Paper == (Paper{}) {
		d.Paper = A4()
	}
	d.Fonts = d.Fonts.or(StandardFonts())
	return d
}

func addPart(z *zip.Writer, name, text string) error {
	part, err := z.Create(name)
	if err == nil {
		_, err = io.WriteString(part, text)
	}
	if err != nil {
		return fmt.Errorf("render: word: %w", err)
	}
	return nil
}

func (w *word) document() {
	w.put(`%s<w:document%s><w:body>`, xmlHead, wordSpaces)
	w.opening()
	for i, b := range w.doc.Blocks {
		w.flush(enough)
		switch b := b.(type) {
		case Paragraph:
			w.paragraph(b)
		case Table:
			if b.empty() {
				continue // Word takes a table without rows for damage
			}
			w.table(b)
			if i+1 == len(w.doc.Blocks) || isTable(w.doc.Blocks[i+1]) {
				w.nothing()
			}
		}
	}
	w.imprint()
	w.section()
	w.put(`</w:body></w:document>`)
}

func isTable(b Block) bool { _, is := b.(Table); return is }

// section says what the paper is, last in the body.
func (w *word) section() {
	p, first := w.doc.Paper, w.doc.Head.first()
	w.put(`<w:sectPr>`)
	if first {
		w.put(`<w:headerReference w:type="first" r:id="rId4"/>`)
	}
	if w.doc.Pages.Style != PageNone {
		w.put(`<w:footerReference w:type="default" r:id="rId5"/><w:footerReference w:type="even" r:id="rId6"/>`)
	}
	if first {
		w.put(`<w:footerReference w:type="first" r:id="rId7"/>`)
	}
	w.put(`<w:pgSz w:w="%d" w:h="%d"`, p.Width.twips(), p.Height.twips())
	if p.Width > p.Height {
		w.put(` w:orient="landscape"`)
	}
	w.put(`/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/>`,
		p.Top.twips(), p.Right.twips(), p.Bottom.twips(), p.Left.twips(), w.headerEdge().twips(), w.footerEdge().twips())
	if first {
		w.put(`<w:titlePg/>`)
	}
	if p.Lines > 0 && p.Chars > 0 {
		w.put(`<w:docGrid w:type="linesAndChars" w:linePitch="%d" w:charSpace="%d"/>`, p.pitch(), w.charSpace())
	}
	w.put(`</w:sectPr>`)
}

// charSpace is what the grid adds to a character's width, in 1/4096 point; rounded down, so that the last one fits.
func (w *word) charSpace() int {
	return int((w.doc.Paper.char()-bodyPoints)*4096) - 1
}

// settings: the left and right page numbers differ; the characters of the grid are not squeezed.
func (w *word) settings() {
	w.put(`%s<w:settings%s><w:zoom w:percent="100"/>`, xmlHead, wordSpace)
	if w.doc.Pages.Style == PageDashes {
		w.put(`<w:evenAndOddHeaders/>`)
	}
	w.put(`<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`)
}

// fontTable gives each face the name other systems know it by, so that a machine without the standard's takes its own.
func (w *word) fontTable() {
	w.put(`%s<w:fonts%s>`, xmlHead, wordSpace)
	for which := bodyFace; which <= pageFace; which++ {
		w.put(`<w:font w:name="%s">`, w.fonts.of(which))
		if w.fonts.of(which) == standard.names.of(which) {
			w.put(`<w:altName w:val="%s"/>`, standard.alternates.of(which))
		}
		w.put(`<w:charset w:val="86"/></w:font>`)
	}
	w.put(`</w:fonts>`)
}

func (w *word) properties() {
	w.put(`%s<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>%s</dc:title><dc:language>zh-CN</dc:language></cp:coreProperties>`, xmlHead, w.doc.Name)
}

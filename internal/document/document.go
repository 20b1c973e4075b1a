// Package document reads Word documents (.docx of Word, WPS and LibreOffice) into paragraphs and tables in their order, and paper forms out of those by their labels.
// It never keeps a file, follows a link out of one, runs anything in it, or decides what becomes of a field.
package document

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"strings"
	"unicode/utf16"

	"lianxin/internal/errs"
)

//go:embed messages
var messages embed.FS

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Limits on what is taken; more is taken for a bomb (our default).
const (
	MaxBytes   = 20 << 20 // of the file
	maxEntries = 2_000    // of its archive
	maxPart    = 32 << 20 // bytes of its text's part, unpacked
	maxDepth   = 250      // elements within each other
	maxBlocks  = 100_000  // paragraphs and cells
	maxColumns = 500      // cells of a row; Word has 63 at most
)

// Document is what stands in a file, in order. Headers, footers, notes and the numbers of numbered paragraphs, which Word does not write down, are left out.
type Document struct{ Blocks []Block }

// Block is a paragraph, or a table.
type Block struct {
	Paragraph *Paragraph
	Table     *Table
}

// Paragraph is a paragraph as it reads: its tabs are "\t", its soft line breaks "\n".
type Paragraph struct {
	Text    string
	Style   string // name of its style in the file, such as "Title"; empty for plain ones
	Centred bool
}

// Table is a table's rows.
type Table struct{ Rows []Row }

// Row is a row's cells.
type Row []Cell

// Cell is one cell.
type Cell struct {
	Blocks    []Block
	Span      int  // columns it covers, from 1
	Continues bool // it goes on with the cell above
}

// Text is all text of a document, a line a paragraph; cells of a row are parted by tabs.
func (d *Document) Text() string { return text(d.Blocks) }

// Text is the cell's text, a line a paragraph.
func (c Cell) Text() string { return text(c.Blocks) }

func text(blocks []Block) string {
	var lines []string
	for _, b := range blocks {
		if b.Paragraph != nil {
			lines = append(lines, b.Paragraph.Text)
			continue
		}
		for _, row := range b.Table.Rows {
			cells := make([]string, len(row))
			for i, c := range row {
				cells[i] = c.Text()
			}
			lines = append(lines, strings.Join(cells, "\t"))
		}
	}
	return strings.Join(lines, "\n")
}

var tooLarge = errs.New(errs.TooLarge, "document.too_large").With(errs.Args{"Max": maxPart >> 20, "Blocks": maxBlocks / 10_000})

// Read reads a whole .docx, by its content and not its name. What is no .docx is errs.Unsupported, a damaged or locked one errs.Invalid, too large a one errs.TooLarge.
func Read(r io.Reader) (*Document, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(body) > MaxBytes {
		return nil, tooLarge
	}
	if err := recognised(body); err != nil {
		return nil, err
	}
	part, err := mainPart(body)
	if err != nil {
		return nil, err
	}
	defer part.Close() // it was only read
	p := &reader{xml: xml.NewDecoder(&bounded{r: part, left: maxPart})}
	d, err := p.document()
	switch e := new(errs.Error); {
	case errors.As(err, &e):
		return nil, e
	case err != nil:
		return nil, unreadable(err)
	}
	return d, nil
}

func unreadable(err error) error { return errs.New(errs.Invalid, "document.unreadable").Because(err) }

// recognised refuses what is no archive, by name where it is known: a .doc and a locked .docx are both compound files.
func recognised(body []byte) error {
	switch {
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		if bytes.Count(body, []byte("PK\x01\x02")) > maxEntries { // what begins each entry of the directory
			return tooLarge
		}
		return nil
	case bytes.HasPrefix(body, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if bytes.Contains(body, wide("EncryptedPackage")) {
			return errs.New(errs.Invalid, "document.encrypted")
		}
		return errs.New(errs.Unsupported, "document.old_word")
	}
	return errs.New(errs.Unsupported, "document.not_word")
}

// wide is a text in the UTF-16 of a compound file's directory.
func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// mainPart opens the part that holds the text.
func mainPart(body []byte) (io.ReadCloser, error) {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(z.File) > maxEntries {
		return nil, tooLarge
	}
	parts := map[string]*zip.File{}
	for _, f := range z.File {
		parts[plainName(f.Name)] = f
	}
	f := parts[plainName(target(parts["_rels/.rels"]))]
	if f == nil {
		f = parts["word/document.xml"]
	}
	if f == nil {
		return nil, errs.New(errs.Unsupported, "document.not_word")
	}
	if f.Flags&1 != 0 {
		return nil, errs.New(errs.Invalid, "document.encrypted")
	}
	part, err := f.Open()
	if err != nil {
		return nil, unreadable(err)
	}
	return part, nil
}

// plainName makes one name of those that different programs write.
func plainName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// target is the main part's name by the package's relations; empty where they do not tell.
func target(rels *zip.File) string {
	if rels == nil {
		return ""
	}
	r, err := rels.Open()
	if err != nil {
		return ""
	}
	defer r.Close() // it was only read
	var all struct {
		Relationship []struct {
			Type   string `xml:",attr"`
			Target string `xml:",attr"`
		}
	}
	if xml.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&all) != nil {
		return ""
	}
	for _, rel := range all.Relationship {
		if strings.HasSuffix(rel.Type, "/officeDocument") {
			return rel.Target
		}
	}
	return ""
}

// bounded fails where more is unpacked than it may be; the end of a shortened part could be taken for the document's.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, tooLarge
	}
	return n, err
}

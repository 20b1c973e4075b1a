package render

import (
	"archive/zip"
	"embed"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"text/template"
)

// Document is an office document: A4 with the margins, type sizes and line grid of GB/T 9704-2012. Empty parts are left out.
type Document struct {
	Title string
	To    string     // whom it is addressed to, with its colon
	Body  []string   // paragraphs
	Table [][]string // the first row is its head
	After []string   // paragraphs after the table
	Sign  string
	Date  string // in words
}

//go:embed word
var wordParts embed.FS

var wordText = template.Must(template.New("document.xml.tmpl").Funcs(template.FuncMap{"x": escaped}).ParseFS(wordParts, "word/document.xml.tmpl"))

func escaped(s string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}

// Word writes a document as .docx (ECMA-376).
func Word(w io.Writer, d Document) error {
	z := zip.NewWriter(w)
	for _, p := range []struct{ name, file string }{{"[Content_Types].xml", "content_types.xml"}, {"_rels/.rels", "package_rels.xml"},
		{"word/_rels/document.xml.rels", "document_rels.xml"}, {"word/styles.xml", "styles.xml"}, {"word/footer.xml", "footer.xml"}} {
		text, err := wordParts.ReadFile("word/" + p.file)
		if err != nil {
			return err
		}
		part, err := z.Create(p.name)
		if err != nil {
			return err
		}
		if _, err := part.Write(text); err != nil {
			return fmt.Errorf("render: word: %w", err)
		}
	}
	part, err := z.Create("word/document.xml")
	if err != nil {
		return err
	}
	if err := wordText.Execute(part, d); err != nil {
		return fmt.Errorf("render: word: %w", err)
	}
	return z.Close()
}

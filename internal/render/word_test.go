package render

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"os"
)

// TestWordIsWellFormed reads every part back as XML, finds the texts, and what could be markup as text.
func TestWordIsWellFormed(t *testing.T) {
	d := Document{Title: "title <&>", To: "to", Body: []string{"one", "two"}, Table: [][]string{{"a", "b"}, {"c", "</w:t>"}}, After: []string{"after"}, Sign: "sign", Date: "date"}
	var b bytes.Buffer
	if err := Word(&b, d); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var words strings.Builder
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		in := xml.NewDecoder(part)
		for {
			token, err := in.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if text, ok := token.(xml.CharData); ok && f.Name == "word/document.xml" {
				words.Write(text)
			}
		}
	}
	for _, want := range []string{"title <&>", "to", "one", "two", "</w:t>", "after", "sign", "date"} {
		if !strings.Contains(words.String(), want) {
			t.Errorf("the document lacks %q", want)
		}
	}
}

// TestWordOpensInLibreOffice converts a document where LibreOffice is installed.
func TestWordOpensInLibreOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("SKIPPED, NOT OPENED: LibreOffice is not installed")
	}
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "letter.docx"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(Word(f, Document{Title: "title", Table: [][]string{{"a"}, {"b"}}}), f.Close()); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(office, "--headless", "--convert-to", "pdf", "--outdir", dir, f.Name()).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "letter.pdf")); err != nil {
		t.Error(err)
	}
}

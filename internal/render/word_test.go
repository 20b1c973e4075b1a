package render

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// parts writes a document and unpacks it, each part proven well-formed.
func parts(t testing.TB, d Document) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := Word(&b, d); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
		if _, err := charData(string(text)); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
	}
	return all
}

// charData is the text of a part; the hyphen that does not break counts as one.
func charData(part string) (string, error) {
	var words strings.Builder
	in := xml.NewDecoder(strings.NewReader(part))
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return strings.TrimLeft(words.String(), "\n"), nil
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.CharData:
			words.Write(token)
		case xml.StartElement:
			if token.Name.Local == "noBreakHyphen" {
				words.WriteByte('-')
			}
		}
	}
}

func TestWordHasEveryTextAndNoMarkupOfIt(t *testing.T) {
	l := sampleLetter()
	l.Title, l.To, l.Sign = "title <&>", "</w:t>", `"quoted" ]]>`
	all := parts(t, l.Document())
	words, _ := charData(all["word/document.xml"])
	for _, want := range []string{"title <&>", "</w:t>", `"quoted" ]]>`, l.Number, l.Date, "0473-0000158", "（一）摸清底数。会同市发展和改革委员会", "抄送：市人大常委会代表工作委员会，市人民政府办公室。", "附件：老旧小区充电设施建设任务清单"} {
		if !strings.Contains(words, want) {
			t.Errorf("the document lacks %q", want)
		}
	}
	head, _ := charData(all["word/header_first.xml"])
	if !strings.Contains(head, l.Organ) || !strings.Contains(head, l.Class) {
		t.Errorf("the head is %q", head)
	}
}

package render

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hard are the texts that have broken documents of other people.
var hard = []string{"", "plain", "]]>", "<w:t>&amp;</w:t>", "</title></style><script>alert(1)</script>", "\x00\x01\x0b\x0c\x1f\x7f", "\xed\xa0\x80\xed\xb0\x80", "\ufffe\uffff\ufeff", "a\tb\nc\rd", strings.Repeat("x", 5000),
	"一、标题\n（一）小标题。正文", "0473-0000100-1", "\u202eabc", "𠮷野家🀄", `"'\`, "--><!--", "%s%d%!", "}{</style>"}

func FuzzText(f *testing.F) {
	for _, text := range hard {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range everywhere(text) {
			words, err := charData(parts(t, d)["word/document.xml"])
			if err != nil {
				t.Fatal(err)
			}
			if want := bare(text); !strings.Contains(bare(words), want) {
				t.Errorf("Word lost %q: %q", want, words)
			}
			page := new(bytes.Buffer)
			if err := HTML(page, d); err != nil {
				t.Fatal(err)
			}
			if got := shown(t, page.Bytes()); !strings.Contains(bare(got), bare(text)) {
				t.Errorf("the page lost %q: %q", bare(text), got)
			}
		}
	})
}

// everywhere puts a text wherever a document takes one.
func everywhere(text string) []Document {
	paragraphs := []Block{Paragraph{Text: text, Lead: len(text) / 2, Left: 1, Hang: 2}, Paragraph{Style: Title, Text: text}}
	l := Letter{Form: LetterForm, Fonts: Fonts{Body: text, Latin: text}, Organ: text, Number: text, Class: text, Title: text, To: text, Body: append(Paragraphs(text), paragraphs...), Attachments: Labelled{text, []string{text, text}},
		Sign: text, Date: text, Notes: []string{text}, Copies: Labelled{text, []string{text}}, Comma: text, Stop: text, PrintedBy: text, PrintedOn: text, Enclosures: []Enclosure{{text, text, nil}}}
	file := l
	file.Form = FileForm
	list := List{Title: text, Above: []string{text}, Table: Table{Columns: []Column{{Title: text}}, Rows: [][]Cell{{{Text: text, Choices: []Choice{{text, true}}, Foot: text, Span: len(text), Lines: 1}}}}, Pages: [3]string{text, text, text}}
	return []Document{l.Document(), file.Document(), list.Document()}
}

// bare is a text without what a document may leave out or break a line with.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\r\u0085\u00a0\u3000", r) {
			return -1
		}
		return r
	}, printable(text))
}

// shown is a page's text; any element but those of a document of ours fails the test.
func shown(t *testing.T, page []byte) string {
	t.Helper()
	var words strings.Builder
	z, style := html.NewTokenizer(bytes.NewReader(page)), 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) || style != 1 {
				t.Fatalf("%v, %d style elements", z.Err(), style)
			}
			return words.String()
		case html.TextToken:
			words.Write(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			switch name, _ := z.TagName(); string(name) {
			case "style":
				style++
			case "html", "head", "meta", "title", "body", "header", "footer", "div", "p", "h1", "h2", "h3", "br", "span", "table", "colgroup", "col", "thead", "tbody", "tr", "td", "th":
			default:
				t.Fatalf("the page has an element %q", name)
			}
		}
	}
}

func TestPrintableKeepsWhatXMLAllows(t *testing.T) {
	for in, want := range map[string]string{"a\x00b\x08c": "abc", "a\tb\nc": "a\tb\nc", "\xed\xa0\x80x": "x", "\ufffe\uffff": "", "𠮷": "𠮷", "\u0085\u009f": ""} {
		if got := printable(in); got != want {
			t.Errorf("%q is %q, not %q", in, got, want)
		}
	}
}

func TestAPageLoadsNothingAndHasTheDocumentsLanguage(t *testing.T) {
	var page bytes.Buffer
	if err := HTML(&page, sampleLetter().Document()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<html lang="zh-CN">`, `content="default-src 'none'; style-src 'unsafe-inline'"`, "<title>关于市十届人大五次会议第158号建议的答复</title>", `<h1 class="Title"`, `<h2 class="Heading1"`, "@page{size:210mm 297mm;"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page.String(), "url(") || strings.Contains(page.String(), "://") {
		t.Error("the page names something outside it")
	}
	page.Reset()
	if err := HTML(&page, sampleLedger().Document()); err != nil || !strings.Contains(page.String(), `<thead><tr><th scope="col"`) || !strings.Contains(page.String(), "@page{size:420mm 297mm;") {
		t.Errorf("the ledger's page has no head for its columns, or another size: %v", err)
	}
}

package document

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"lianxin/internal/errs"
)

// FuzzWord holds that any file is read twice alike or refused as the file's fault, that what was read is UTF-8 within bounds, and that a form made of it says nothing that is not in it.
func FuzzWord(f *testing.F) {
	l := labels(f)
	good := docx(f, para("关于饮水的建议")+grid([]string{"领衔代表", "甲子"}, []string{"v 附议人", "姓名"}, []string{"^", "乙"})+para("内容：水"))
	for _, seed := range [][]byte{good, good[:len(good)/2], docx(f, "<w:p>"), archive(f, `word\document.xml`, "<a/>"), []byte("PK\x03\x04"), []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), nil} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		readTwice(t, l, body)
	})
}

// FuzzWordMarkup does so with the markup of a body alone, which an archive's checksums hide from FuzzWord.
func FuzzWordMarkup(f *testing.F) {
	l := labels(f)
	for _, seed := range []string{para("a"), grid([]string{"标题", "x"}, []string{"v 领衔代表", "姓名", "甲"}, []string{"^", "代表团", "乙"}), grid([]string{"姓名", "代表团"}, []string{"甲", "乙"}),
		`<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:t>a</w:t><w:pict><w:txbxContent>` + para("b") + `</w:txbxContent></w:pict></w:r></w:p>`,
		`<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>`, para("标题：a 领衔代表：b") + para("内容：") + para("c") + para("附议人：d、e"),
		`<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999999"/><w:vMerge/></w:tcPr></w:tc></w:tr></w:tbl>`, `<!DOCTYPE a>`, `</w:body>`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, markup string) {
		readTwice(t, l, docx(t, markup))
	})
}

func readTwice(t *testing.T, l *Labels, body []byte) {
	d, err := Read(bytes.NewReader(body))
	again, err2 := Read(bytes.NewReader(body))
	if (err == nil) != (err2 == nil) || !cmp.Equal(d, again) {
		t.Fatalf("read twice: %v, %v", err, err2)
	}
	if err != nil {
		if kind := errs.KindOf(err); kind != errs.Invalid && kind != errs.TooLarge && kind != errs.Unsupported {
			t.Fatalf("%v is no fault of the file", err)
		}
		return
	}
	text := d.Text()
	if !utf8.ValidString(text) || len(text) > maxPart+maxBlocks {
		t.Fatalf("%d bytes of text, UTF-8: %v", len(text), utf8.ValidString(text))
	}
	form := l.Read(d)
	if !cmp.Equal(form, l.Read(d)) {
		t.Fatal("the form is read otherwise the second time")
	}
	for field, value := range form.Fields {
		of, known := l.fields[field]
		if !known || value == "" || strings.TrimSpace(value) != value {
			t.Fatalf("field %q: %q", field, value)
		}
		if of.List || of.Choice || of.Text {
			continue // put together from several places
		}
		for _, word := range strings.Fields(value) {
			if !strings.Contains(text, word) {
				t.Fatalf("%s: %q is not in the document", field, word)
			}
		}
	}
}

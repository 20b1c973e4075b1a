package document

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lianxin/internal/errs"
)

const open = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:body>`

const shut = `<w:sectPr><w:pgSz w:w="11906"/></w:sectPr></w:body></w:document>`

const relations = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

// archive packs names and contents in turn.
func archive(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// docx is a file whose body is the given markup.
func docx(t testing.TB, body string) []byte {
	return archive(t, "[Content_Types].xml", "<Types/>", "_rels/.rels", relations, "word/document.xml", open+body+shut)
}

func read(t *testing.T, body string) *Document {
	t.Helper()
	d, err := Read(bytes.NewReader(docx(t, body)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// para is a paragraph of one run.
func para(text string) string { return "<w:p><w:r><w:t>" + text + "</w:t></w:r></w:p>" }

// grid is a table of plain cells; a cell that begins with "<" is markup, "^" goes on with the cell above, and "v " begins one that goes on below.
func grid(rows ...[]string) string {
	var b strings.Builder
	b.WriteString(`<w:tbl><w:tblPr/><w:tblGrid/>`)
	for _, row := range rows {
		b.WriteString("<w:tr>")
		for _, cell := range row {
			switch {
			case strings.HasPrefix(cell, "<"):
				b.WriteString("<w:tc>" + cell + "</w:tc>")
			case cell == "^":
				b.WriteString("<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>")
			case strings.HasPrefix(cell, "v "):
				b.WriteString(`<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>` + para(cell[2:]) + "</w:tc>")
			default:
				b.WriteString("<w:tc>")
				for _, line := range strings.Split(cell, "\n") {
					b.WriteString(para(line))
				}
				b.WriteString("</w:tc>")
			}
		}
		b.WriteString("</w:tr>")
	}
	return b.String() + "</w:tbl>"
}

func run(text string) string { return "<w:r><w:t>" + text + "</w:t></w:r>" }

func TestWhatAParagraphReadsAs(t *testing.T) {
	for name, c := range map[string]struct{ markup, want string }{
		"runs split":         {run("关于") + `<w:proofErr w:type="spellStart"/>` + `<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve"> 增设 </w:t></w:r>` + run("路灯"), "关于 增设 路灯"},
		"tab and breaks":     {`<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:cr/><w:t>d</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>e</w:t></w:r>`, "a\tb\nc\nd-e"},
		"tab stops":          {`<w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>` + run("a"), "a"},
		"entities":           {run("&lt;a&gt; &amp; &#x4e00;"), "<a> & 一"},
		"inserted, deleted":  {`<w:ins>` + run("在") + `</w:ins><w:del><w:r><w:delText>不</w:delText><w:t>不</w:t></w:r></w:del><w:moveFrom>` + run("旧") + `</w:moveFrom><w:moveTo>` + run("新") + `</w:moveTo>`, "在新"},
		"content control":    {`<w:sdt><w:sdtPr><w:alias w:val="x"/></w:sdtPr><w:sdtContent>` + run("值") + `</w:sdtContent></w:sdt>`, "值"},
		"prompt":             {run("a") + `<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>` + run("单击此处输入文字") + `</w:sdtContent></w:sdt>` + run("b"), "ab"},
		"smart tag, link":    {`<w:smartTag w:element="place">` + run("乌海") + `</w:smartTag><w:hyperlink>` + run("市") + `</w:hyperlink>`, "乌海市"},
		"field":              {`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText><w:t>no</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` + run("3") + `<w:r><w:fldChar w:fldCharType="end"/></w:r>` + run("页"), "3页"},
		"field in a field":   {`<w:r><w:fldChar w:fldCharType="begin"/><w:fldChar w:fldCharType="begin"/><w:instrText>A</w:instrText><w:fldChar w:fldCharType="separate"/><w:t>no</w:t><w:fldChar w:fldCharType="end"/><w:fldChar w:fldCharType="separate"/><w:t>yes</w:t><w:fldChar w:fldCharType="end"/></w:r>`, "yes"},
		"simple field":       {`<w:fldSimple w:instr="DATE">` + run("今天") + `</w:fldSimple>`, "今天"},
		"stray field's end":  {`<w:r><w:fldChar w:fldCharType="end"/><w:fldChar w:fldCharType="separate"/><w:t>a</w:t></w:r>`, "a"},
		"ticked form field":  {`<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="c"/><w:checkBox><w:sizeAuto/><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData></w:fldChar><w:instrText>FORMCHECKBOX</w:instrText><w:fldChar w:fldCharType="end"/><w:t>是</w:t></w:r>`, "☑是"},
		"symbol":             {`<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>同意</w:t><w:sym w:font="Wingdings" w:char="00A8"/><w:sym w:font="Nowhere" w:char="zz"/></w:r>`, "☑同意☐"},
		"hidden":             {`<w:r><w:rPr><w:vanish/></w:rPr><w:t>a</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>b</w:t></w:r>` + run("c"), "bc"},
		"ruby":               {`<w:r><w:ruby><w:rt>` + run("pin") + `</w:rt><w:rubyBase>` + run("拼") + `</w:rubyBase></w:ruby></w:r>`, "拼"},
		"formula":            {`<m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath>`, "x+1"},
		"notes and comments": {run("a") + `<w:commentRangeStart w:id="1"/><w:r><w:footnoteReference w:id="1"/><w:annotationRef/></w:r>` + run("b"), "ab"},
		"nothing":            {"", ""},
	} {
		d := read(t, "<w:p>"+c.markup+"</w:p>")
		if len(d.Blocks) != 1 || d.Blocks[0].Paragraph.Text != c.want {
			t.Errorf("%s: got %q, want %q", name, d.Text(), c.want)
		}
	}
}

func TestBlocksInOrder(t *testing.T) {
	d := read(t, `<w:p><w:pPr><w:pStyle w:val="Title"/><w:jc w:val="center"/></w:pPr>`+run("题")+`</w:p>`+
		`<w:sdt><w:sdtPr/><w:sdtContent>`+para("一")+grid([]string{"a", "b"}, []string{grid2("c"), "d"})+`</w:sdtContent></w:sdt><w:customXml>`+para("二")+`</w:customXml>`+
		`<w:ins>`+para("三")+`</w:ins>`)
	want := "题\n一\na\tb\nc\td\n二\n三"
	if d.Text() != want {
		t.Errorf("got %q, want %q", d.Text(), want)
	}
	if p := d.Blocks[0].Paragraph; p.Style != "Title" || !p.Centred {
		t.Errorf("got %+v", p)
	}
	if inner := d.Blocks[2].Table.Rows[1][0].Blocks[0].Table; inner == nil || inner.Rows[0][0].Text() != "c" {
		t.Error("the table within the cell is lost")
	}
}

func grid2(cell string) string { return grid([]string{cell}) }

func TestCellsThatAreMerged(t *testing.T) {
	d := read(t, `<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="3"/><w:vMerge w:val="restart"/></w:tcPr>`+para("a")+`</w:tc></w:tr>
		<w:tr><w:tc><w:tcPr><w:gridSpan w:val="-7"/><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr><w:tr><w:trPr><w:del/></w:trPr><w:tc>`+para("gone")+`</w:tc></w:tr>
		<w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent><w:tc>`+para("kept")+`</w:tc></w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt></w:tbl>`)
	rows := d.Blocks[0].Table.Rows
	if len(rows) != 3 || rows[0][0].Span != 3 || rows[0][0].Continues || rows[1][0].Span != 1 || !rows[1][0].Continues || rows[2][0].Text() != "kept" {
		t.Errorf("got %+v", rows)
	}
}

func TestAParagraphWhoseEndWasDeletedGoesOn(t *testing.T) {
	d := read(t, `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>`+run("上")+`</w:p>`+para("下"))
	if d.Text() != "上下" {
		t.Errorf("got %q", d.Text())
	}
}

func TestATextBoxFollowsItsParagraphOnce(t *testing.T) {
	box := `<w:txbxContent>` + para("框") + `</w:txbxContent>`
	d := read(t, `<w:p>`+run("前")+`<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>`+box+`</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>`+
		box+`</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>`+run("后")+`</w:p><w:p><w:r><w:pict><v:shape><v:textbox>`+box+`</v:textbox></v:shape></w:pict></w:r></w:p>`)
	if d.Text() != "前后\n框\n\n框" {
		t.Errorf("got %q", d.Text())
	}
}

func TestTheMainPartIsFoundByItsRelation(t *testing.T) {
	other := strings.Replace(relations, "word/document.xml", "/word/document2.xml", 1)
	strict := strings.ReplaceAll(open, "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
	for name, body := range map[string][]byte{
		"relation":     archive(t, "_rels/.rels", other, "word/document2.xml", open+para("a")+shut, "word/document.xml", "no"),
		"no relations": archive(t, "word/document.xml", open+para("a")+shut),
		"bad relation": archive(t, "_rels/.rels", "<", "word/document.xml", open+para("a")+shut),
		"backslash":    archive(t, `word\document.xml`, open+para("a")+shut),
		"strict":       archive(t, "word/document.xml", strict+para("a")+shut),
		"byte order":   archive(t, "word/document.xml", "\uFEFF"+open+para("a")+shut),
	} {
		if d, err := Read(bytes.NewReader(body)); err != nil || d.Text() != "a" {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
}

func TestWrongFilesAreRefusedByName(t *testing.T) {
	compound := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 504)
	deep := strings.Repeat("<w:customXml>", maxDepth) + strings.Repeat("</w:customXml>", maxDepth)
	good := docx(t, para("a"))
	locked := bytes.Clone(good)
	for at := range locked { // the flag of each entry and of its place in the directory
		switch {
		case bytes.HasPrefix(locked[at:], []byte("PK\x03\x04")):
			locked[at+6] |= 1
		case bytes.HasPrefix(locked[at:], []byte("PK\x01\x02")):
			locked[at+8] |= 1
		}
	}
	many := make([]string, 0, 2*maxEntries+2)
	for i := range maxEntries + 1 {
		many = append(many, fmt.Sprint(i), "")
	}
	for name, c := range map[string]struct {
		body []byte
		key  string
		kind errs.Kind
	}{
		"nothing":        {nil, "document.not_word", errs.Unsupported},
		"a PDF":          {[]byte("%PDF-1.7"), "document.not_word", errs.Unsupported},
		"RTF":            {[]byte(`{\rtf1 a}`), "document.not_word", errs.Unsupported},
		"a sheet":        {archive(t, "xl/workbook.xml", "<workbook/>"), "document.not_word", errs.Unsupported},
		"a sheet inside": {archive(t, "word/document.xml", "<workbook/>"), "document.not_word", errs.Unsupported},
		".doc":           {[]byte(compound), "document.old_word", errs.Unsupported},
		"password":       {[]byte(compound + string(wide("EncryptedPackage"))), "document.encrypted", errs.Invalid},
		"locked entry":   {locked, "document.encrypted", errs.Invalid},
		"cut short":      {good[:len(good)-30], "document.unreadable", errs.Invalid},
		"bad markup":     {docx(t, "<w:p>"), "document.unreadable", errs.Invalid},
		"no part":        {archive(t, "word/document.xml", ""), "document.unreadable", errs.Invalid},
		"entities":       {archive(t, "word/document.xml", `<!DOCTYPE a [<!ENTITY b "c">]>`+open+para("&b;")+shut), "document.unreadable", errs.Invalid},
		"outside entity": {archive(t, "word/document.xml", `<!DOCTYPE a SYSTEM "file:///etc/hostname">`+open+shut), "document.unreadable", errs.Invalid},
		"unknown entity": {docx(t, para("&b;")), "document.unreadable", errs.Invalid},
		"deep":           {docx(t, deep), "document.too_large", errs.TooLarge},
		"many blocks":    {docx(t, strings.Repeat("<w:p/>", maxBlocks+1)), "document.too_large", errs.TooLarge},
		"a bomb":         {docx(t, strings.Repeat(" ", maxPart)), "document.too_large", errs.TooLarge},
		"many entries":   {archive(t, many...), "document.too_large", errs.TooLarge},
		"long":           {append(bytes.Clone(good), make([]byte, MaxBytes)...), "document.too_large", errs.TooLarge},
	} {
		_, err := Read(bytes.NewReader(c.body))
		if e := errs.All(err); err == nil || e[0].Key != c.key || e[0].Kind != c.kind {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
	}
}

func TestChosen(t *testing.T) {
	for s, want := range map[string][]string{
		"☑同意全文公开　□仅同意公开标题": {"同意全文公开"}, "同意全文公开□ 仅同意公开标题√": {"仅同意公开标题"}, "□是 □否": nil, "■专题调研、☐座谈、☑走访": {"专题调研", "走访"}, "是（√）否（ ）": {"是"},
	} {
		if got, ok := chosen(s); !ok || !cmp.Equal(got, want) {
			t.Errorf("%s: %q, %v", s, got, ok)
		}
	}
	if _, ok := chosen("城建交通"); ok {
		t.Error("a text without boxes is an option")
	}
}

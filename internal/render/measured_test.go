package render

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lianxin/internal/table"
)

// number is the first group of a pattern in a part, as a number.
func number(t *testing.T, part, pattern string) float64 {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(part)
	if m == nil {
		t.Fatalf("no %s", pattern)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s is %.2f and should be %.2f (within %.2f)", what, got, want, within)
	}
}

const twipsPerMM = 1440 / 25.4

func TestWordHasThePaperOfTheStandard(t *testing.T) {
	part := parts(t, sampleLetter().Document())["word/document.xml"]
	mm := func(pattern string) float64 { return number(t, part, pattern) / twipsPerMM }
	near(t, "the page's width", mm(`<w:pgSz w:w="(\d+)"`), 210, 0.1)
	near(t, "the page's height", mm(`<w:pgSz [^>]*w:h="(\d+)"`), 297, 0.1)
	top, bottom := mm(`<w:pgMar w:top="(\d+)"`), mm(`<w:pgMar [^>]*w:bottom="(\d+)"`)
	left, right := mm(`<w:pgMar [^>]*w:left="(\d+)"`), mm(`<w:pgMar [^>]*w:right="(\d+)"`)
	near(t, "the space above", top, 37, 0.1)
	near(t, "the space at the binding", left, 28, 0.1)
	near(t, "the text area's width", 210-left-right, 156, 0.1)
	near(t, "the text area's height", 297-top-bottom, 225, 0.1)
	pitch := number(t, part, `w:linePitch="(\d+)"`)
	height := math.Round(225 * twipsPerMM)
	if 22*pitch > height || 23*pitch <= height {
		t.Errorf("a line of %v twips does not go 22 times into %v", pitch, height)
	}
	char := bodyPoints + number(t, part, `w:charSpace="(-?\d+)"`)/4096
	if width := 156 * twipsPerMM / 20; 28*char > width || 29*char <= width {
		t.Errorf("a character of %v points does not go 28 times into %v", char, width)
	}
	if !strings.Contains(part, `<w:docGrid w:type="linesAndChars"`) {
		t.Error("the grid is not of lines and characters")
	}
}

// TestWordSetsTheTextOnTheGrid measures the style itself, which does not lean on the grid.
func TestWordSetsTheTextOnTheGrid(t *testing.T) {
	style := styleOf(t, parts(t, sampleLetter().Document())["word/styles.xml"], "Body")
	if !strings.Contains(style, `w:lineRule="exact"`) {
		t.Error("lines are not exact")
	}
	if n := math.Floor((225*twipsPerMM + 1) / number(t, style, `w:line="(\d+)"`)); n != 22 {
		t.Errorf("%v lines on a page", n)
	}
	char := number(t, style, `<w:sz w:val="(\d+)"`)/2 + number(t, style, `<w:spacing w:val="(-?\d+)"/>`)/20
	if n := math.Floor(156 * twipsPerMM / 20 / char); n != 28 {
		t.Errorf("%v characters on a line", n)
	}
	near(t, "the first line's indent in characters", number(t, style, `w:firstLineChars="(\d+)"`)/100, 2, 0)
}

func styleOf(t *testing.T, styles, id string) string {
	t.Helper()
	_, rest, found := strings.Cut(styles, `w:styleId="`+id+`"`)
	style, _, closed := strings.Cut(rest, "</w:style>")
	if !found || !closed {
		t.Fatalf("no style %s", id)
	}
	return style
}

func TestWordNamesTheFacesOfTheStandardOrTheOffices(t *testing.T) {
	own := Fonts{Body: "Own Body", Heading: "Own Heading", Kai: "Own Kai", Title: "Own Title"}
	for _, fonts := range []Fonts{{}, own} {
		l := sampleLetter()
		l.Fonts = fonts
		all := parts(t, l.Document())
		want := fonts.or(StandardFonts())
		for id, face := range map[string]string{"Title": want.Title, "Heading1": want.Heading, "Heading2": want.Kai, "Body": want.Body} {
			if !strings.Contains(styleOf(t, all["word/styles.xml"], id), `w:eastAsia="`+face+`"`) {
				t.Errorf("%s is not in %s", id, face)
			}
		}
		near(t, "the title's size", number(t, styleOf(t, all["word/styles.xml"], "Title"), `<w:sz w:val="(\d+)"`), 44, 0)
		if !strings.Contains(all["word/fontTable.xml"], want.Title) || !strings.Contains(all["word/header_first.xml"], `<w:rFonts w:eastAsia="`+want.Title+`"`) {
			t.Errorf("the red name is not in %s", want.Title)
		}
	}
	if StandardFonts().Body != "仿宋_GB2312" || StandardFonts().Title != "方正小标宋简体" {
		t.Errorf("the standard's faces are %+v", StandardFonts())
	}
}

func TestWordDrawsTheLettersLines(t *testing.T) {
	l := sampleLetter()
	head := parts(t, l.Document())["word/header_first.xml"]
	choice := regexp.MustCompile(`(?s)<mc:Choice.*?</mc:Choice>`).FindAllString(head, -1)
	if len(choice) != 4 {
		t.Fatalf("%d lines, of two double lines", len(choice))
	}
	type line struct{ left, top, width, thick float64 }
	var lines []line
	for _, c := range choice {
		thick := number(t, c, `<a:ln w="(\d+)"`) / 36_000
		lines = append(lines, line{left: number(t, c, `<wp:positionH relativeFrom="page"><wp:posOffset>(\d+)`) / 36_000,
			top: number(t, c, `<wp:positionV relativeFrom="page"><wp:posOffset>(\d+)`)/36_000 - thick/2, width: number(t, c, `<wp:extent cx="(\d+)"`) / 36_000, thick: thick})
		if !strings.Contains(c, `<a:srgbClr val="FF0000"/>`) {
			t.Error("a line is not red")
		}
	}
	for i, l := range lines {
		near(t, "a line's width", l.width, 170, 0.01)
		near(t, "a line's left end", l.left, 20, 0.01)
		if heavy := i == 0 || i == 3; heavy != (l.thick > 0.5) {
			t.Errorf("line %d is %.2f mm thick: above heavy over light, below light over heavy", i, l.thick)
		}
	}
	size := number(t, head, `<w:color w:val="FF0000"/><w:spacing w:val="\d+"/><w:sz w:val="(\d+)"`) / 2 / pointsPerMM
	near(t, "the upper double line's distance from the name", lines[0].top-30-size, 4, 0.05)
	near(t, "the lower double line's distance from the page's edge", 297-lines[3].top-lines[3].thick, 20, 0.05)
	header := number(t, parts(t, l.Document())["word/document.xml"], `w:header="(\d+)"`)
	above := number(t, head, `w:line="(\d+)"`)
	near(t, "the name's top edge", (header+above)/twipsPerMM+headingRise*size, 30, 0.1)
}

func TestWordNumbersPagesFromTheSecondOn(t *testing.T) {
	all := parts(t, sampleLetter().Document())
	body := all["word/document.xml"]
	for _, want := range []string{`<w:titlePg/>`, `<w:footerReference w:type="first" r:id="rId7"/>`, `<w:footerReference w:type="default" r:id="rId5"/>`, `<w:footerReference w:type="even" r:id="rId6"/>`, `<w:headerReference w:type="first" r:id="rId4"/>`} {
		if !strings.Contains(body, want) {
			t.Errorf("the section lacks %s", want)
		}
	}
	if strings.Contains(all["word/footer_first.xml"], "PAGE") || !strings.Contains(all["word/settings.xml"], "<w:evenAndOddHeaders/>") {
		t.Error("the first page has a number, or left and right pages are alike")
	}
	for name, side := range map[string]string{"odd": "right", "even": "left"} {
		footer := all["word/footer_"+name+".xml"]
		words, _ := charData(footer)
		if !strings.Contains(footer, " PAGE ") || !strings.Contains(footer, `<w:jc w:val="`+side+`"/>`) || !strings.HasPrefix(words, "— ") || !strings.HasSuffix(words, " —") {
			t.Errorf("%s pages: %s", name, footer)
		}
		near(t, "the number's size", number(t, footer, `<w:sz w:val="(\d+)"`)/2, 14, 0)
		near(t, "the number's indent in characters", number(t, footer, `w:`+side+`="(\d+)"`)/280, 1, 0)
	}
	edge := number(t, body, `w:footer="(\d+)"`) / twipsPerMM
	near(t, "the dashes under the text", 35-edge-numberLine*0.45/pointsPerMM, 7, 0.1)
}

func TestAFileNumbersItsFirstPageToo(t *testing.T) {
	all := parts(t, sampleCircular().Document())
	if strings.Contains(all["word/document.xml"], "titlePg") {
		t.Error("the first page is another")
	}
	c := sampleCircular()
	c.Class = "〔A〕"
	all = parts(t, c.Document())
	if !strings.Contains(all["word/document.xml"], "titlePg") || !strings.Contains(all["word/footer_first.xml"], " PAGE ") || !strings.Contains(all["word/header_first.xml"], "A") {
		t.Error("a class letter takes the first page's number, or is not there")
	}
	if strings.Contains(all["word/header_first.xml"], "wps:wsp") {
		t.Error("a file has a letter's lines")
	}
}

func TestAFilesHeadStandsWhereTheStandardHasIt(t *testing.T) {
	body := parts(t, sampleCircular().Document())["word/document.xml"]
	before := number(t, body, `<w:spacing w:before="(\d+)" w:line="\d+" w:lineRule="exact"/><w:jc w:val="center"/>`) / twipsPerMM
	size := number(t, body, `<w:color w:val="FF0000"/><w:spacing w:val="\d+"/><w:sz w:val="(\d+)"`) / 2 / pointsPerMM
	near(t, "the name's top edge under the text area's", before+headingRise*size, 35, 0.3)
	near(t, "the line's distance from the number", number(t, body, `<w:pBdr><w:bottom [^>]*w:space="(\d+)"`)/pointsPerMM, 4, 0.2)
}

func TestALedgerLiesOnA3AndRepeatsItsHead(t *testing.T) {
	all := parts(t, sampleLedger().Document())
	body := all["word/document.xml"]
	near(t, "the page's width", number(t, body, `<w:pgSz w:w="(\d+)"`)/twipsPerMM, 420, 0.1)
	near(t, "the page's height", number(t, body, `<w:pgSz [^>]*w:h="(\d+)"`)/twipsPerMM, 297, 0.1)
	if !strings.Contains(body, `w:orient="landscape"`) || strings.Count(body, "<w:tblHeader/>") != 1 || strings.Count(body, "<w:cantSplit/>") != 61 {
		t.Error("the page does not lie, or its head is not repeated, or rows may be cut")
	}
	columns, width := regexp.MustCompile(`<w:gridCol w:w="(\d+)"/>`).FindAllStringSubmatch(body, -1), 0
	for _, c := range columns {
		n, _ := strconv.Atoi(c[1])
		width += n
	}
	if len(columns) != 14 {
		t.Errorf("%d columns", len(columns))
	}
	near(t, "the columns' widths", float64(width)/twipsPerMM, 420-20-15, 0.3)
	words, _ := charData(all["word/footer_odd.xml"])
	if words != "第 PAGE 1页　共 NUMPAGES 1页" {
		t.Errorf("the pages' number is %q", words)
	}
}

func TestAQuestionnaireHasBoxesToTick(t *testing.T) {
	q := sampleQuestionnaire()
	q.Questions[0].Choices[1].Ticked = true
	body := parts(t, q.Document())["word/document.xml"]
	words, _ := charData(body)
	for _, want := range []string{"□满意　☑基本满意　□不满意", "建议编号第158号领衔代表甲子丑", "代表签名"} {
		if !strings.Contains(words, want) {
			t.Errorf("the sheet lacks %q", want)
		}
	}
	if strings.Count(body, "<w14:checkbox>") != 10 || strings.Count(body, `<w14:checked w14:val="1"/>`) != 1 {
		t.Error("boxes cannot be ticked")
	}
}

func TestTablesAreSpreadsheetsToo(t *testing.T) {
	rows := sampleLedger().Table.Sheet()
	if len(rows) != 61 || rows[0][2] != "标题" || rows[60][1] != "第60号" {
		t.Errorf("%d rows, %q", len(rows), rows[0])
	}
	var b bytes.Buffer
	if err := table.WriteExcel(&b, "台账", rows); err != nil {
		t.Fatal(err)
	}
	if f, err := table.Read(&b); err != nil || len(f.Rows) != 60 || f.Rows[0].Fields["主办单位"] != "市住房和城乡建设局" {
		t.Errorf("the spreadsheet reads as %+v: %v", f, err)
	}
	ticked := Cell{Text: "a", Choices: []Choice{{"b", false}, {"c", true}}}
	if rows := (Table{Columns: make([]Column, 1), Rows: [][]Cell{{ticked}}}).Sheet(); len(rows) != 1 || rows[0][0] != "a c" {
		t.Errorf("%q", rows)
	}
}

func TestRowsThatDoNotFitAreMadeToFit(t *testing.T) {
	rows := Table{Columns: make([]Column, 2), Rows: [][]Cell{Line("1"), Line("1", "2", "3"), {{Text: "wide", Span: 9}}}}
	body := parts(t, Document{Blocks: []Block{rows}})["word/document.xml"]
	if n := strings.Count(body, "<w:tc>"); n != 5 {
		t.Errorf("%d cells in rows of 2, 2 and one of two", n)
	}
}

func TestATableOfNothingIsLeftOut(t *testing.T) {
	for _, nothing := range []Table{{}, {Rows: [][]Cell{Line("1")}}, {Columns: make([]Column, 2)}} {
		if body := parts(t, Document{Blocks: []Block{nothing}})["word/document.xml"]; strings.Contains(body, "<w:tbl>") {
			t.Errorf("%+v is a table", nothing)
		}
	}
}

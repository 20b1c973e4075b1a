package table

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

func excel(t testing.TB) []byte {
	t.Helper()
	x := excelize.NewFile()
	for cell, v := range map[string]string{"A1": "名称", "B1": "电话", "A2": "甲局", "B2": "0473-0000001"} {
		if err := x.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	b, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadsEveryForm(t *testing.T) {
	const text = "名称,电话\n甲局,0473-0000001\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	gz := gzip.NewWriter(&zipped)
	gz.Write([]byte(text))
	gz.Close()
	want := map[string]string{"名称": "甲局", "电话": "0473-0000001"}
	for name, body := range map[string][]byte{"utf-8": []byte(text), "mark": []byte("\uFEFF" + text), "gbk": []byte(gbk), "gzip": zipped.Bytes(), "excel": excel(t),
		"tabs": []byte(strings.ReplaceAll(text, ",", "\t")), "crlf": []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"json": []byte(`{"名称":"甲局","电话":"0473-0000001"}` + "\n")} {
		f, err := Read(bytes.NewReader(body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(f.Rows) != 1 || !cmp.Equal(f.Rows[0].Fields, want) {
			t.Errorf("%s: got %+v", name, f.Rows)
		}
	}
}

func TestBadRowsAreNamedByLine(t *testing.T) {
	f, err := Read(strings.NewReader("{\"a\":1}\nnonsense\n{\"a\":2}\n"))
	if err != nil || len(f.Rows) != 3 || f.Rows[1].Err == nil || f.Rows[1].Line != 2 || f.Rows[2].Fields["a"] != "2" {
		t.Errorf("got %+v, %v", f, err)
	}
	f, err = Read(strings.NewReader("a,b\n1,2,3\n"))
	if err != nil || f.Rows[0].Err == nil {
		t.Errorf("a row with more cells than the header: %+v, %v", f, err)
	}
	for _, bad := range []string{"", "a,a\n1,2\n", "PK\x03\x04nonsense", "\x1f\x8bnonsense", "a,b\n\xff\xff\xff\xff,\x81"} {
		if _, err := Read(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestCSVRunsNoFormulas(t *testing.T) {
	var b strings.Builder
	if err := WriteCSV(&b, [][]string{{"=1+1", "-2", "plain", "多\n行"}}); err != nil {
		t.Fatal(err)
	}
	if want := "\uFEFF'=1+1,'-2,plain,\"多\n行\"\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
}

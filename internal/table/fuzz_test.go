package table

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"lianxin/internal/errs"
)

func gzipped(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	if _, err := gz.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzRead holds that a file is read twice alike, that rows stand in order under names of the header, and that whatever is written as CSV
// reads back as it was.
func FuzzRead(f *testing.F) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("名称,电话\n甲局,0473-0000001\n")
	if err != nil {
		f.Fatal(err)
	}
	csv := []byte("a,b\n1,2\n")
	for _, seed := range [][]byte{csv, []byte(`{"a":1}`), excel(f), []byte(gbk), gzipped(f, csv), gzipped(f, gzipped(f, csv)), gzipped(f, excel(f)), []byte("\uFEFFa;b\r\n\"1\n2\";3"),
		[]byte("\n\n{\"b\":1,\"a\":null}\n{\"c\":[1,{}]} x\n{\"c\":{\"d\":1e9}}"), []byte("a\tb\n\x80\xff"), []byte(",\n1,2"), []byte("a,a\n"), []byte("PK\x03\x04")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		file, err := Read(bytes.NewReader(body))
		again, err2 := Read(bytes.NewReader(body))
		if (err == nil) != (err2 == nil) || err == nil && fmt.Sprint(file) != fmt.Sprint(again) {
			t.Fatalf("read twice: %v, %v; %v, %v", file, err, again, err2)
		}
		if err != nil {
			if kind := errs.KindOf(err); kind != errs.Invalid && kind != errs.TooLarge {
				t.Fatalf("%v is no fault of the file", err)
			}
			return
		}
		ordered(t, file)
		rewritten(t, file)
	})
}

func ordered(t *testing.T, file *File) {
	line := 0
	for _, r := range file.Rows {
		if r.Line <= line || (r.Err == nil) == (r.Fields == nil) {
			t.Fatalf("row %+v after line %d", r, line)
		}
		line = r.Line
		for name := range r.Fields {
			if !slices.Contains(file.Header, name) {
				t.Fatalf("a field %q under header %q", name, file.Header)
			}
		}
	}
}

// rewritten writes what was read as CSV. Cells that a spreadsheet would run are changed on purpose, a brace makes JSON of a header, blanks around a cell are not kept,
// and a row of nothing is no row.
func rewritten(t *testing.T, file *File) {
	kept := func(s string) bool {
		return utf8.ValidString(s) && Safe(s) == s && strings.TrimSpace(s) == s && !strings.Contains(s, "\r")
	}
	if len(file.Header) == 0 || slices.ContainsFunc(file.Header, func(s string) bool { return !kept(s) || s == "" || strings.ContainsAny(s, "{;\t\n") }) {
		return
	}
	rows := [][]string{file.Header}
	var want []map[string]string
	for _, r := range file.Rows {
		row, full := make([]string, len(file.Header)), map[string]string{}
		for i, name := range file.Header {
			row[i] = r.Fields[name]
			full[name] = row[i]
		}
		if !slices.ContainsFunc(row, func(s string) bool { return s != "" }) || slices.ContainsFunc(row, func(s string) bool { return !kept(s) }) {
			continue
		}
		rows, want = append(rows, row), append(want, full)
	}
	var b bytes.Buffer
	if err := WriteCSV(&b, rows); err != nil {
		t.Fatal(err)
	}
	back, err := Read(&b)
	if err != nil {
		t.Fatalf("%q: %v", rows, err)
	}
	var got []map[string]string
	for _, r := range back.Rows {
		got = append(got, r.Fields)
	}
	if d := cmp.Diff(want, got); d != "" || !slices.Equal(back.Header, file.Header) {
		t.Fatalf("%q came back as %q: %s", rows, back.Header, d)
	}
}

func TestATableThatFillsTheMemoryIsRefused(t *testing.T) {
	x := excelize.NewFile()
	if err := x.SetCellValue("Sheet1", "XFD1", "far out"); err != nil {
		t.Fatal(err)
	}
	wide, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{"a sheet": wide.Bytes(), "csv": []byte("a" + strings.Repeat(",", MaxColumns) + "\n1\n"),
		"a bomb": gzipped(t, make([]byte, MaxBytes+1))} {
		if _, err := Read(bytes.NewReader(body)); !errs.Is(err, errs.TooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f, err := Read(bytes.NewReader(gzipped(t, gzipped(t, []byte("a,b\n1,2\n"))))); err == nil {
		t.Errorf("gzip within gzip was read as %+v", f)
	}
}

func TestJSONLinesKeepTheirLines(t *testing.T) {
	f, err := Read(strings.NewReader("\n\n{\"b\":1,\"a\":null}\n{\"a\":2} {\"a\":3}\n"))
	if err != nil || len(f.Rows) != 2 || f.Rows[0].Line != 3 || f.Rows[1].Err == nil || !slices.Equal(f.Header, []string{"a", "b"}) {
		t.Errorf("got %+v, %v", f, err)
	}
}

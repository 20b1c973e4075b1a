// Package table reads rows out of the files offices and others hand over (CSV in UTF-8 or GBK, Excel, JSON lines, each also gzipped), and writes CSV.
// It never knows what a column means.
package table

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"lianxin/internal/errs"
)

//go:embed messages
var messages embed.FS

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Limits on what is taken; more is taken for a bomb (our default). A spreadsheet names cells it does not hold, so that bytes alone bound nothing.
const (
	MaxBytes   = 256 << 20 // of a file once unpacked
	MaxColumns = 500
	maxCells   = 10_000_000 // rows by columns
)

// Row is one row: its line in the file (a spreadsheet's row, a JSON line), and its fields by the names of the header.
type Row struct {
	Line   int
	Fields map[string]string
	Err    error // the row could not be read; Fields is nil
}

// File is what was read: the header in its order, and the rows.
type File struct {
	Header []string
	Rows   []Row
}

// Read reads a whole file, by its content and not its name. Errors are errs.Invalid or errs.TooLarge; a single bad JSON line is told in its row.
func Read(r io.Reader) (*File, error) {
	body, err := unpack(r)
	if err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return readExcel(body)
	case bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n\uFEFF"), []byte("{")):
		return readJSON(bytes.TrimPrefix(body, []byte("\uFEFF")))
	}
	return readCSV(body)
}

// unpack reads what is there, through gzip if it is gzipped.
func unpack(r io.Reader) ([]byte, error) {
	br := bufio.NewReader(r)
	if head, err := br.Peek(2); err == nil && head[0] == 0x1f && head[1] == 0x8b {
		gz, err := gzip.NewReader(br)
		if err != nil {
			return nil, errs.New(errs.Invalid, "table.unreadable").Because(err)
		}
		defer gz.Close()
		return limited(gz)
	}
	return limited(br)
}

func limited(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, errs.New(errs.Invalid, "table.unreadable").Because(err)
	}
	if len(body) > MaxBytes {
		return nil, errs.New(errs.TooLarge, "table.too_large").With(errs.Args{"Max": MaxBytes >> 20})
	}
	return body, nil
}

// decode makes UTF-8 of a text: of UTF-8 with or without its mark, else of GBK.
func decode(body []byte) ([]byte, error) {
	body = bytes.TrimPrefix(body, []byte("\uFEFF"))
	if utf8.Valid(body) {
		return body, nil
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(body)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return nil, errs.New(errs.Invalid, "table.encoding")
	}
	return decoded, nil
}

func readCSV(body []byte) (*File, error) {
	text, err := decode(body)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = separator(text)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	f := &File{}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errs.New(errs.Invalid, "table.unreadable").Because(err)
		}
		line, _ := r.FieldPos(0)
		if err := f.add(line, record); err != nil {
			return nil, err
		}
	}
	return f, f.check()
}

// separator is whichever of comma, semicolon and tab the header holds most of.
func separator(text []byte) rune {
	header, _, _ := bytes.Cut(text, []byte("\n"))
	best, count := ',', 0
	for _, c := range ",;\t" {
		if n := bytes.Count(header, []byte(string(c))); n > count {
			best, count = c, n
		}
	}
	return best
}

// add takes a record: the first that is not empty is the header.
func (f *File) add(line int, record []string) error {
	if strings.TrimSpace(strings.Join(record, "")) == "" {
		return nil
	}
	if f.Header == nil {
		for _, name := range record {
			f.Header = append(f.Header, strings.TrimSpace(name))
		}
		return f.wide()
	}
	if len(record) > len(f.Header) && strings.TrimSpace(strings.Join(record[len(f.Header):], "")) != "" {
		f.Rows = append(f.Rows, Row{Line: line, Err: errs.New(errs.Invalid, "table.too_many_cells").With(errs.Args{"Line": line})})
		return nil
	}
	fields := map[string]string{}
	for i, name := range f.Header {
		if i < len(record) {
			fields[name] = strings.TrimSpace(record[i])
		}
	}
	f.Rows = append(f.Rows, Row{Line: line, Fields: fields})
	return f.wide()
}

// wide refuses a table that would fill the memory.
func (f *File) wide() error {
	if len(f.Header) > MaxColumns || len(f.Header)*len(f.Rows) > maxCells {
		return errs.New(errs.TooLarge, "table.too_many").With(errs.Args{"Columns": MaxColumns, "Cells": maxCells / 10_000})
	}
	return nil
}

// check refuses a header that names a column twice, or none at all.
func (f *File) check() error {
	seen := map[string]bool{}
	for _, name := range f.Header {
		if name != "" && seen[name] {
			return errs.New(errs.Invalid, "table.column_twice").With(errs.Args{"Column": name})
		}
		seen[name] = true
	}
	if len(f.Header) == 0 {
		return errs.New(errs.Invalid, "table.empty")
	}
	return nil
}

func readExcel(body []byte) (*File, error) {
	x, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{UnzipSizeLimit: MaxBytes, UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		return nil, errs.New(errs.Invalid, "table.unreadable").Because(err)
	}
	defer x.Close() // removes excelize's passing files; nothing was changed
	rows, err := x.Rows(x.GetSheetName(0))
	if err != nil {
		return nil, errs.New(errs.Invalid, "table.unreadable").Because(err)
	}
	defer rows.Close()
	f := &File{}
	for line := 1; rows.Next(); line++ {
		record, err := rows.Columns()
		if err != nil {
			return nil, errs.New(errs.Invalid, "table.unreadable").Because(err)
		}
		if err := f.add(line, record); err != nil {
			return nil, err
		}
	}
	return f, f.check()
}

func readJSON(body []byte) (*File, error) {
	f := &File{}
	known := map[string]bool{}
	for i, line := range bytes.Split(body, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		fields, names, err := object(line)
		if err != nil {
			f.Rows = append(f.Rows, Row{Line: i + 1, Err: errs.New(errs.Invalid, "table.bad_line").With(errs.Args{"Line": i + 1}).Because(err)})
			continue
		}
		for _, name := range names {
			if !known[name] {
				known[name] = true
				f.Header = append(f.Header, name)
			}
		}
		f.Rows = append(f.Rows, Row{Line: i + 1, Fields: fields})
		if err := f.wide(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// object reads a line that holds one JSON object, and its names in order. What is null has a name and no field; what is no single value is kept as its JSON.
func object(line []byte) (map[string]string, []string, error) {
	var values map[string]any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&values); err != nil {
		return nil, nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || !utf8.Valid(line) {
		return nil, nil, errors.New("table: more than one object, or not UTF-8")
	}
	fields, names := map[string]string{}, slices.Sorted(maps.Keys(values))
	for name, v := range values {
		switch v := v.(type) {
		case nil:
		case string:
			fields[name] = v
		case bool, json.Number:
			fields[name] = fmt.Sprint(v)
		default:
			b, err := json.Marshal(v)
			if err != nil {
				return nil, nil, err
			}
			fields[name] = string(b)
		}
	}
	return fields, names, nil
}

// WriteCSV writes rows for Excel: UTF-8 with its mark, and no cell that a spreadsheet would run as a formula.
func WriteCSV(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = Safe(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Safe puts a quote before a cell that begins like a formula.
func Safe(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// WriteExcel writes rows as a spreadsheet whose first row is the header. Every cell is a text: none can be a formula.
func WriteExcel(w io.Writer, sheet string, rows [][]string) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, cell := range row {
			cells[j] = cell
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := out.SetRow(at, cells); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

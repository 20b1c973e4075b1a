package suggestion

import (
	"io"
	"slices"

	"lianxin/internal/document"
	"lianxin/internal/table"
)

// formFields are the fields of a paper form and the import's own they are.
var formFields = [][2]string{{"title", "title"}, {"body", "body"}, {"lead", "deputy"}, {"cosigners", "signers"}, {"category", "category"},
	{"delegation", "delegation"}, {"date", "written_at"}, {"agency", "agencies"}, {"publication", "disclosure"}}

// Sheet is one paper of a pile: a Word file 建议专用纸.
type Sheet struct {
	Name string
	Body io.Reader
}

// Pile reads Word files as the rows of one file, so that a session's papers are taken like its spreadsheet: line n is the n-th sheet.
// A sheet that cannot be read is a bad row. The error is of the program's own labels.
func Pile(sheets []Sheet) (*table.File, error) {
	labels, err := document.SuggestionLabels()
	if err != nil {
		return nil, err
	}
	file := &table.File{}
	for _, f := range formFields {
		file.Header = append(file.Header, f[1])
	}
	for i, sheet := range sheets {
		row := table.Row{Line: i + 1}
		doc, err := document.Read(sheet.Body)
		if err != nil {
			row.Err = err
		} else {
			row.Fields = fieldsOf(labels.Read(doc))
		}
		file.Rows = append(file.Rows, row)
	}
	return file, nil
}

// fieldsOf are a form's fields by the import's names.
func fieldsOf(form document.Form) map[string]string {
	fields := map[string]string{}
	for _, f := range formFields {
		fields[f[1]] = form.Fields[f[0]]
	}
	return fields
}

// byName sorts sheets by their names, so that they are numbered in the order of the pile.
func byName(a, b Sheet) int { return slices.Compare([]rune(a.Name), []rune(b.Name)) }

// SortSheets orders a pile by name.
func SortSheets(sheets []Sheet) { slices.SortStableFunc(sheets, byName) }

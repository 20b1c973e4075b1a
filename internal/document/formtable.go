package document

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// sheet is what is known of a table while its rows are read.
type sheet struct {
	*filler
	heads   []head         // of the columns of the rows to come
	open    string         // the field whose value is the next row of one cell
	above   map[int]string // labels by the column they begin in, for cells that go on below
	section string         // the field of a label that goes on over several rows, with other labels under it
	column  int            // where the section's label begins
}

// head is a label over a column, whose values stand in the rows below; empty over the section's own label.
type head struct{ field, label string }

// place is a cell with its text and the column it begins in.
type place struct {
	text      string
	column    int
	continues bool
}

// maxLabel is how many characters a cell may have to be taken for a label nobody knows.
const maxLabel = 14

// table reads the labels of a table: beside their values, over a column of them, over a row of one cell, or in the cell itself.
func (f *filler) table(t *Table) {
	s := &sheet{filler: f, above: map[int]string{}}
	f.tables++
	defer func() { f.tables-- }()
	var next []place
	for i, row := range t.Rows {
		places := next
		if i == 0 {
			places = f.places(row)
		}
		if next = nil; i+1 < len(t.Rows) {
			next = f.places(t.Rows[i+1])
		}
		s.row(row, places, next)
	}
}

// places reads a row's cells. A form in a table in a cell is read by itself, and is no text of the cell.
func (f *filler) places(row Row) []place {
	places := make([]place, len(row))
	column := 0
	for i, c := range row {
		own := Cell{}
		for _, b := range c.Blocks {
			if b.Table == nil || !f.isForm(b.Table) {
				own.Blocks = append(own.Blocks, b)
			}
		}
		places[i] = place{text: strings.TrimSpace(own.Text()), column: column, continues: c.Continues}
		column += max(c.Span, 1)
	}
	return places
}

// maxTables is how far tables are taken for forms within each other; what lies deeper is text.
const maxTables = 4

// isForm tells a table within another that has a label in it.
func (f *filler) isForm(t *Table) bool {
	if f.tables >= maxTables {
		return false
	}
	for _, row := range t.Rows {
		for _, c := range row {
			if text := c.Text(); f.labels.field(text) != "" || f.begins(text) {
				return true
			}
		}
	}
	return false
}

// row reads one row, knowing the next.
func (s *sheet) row(row Row, places, next []place) {
	for _, c := range row {
		for _, b := range c.Blocks {
			if b.Table != nil && s.isForm(b.Table) {
				s.table(b.Table)
			}
		}
	}
	if s.section != "" && !slices.ContainsFunc(places, func(p place) bool { return p.column == s.column && p.continues }) {
		s.section, s.heads = "", nil
	}
	switch {
	case !slices.ContainsFunc(places, func(p place) bool { return p.text != "" }):
	case s.columns(places):
	case s.open != "" && len(places) == 1 && !s.label(places[0].text):
		s.put(s.open, "", places[0].text)
		s.open = ""
	default:
		s.begin(places, next)
		if s.heads, s.open = s.headsOf(places, next), ""; s.heads == nil {
			s.beside(row, places)
		}
		if len(places) == 1 {
			s.open = s.labels.field(places[0].text)
		}
	}
}

// label tells a cell that is a label, or begins with one.
func (s *sheet) label(text string) bool { return s.labels.field(text) != "" || s.begins(text) }

// begins tells a text that holds a label and its value.
func (f *filler) begins(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	return len(f.labels.within(first)) > 0
}

// owner tells the label of a section from that of a name.
func (s *sheet) owner(text string) bool {
	return s.labels.fields[s.labels.field(text)].Section && !s.labels.names[normal(text)]
}

// begin finds a label that begins a section: it has another right beside it, and goes on below, or its row holds a name's label or values.
func (s *sheet) begin(places, next []place) {
	allLabels := !slices.ContainsFunc(places, func(p place) bool { return s.labels.field(p.text) == "" && !p.continues })
	named := slices.ContainsFunc(places, func(p place) bool { return s.labels.names[normal(p.text)] })
	for i, p := range places {
		s.remember(p)
		if i+1 == len(places) || !s.owner(p.text) || s.labels.field(places[i+1].text) == "" {
			continue
		}
		below := slices.ContainsFunc(next, func(n place) bool { return n.column == p.column && n.continues })
		if below || named || !allLabels {
			s.section, s.column = s.labels.field(p.text), p.column
		}
	}
}

// remember keeps a cell's label for the cells below that go on with it.
func (s *sheet) remember(p place) {
	switch {
	case p.continues:
	case s.labels.field(p.text) != "":
		s.above[p.column] = p.text
	default:
		delete(s.above, p.column)
	}
}

// fieldOf is the field of a label; that of a name is the section's own.
func (s *sheet) fieldOf(label string) string {
	if s.section != "" && s.labels.names[normal(label)] {
		return s.section
	}
	return s.labels.field(label)
}

// headsOf are the heads of columns: a row of nothing but short words, two labels next to each other among them, over a row of as many cells without a label.
func (s *sheet) headsOf(places, next []place) []head {
	if len(next) != len(places) || slices.ContainsFunc(next, func(p place) bool { return s.label(p.text) && !p.continues }) {
		return nil
	}
	var heads []head
	adjacent, before := false, false
	for _, p := range places {
		if p.continues || s.section != "" && p.column == s.column {
			heads = append(heads, head{})
			continue
		}
		if p.text == "" || utf8.RuneCountInString(p.text) > maxLabel {
			return nil
		}
		field := s.fieldOf(p.text)
		adjacent = adjacent || before && field != ""
		before = field != ""
		heads = append(heads, head{field: s.kept(field), label: p.text})
	}
	if !adjacent {
		return nil
	}
	return heads
}

// kept is the field, or none where the particulars are those of a list's member and not the suggestion's.
func (s *sheet) kept(field string) string {
	if s.labels.fields[s.section].List && field != s.section {
		return ""
	}
	return field
}

// columns puts a row's cells under the heads above, if there are any and the row is one of values.
func (s *sheet) columns(places []place) bool {
	if len(s.heads) == 0 || len(s.heads) != len(places) || slices.ContainsFunc(places, func(p place) bool { return s.label(p.text) && !p.continues }) {
		return false
	}
	for i, h := range s.heads {
		s.store(h.field, h.label, places[i].text)
	}
	return true
}

// store keeps a value in its field or, where it has none, beside the fields.
func (s *sheet) store(field, label, value string) {
	if field != "" {
		s.put(field, label, value)
	} else {
		s.extra(label, value)
	}
}

// beside reads labels and the values beside them. A label at the end of a row, where no value can follow, is itself the value of the one before.
func (s *sheet) beside(row Row, places []place) {
	label := ""
	var values []string
	end := func(next string) {
		s.settle(label, values)
		label, values = next, nil
	}
	for i, p := range places {
		isValue := i > 0 && i == len(places)-1 && label != "" && len(values) == 0 && !s.owner(label)
		switch {
		case p.continues:
			end(s.above[p.column])
		case s.labels.field(p.text) != "" && !isValue:
			end(p.text)
		case s.begins(p.text) && s.labels.field(p.text) == "":
			end("")
			_, others := s.lines(row[i].Blocks, false)
			s.extra("", strings.Join(others, "\n"))
		default:
			values = append(values, p.text)
		}
	}
	end("")
}

// settle keeps what stands beside a label. Of three cells or five, those between are labels nobody knows, with their own values; so are those of a row that begins without one.
func (s *sheet) settle(label string, values []string) {
	if label != "" && len(values)%2 == 1 && unknown(values[1:]) {
		s.store(s.kept(s.fieldOf(label)), label, values[0])
		label, values = "", values[1:]
	}
	switch {
	case label != "":
		field := s.fieldOf(label)
		sep := " "
		if of := s.labels.fields[field]; of.Text || of.List {
			sep = "\n"
		}
		s.store(s.kept(field), label, strings.Join(slices.DeleteFunc(values, func(v string) bool { return v == "" }), sep))
	case unknown(values):
		for i := 0; i+1 < len(values); i += 2 {
			s.extra(values[i], values[i+1])
		}
	case len(values) > 0 && !s.labels.heading(values[0]):
		s.extra("", strings.Join(values, "\n"))
	}
}

// unknown tells cells that are pairs of a short word and its value, and no options to be ticked.
func unknown(values []string) bool {
	if slices.ContainsFunc(values, func(v string) bool { return strings.ContainsFunc(v, isBox) }) {
		return false
	}
	for i := 0; i < len(values); i += 2 {
		if values[i] == "" || utf8.RuneCountInString(values[i]) > maxLabel {
			return false
		}
	}
	return len(values)%2 == 0
}

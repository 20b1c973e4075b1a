package document

import (
	"strings"
	"unicode/utf8"
)

// Pair is a label and what stands by it; text under no label has none.
type Pair struct{ Label, Value string }

// Form is what was read of a paper form.
type Form struct {
	Fields map[string]string // by the fields' names; a list's members are lines. What is empty on paper is not there
	Extra  []Pair            // what was read and is in no field: labels nobody knows, and further values of a field that had one
}

// List is the members of a list.
func (f Form) List(field string) []string {
	if f.Fields[field] == "" {
		return nil
	}
	return strings.Split(f.Fields[field], "\n")
}

// Read takes a form out of a document: by the labels in its tables, by lines of "label: value", and, where no label says so, a title from the
// line that heads the text and the text from the lines that follow.
func (l *Labels) Read(d *Document) Form {
	f := &filler{labels: l, values: map[string][]string{}}
	for _, b := range d.Blocks {
		if b.Table != nil {
			f.table(b.Table)
		}
	}
	f.free(d.Blocks)
	form := Form{Fields: map[string]string{}, Extra: f.extras}
	for field, values := range f.values {
		if len(values) == 0 {
			continue // a list of nothing but commas
		}
		form.Fields[field] = strings.Join(values, "\n")
	}
	return form
}

// filler fills a form.
type filler struct {
	labels *Labels
	values map[string][]string // by field: a list's members, a text's parts, or one value
	extras []Pair
	tables int // within each other, being read
}

// put keeps a value under a label that names the field.
func (f *filler) put(field, label, value string) {
	value = strings.Trim(value, " \t\r\n\u3000\u00a0")
	of := f.labels.fields[field]
	if of.Choice {
		if options, ok := chosen(value); ok {
			value = strings.Join(options, "、")
		}
	}
	if value == "" {
		return
	}
	had := f.values[field]
	switch {
	case of.List:
		f.values[field] = append(had, splitNames(value)...)
	case of.Text && f.labels.headed[normal(label)]:
		f.values[field] = append(had, strings.TrimRight(strings.TrimSpace(label), ":：")+"：", value)
	case of.Text || len(had) == 0:
		f.values[field] = append(had, value)
	case value != had[0]:
		f.extras = append(f.extras, Pair{label, value})
	}
}

func (f *filler) has(field string) bool { return len(f.values[field]) > 0 }

// extra keeps what has no field.
func (f *filler) extra(label, value string) {
	label = strings.Trim(strings.Join(strings.Fields(label), ""), ":：")
	if value = strings.TrimSpace(value); value != "" {
		f.extras = append(f.extras, Pair{label, value})
	}
}

// free reads what stands outside of tables.
func (f *filler) free(blocks []Block) {
	texted := f.has("body")
	title, lines := f.lines(blocks, true)
	f.guess(texted, title, lines)
}

// lines reads the lines of "label: value" and returns those under no label: one that is a title, if one is looked for, and the others.
func (f *filler) lines(blocks []Block, titles bool) (title string, others []string) {
	open := "" // the field that goes on in the next line
	for _, b := range blocks {
		if b.Paragraph == nil {
			open = ""
			continue
		}
		line := strings.TrimSpace(b.Paragraph.Text)
		now, ok := f.line(line, open)
		if ok || line == "" {
			open = now
			continue
		}
		switch {
		case f.labels.dated(line):
			f.put("date", "", line)
		case open != "":
			f.put(open, "", line)
			if !f.labels.fields[open].Text {
				open = ""
			}
		case f.labels.heading(line):
		case titles && title == "" && !f.has("title") && f.isTitle(b.Paragraph, line):
			title = line
		default:
			others = append(others, line)
		}
	}
	return title, others
}

// guess settles title and text that no label named.
func (f *filler) guess(texted bool, title string, lines []string) {
	titled := f.has("title")
	if !titled && title == "" && len(lines) > 1 && utf8.RuneCountInString(lines[0]) <= maxTitle {
		title, lines = lines[0], lines[1:]
	}
	switch {
	case title == "":
	case titled: // by a label further down
		lines = append([]string{title}, lines...)
	default:
		f.put("title", "", title)
	}
	if !texted && !f.has("body") {
		f.put("body", "", strings.Join(lines, "\n"))
		return
	}
	for _, line := range lines {
		f.extras = append(f.extras, Pair{"", line})
	}
}

// maxTitle is how many characters a line may have to be taken for a title.
const maxTitle = 60

// isTitle tells a title by its words, or by its look.
func (f *filler) isTitle(p *Paragraph, line string) bool {
	if utf8.RuneCountInString(line) > maxTitle {
		return false
	}
	return f.labels.title.MatchString(strings.Join(strings.Fields(line), "")) || p.Centred || strings.EqualFold(p.Style, "title")
}

// line reads "label: value", several to a line; ok where it begins with a known label. Still is the field that goes on in the next line: a text, whose label ends
// the line's labels, or one whose value is not there yet.
func (f *filler) line(line, open string) (still string, ok bool) {
	found := f.labels.within(line)
	if len(found) == 0 || f.labels.fields[open].Text && !f.endsText(line, found[0]) {
		return open, false
	}
	if !f.labels.fields[open].Text {
		open = ""
	}
	for i, at := range found {
		end := len(line)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		label := line[at[2]:at[3]]
		field := f.labels.field(label)
		if f.labels.fields[field].Text {
			f.put(field, label, line[at[1]:])
			return field, true
		}
		if f.put(field, label, line[at[1]:end]); open == "" && strings.TrimSpace(line[at[1]:]) == "" {
			open = field
		}
	}
	return open, true
}

// endsText tells a label that can follow a text from the text's own words: it is short, of a field that has no value yet and does not stand before the text only.
func (f *filler) endsText(line string, at []int) bool {
	field := f.labels.field(line[at[2]:at[3]])
	return !f.has(field) && !f.labels.fields[field].Head && utf8.RuneCountInString(line) <= maxTitle
}

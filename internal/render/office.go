package render

// List is a list on paper of any size: a ledger on A3, a sheet to sign for what was handed over.
type List struct {
	Fonts Fonts
	Paper Paper // zero: A4
	Title string
	Above []string // lines between title and table: the body, the day, the unit
	Table Table
	Below []string // remarks
	Pages [3]string
}

// Document lays the list out: the title, the lines, the table with its head on every page, page x of y.
func (l List) Document() Document {
	d := Document{Name: l.Title, Paper: l.Paper, Fonts: l.Fonts, Pages: Pages{Style: PageOfAll, Words: l.Pages}}
	d.Blocks = append(d.Blocks, Paragraph{Style: TableTitle, Text: l.Title, Keep: true})
	for _, line := range l.Above {
		d.Blocks = append(d.Blocks, Paragraph{Style: Small, Text: line, Keep: true})
	}
	d.Blocks = append(d.Blocks, l.Table)
	return d.with(Small, l.Below)
}

func (d Document) with(style Style, texts []string) Document {
	for _, text := range texts {
		d.Blocks = append(d.Blocks, Paragraph{Style: style, Text: text})
	}
	return d
}

// Questionnaire is a sheet that is filled in by hand: what it is about, questions with boxes to tick, room for words, and a signature.
type Questionnaire struct {
	Fonts     Fonts
	Title     string
	Above     []string
	Facts     []Fact
	Questions []Question
	Rooms     []Room // to write into
	Below     []string
}

// Fact is a label and its value; a wide one has a row of its own, others share one by two.
type Fact struct {
	Label, Value string
	Wide         bool
}

// Question is a label and the boxes of its answers.
type Question struct {
	Label   string
	Choices []Choice
}

// Room is a label and empty lines to write on, with a last line at the right: the signature, the date.
type Room struct {
	Label string
	Lines int
	Foot  string
}

// formLines is how high the rows of a sheet filled in by hand are.
const formLines = 2

// Document lays the sheet out as one table of labels and values.
func (q Questionnaire) Document() Document {
	d := Document{Name: q.Title, Fonts: q.Fonts, Blocks: []Block{Paragraph{Style: TableTitle, Text: q.Title, Keep: true}}}
	d = d.with(Small, q.Above)
	t := Table{Columns: []Column{{Width: 1.5}, {Width: 2.5}, {Width: 1.5}, {Width: 2.5}}, Points: 14, Rows: factRows(q.Facts)}
	for _, question := range q.Questions {
		t.Rows = append(t.Rows, []Cell{{Text: question.Label, Head: true, Lines: formLines}, {Choices: question.Choices, Span: 3}})
	}
	for _, room := range q.Rooms {
		t.Rows = append(t.Rows, []Cell{{Text: room.Label, Head: true}, {Foot: room.Foot, Lines: room.Lines, Span: 3}})
	}
	d.Blocks = append(d.Blocks, t)
	return d.with(Small, q.Below)
}

// factRows puts two narrow facts beside each other; a narrow one without a neighbour takes its row.
func factRows(facts []Fact) [][]Cell {
	var rows [][]Cell
	for i := 0; i < len(facts); i++ {
		f := facts[i]
		if f.Wide || i+1 == len(facts) || facts[i+1].Wide {
			rows = append(rows, []Cell{{Text: f.Label, Head: true, Lines: formLines}, {Text: f.Value, Span: 3}})
			continue
		}
		next := facts[i+1]
		rows = append(rows, []Cell{{Text: f.Label, Head: true, Lines: formLines}, {Text: f.Value}, {Text: next.Label, Head: true}, {Text: next.Value}})
		i++
	}
	return rows
}

package render

// Table is rows under a head that every page repeats.
type Table struct {
	Columns []Column
	Rows    [][]Cell
	Points  float64 // size of its type; 0: 12 (size small 4)
	Plain   bool    // without lines
}

// Column is a table's column. Widths are shares of the text area; 0 counts as 1.
type Column struct {
	Title string // all empty: no head
	Width float64
	Align Align
}

// Cell is one cell.
type Cell struct {
	Text    string
	Choices []Choice // boxes, after the text
	Span    int      // columns it takes; 0: one
	Head    bool     // names what stands beside it
	Lines   int      // at least so many lines high
	Foot    string   // stands at the bottom right
	Align   Align    // of a cell that spans; others stand as their column
}

// Choice is a box to tick and its words.
type Choice struct {
	Label  string
	Ticked bool
}

// Line makes a row of plain texts.
func Line(texts ...string) []Cell {
	row := make([]Cell, len(texts))
	for i, t := range texts {
		row[i].Text = t
	}
	return row
}

// Sheet is the table's texts row by row, its head first, for a spreadsheet (package table, WriteExcel).
func (t Table) Sheet() [][]string {
	var rows [][]string
	if t.headed() {
		rows = append(rows, texts(t.headRow()))
	}
	for _, row := range t.Rows {
		rows = append(rows, texts(row))
	}
	return rows
}

func texts(row []Cell) []string {
	words := make([]string, len(row))
	for i, c := range row {
		words[i] = c.words()
	}
	return words
}

// words is a cell as text: of boxes what is ticked.
func (c Cell) words() string {
	text := c.Text
	for _, choice := range c.Choices {
		if choice.Ticked {
			if text != "" {
				text += " "
			}
			text += choice.Label
		}
	}
	return text
}

func (t Table) headed() bool {
	for _, c := range t.Columns {
		if c.Title != "" {
			return true
		}
	}
	return false
}

func (t Table) empty() bool { return len(t.Columns) == 0 || len(t.Rows) == 0 && !t.headed() }

func (t Table) headRow() []Cell {
	row := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		row[i] = Cell{Text: c.Title, Head: true}
	}
	return row
}

// widths shares the text area among the columns.
func (t Table) widths(total MM) []MM {
	shares, all := make([]float64, len(t.Columns)), 0.0
	for i, c := range t.Columns {
		shares[i] = c.Width
		if shares[i] <= 0 {
			shares[i] = 1
		}
		all += shares[i]
	}
	widths := make([]MM, len(shares))
	for i, share := range shares {
		widths[i] = total * MM(share/all)
	}
	return widths
}

func (t Table) points() float64 {
	if t.Points == 0 {
		return 12
	}
	return t.Points
}

// lineHeight is the distance of a table's lines in points.
func (t Table) lineHeight() float64 { return t.points() * 1.4 }

func (t Table) alignOf(c Cell, column int) Align {
	switch {
	case c.Head:
		return Middle
	case c.Span > 1 || c.Align != Start:
		return c.Align
	}
	return t.Columns[column].Align
}

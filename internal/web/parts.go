package web

import (
	"lianxin/internal/deadline"
)

// The structs below are what the parts under templates/parts show; see the package comment for their names.

// Badge is a word with a tone: Plain, Note, Good, Caution or Bad.
type Badge struct{ Text, Tone string }

// Due is a deadline with its lamp and the reasons for its date.
type Due struct {
	Label string // what it is the deadline of
	Date  deadline.Date
	Lamp  deadline.Lamp
	Why   []string // worded sentences
}

// Column is a column of a table. Sort is the address that sorts by it; Sorted is "ascending", "descending" or "".
type Column struct {
	Label  string
	Sort   string
	Sorted string
	Narrow bool // numbers, dates and lamps: as narrow as they are
}

// Cell is one cell: a text that may be a link, with a note under it, a badge, a lamp.
type Cell struct {
	Text  string
	Href  string
	Note  string
	Badge *Badge
	Lamp  deadline.Lamp // "" for no lamp at all
}

// Table is rows under columns; on a phone each row is a card. Caption is read out and not shown unless ShowCaption.
type Table struct {
	ID          string // to be refreshed by a filter's Live
	Caption     string
	ShowCaption bool
	Columns     []Column
	Rows        [][]Cell
	Empty       Empty
	Pick        *Pick // nil: rows cannot be chosen
}

// Pick lets a reader choose rows: a box a row, which belongs to the form of that id wherever on the page it stands.
type Pick struct {
	Form   string
	Name   string
	Values []string // by row
	Labels []string // read out, by row
}

// Empty is what stands where nothing does: a sentence, and what could be done.
type Empty struct {
	Text string
	Link *Link
}

// Pager leads through a list by cursors. Summary is worded, such as a count.
type Pager struct {
	Summary string
	First   string // address of the list's beginning; "" on it
	Next    string // address of what follows; "" at the end
}

// Fact is a line of a definition list. A text keeps its line breaks.
type Fact struct {
	Label string
	Text  string
	Href  string
	Note  string
	Badge *Badge
	Lamp  deadline.Lamp
	Due   *Due
}

// Entry is one thing that happened in a story.
type Entry struct {
	At      int64  // when it happened, microseconds UTC
	Entered int64  // when it was entered, if that was later; 0: at once
	Title   string // what was done
	Who     string
	Badges  []Badge // such as 代录
	Texts   []Fact  // words given with it
	Why     []Due   // deadlines it set
	Undone  bool    // taken back later
}

// Step is a station of the closed loop: "done", "now" or "next".
type Step struct{ Text, State string }

// Tile is a heap of a desk: how many, of what, and where they are.
type Tile struct {
	Href  string
	Count string
	Text  string
	Tone  string
}

// Act is a button or a link to something that can be done.
type Act struct {
	Href  string
	Text  string
	Main  bool // the one most often wanted
	Print bool // prints the page
}

// Confirm asks before something that cannot be undone.
type Confirm struct {
	Question string
	Effects  []string // what will happen, a sentence each
	Form     *Form
}

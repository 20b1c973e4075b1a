package render

import (
	_ "embed"
	"encoding/json"
	"regexp"
)

// Fonts are the names of the type faces a document asks for. None is shipped: those of the standard are proprietary, and the reader's machine has them or takes its next best.
// An empty name is the standard's (GB/T 9704-2012, 5.2.2 and 7).
type Fonts struct {
	Body    string // the text
	Heading string // headings of the first level, heads of tables
	Kai     string // headings of the second level
	Title   string // the red head and the title
	Page    string // page numbers
	Latin   string // letters and figures in the text
}

// face is one of the six.
type face int

const (
	bodyFace face = iota
	headingFace
	kaiFace
	titleFace
	pageFace
)

//go:embed standard.json
var standardText []byte

// standard is what the standard says in Chinese, and so no code may: the faces' names, each with the one systems know it by, and how headings begin.
var standard = readStandard(standardText)

type conventions struct {
	names, alternates Fonts
	headings          []*regexp.Regexp
	sentenceEnd       string
	after, before     string // where a title's line rather breaks
}

func readStandard(text []byte) conventions {
	var file struct {
		Faces    map[string][2]string
		Headings []string
		End      string `json:"sentence_end"`
		After    string `json:"break_after"`
		Before   string `json:"break_before"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		panic("render: standard.json: " + err.Error()) // a file of ours, read before anything is served
	}
	pick := func(i int) Fonts {
		f := file.Faces
		return Fonts{Body: f["Body"][i], Heading: f["Heading"][i], Kai: f["Kai"][i], Title: f["Title"][i], Page: f["Page"][i], Latin: f["Latin"][i]}
	}
	c := conventions{names: pick(0), alternates: pick(1), sentenceEnd: file.End, after: file.After, before: file.Before}
	for _, h := range file.Headings {
		c.headings = append(c.headings, regexp.MustCompile(h))
	}
	return c
}

// StandardFonts are the faces GB/T 9704-2012 names.
func StandardFonts() Fonts { return standard.names }

// or fills empty names from another set.
func (f Fonts) or(other Fonts) Fonts {
	pairs := []struct {
		name *string
		alt  string
	}{{&f.Body, other.Body}, {&f.Heading, other.Heading}, {&f.Kai, other.Kai}, {&f.Title, other.Title}, {&f.Page, other.Page}, {&f.Latin, other.Latin}}
	for _, p := range pairs {
		if *p.name == "" {
			*p.name = p.alt
		}
	}
	return f
}

func (f Fonts) of(which face) string {
	return [...]string{f.Body, f.Heading, f.Kai, f.Title, f.Page}[which]
}

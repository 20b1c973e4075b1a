package paper

import (
	"strconv"

	"lianxin/internal/render"
)

// Number is a number with what it counts.
type Number struct {
	Label string
	N     int64
}

// Round is what a round of looking back did, in words and tables.
type Round struct {
	Name, Days, Solved       string
	Numbers                  []Number
	Steps, Agencies, Missing render.Table
}

// Round lays out a round's report.
func (d Desk) Round(r Round) render.Document {
	summary := d.T("paper.round_days", "Days", r.Days) + d.T("paper.round_solved", "Solved", r.Solved)
	for i, n := range r.Numbers {
		if i > 0 {
			summary += d.T("paper.semicolon")
		}
		summary += d.T("paper.round_number", "Label", n.Label, "N", strconv.FormatInt(n.N, 10))
	}
	l := render.Letter{Form: render.Plain, Fonts: d.fonts(), Title: d.T("paper.round_title", "Name", r.Name), Date: d.Date(d.Today), Body: []render.Block{render.Paragraph{Text: summary + d.T("paper.stop")}}}
	for _, t := range []struct {
		key   string
		table render.Table
	}{{"steps", r.Steps}, {"agencies", r.Agencies}, {"missing", r.Missing}} {
		l.Body = append(l.Body, render.Paragraph{Style: render.Heading, Text: d.T("paper.round_" + t.key)}, t.table)
		if len(t.table.Rows) == 0 {
			l.Body = append(l.Body, render.Paragraph{Text: d.T("paper.none")})
		}
	}
	return l.Document()
}

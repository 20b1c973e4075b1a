package paper

import (
	"slices"
	"strings"

	"lianxin/internal/errs"
)

// LedgerColumns is the setting of a congress that keeps its ledger's columns.
func LedgerColumns(congress string) string { return "ledger_columns_" + congress }

// usual are the columns of a ledger whose office has set none.
var usual = []string{"n", "number", "serial", "title", "deputy", "delegation", "category", "plan_lead", "plan_co", "addressee", "lead", "co", "dispatched_on", "signed_on", "due_on", "answered_on",
	"doc_number", "class", "promise_on", "attitude", "result", "remark"}

// maxLedger is how many columns fit on A3 (our default).
const maxLedger = 30

// maxHeading is how long an office's own heading may be (our default).
const maxHeading = 20

// Chosen reads a setting: "key" or "key=heading" a line; the usual columns where there is none.
func (d Desk) Chosen(setting string) []Chosen {
	var chosen []Chosen
	for line := range strings.Lines(setting) {
		key, heading, _ := strings.Cut(strings.TrimSpace(line), "=")
		i := slices.IndexFunc(Columns(), func(c Column) bool { return c.Key == key })
		if i < 0 {
			continue // of a version that had it
		}
		if heading == "" {
			heading = d.T("paper.column." + key)
		}
		chosen = append(chosen, Chosen{Column: Columns()[i], Heading: heading})
	}
	if len(chosen) == 0 {
		return d.pick(usual...)
	}
	return chosen
}

// Written writes columns as their office reads and rewrites them: a name a line, and its own heading behind an equals sign.
func (d Desk) Written(chosen []Chosen) string {
	var lines []string
	for _, c := range chosen {
		line := d.T("paper.column." + c.Key)
		if c.Heading != line {
			line += "=" + c.Heading
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Read makes a setting of what an office wrote. Errors: errs.Invalid naming the line.
func (d Desk) Read(written string) (string, error) {
	keys := map[string]string{}
	for _, c := range Columns() {
		keys[d.T("paper.column."+c.Key)] = c.Key
	}
	var lines, headings []string
	var wrong errs.List
	seen := map[string]bool{}
	for line := range strings.Lines(strings.ReplaceAll(written, d.T("paper.equals"), "=")) {
		name, heading, _ := strings.Cut(strings.TrimSpace(line), "=")
		name, heading = strings.TrimSpace(name), strings.TrimSpace(heading)
		if name == "" {
			continue
		}
		key := keys[name]
		shown := name
		if heading != "" {
			shown = heading
		}
		switch {
		case key == "":
			wrong = append(wrong, errs.New(errs.Invalid, "paper.no_column").With(errs.Args{"Column": name}).At("columns"))
		case seen[key] || slices.Contains(headings, shown):
			wrong = append(wrong, errs.New(errs.Invalid, "paper.column_twice").With(errs.Args{"Column": shown}).At("columns"))
		case len([]rune(heading)) > maxHeading:
			wrong = append(wrong, errs.New(errs.Invalid, "paper.heading_long").With(errs.Args{"Column": name, "Max": maxHeading}).At("columns"))
		}
		seen[key], headings = true, append(headings, shown)
		if heading != "" && heading != name {
			key += "=" + heading
		}
		lines = append(lines, key)
	}
	if len(lines) == 0 || len(lines) > maxLedger {
		wrong = append(wrong, errs.New(errs.Invalid, "paper.columns_many").With(errs.Args{"Max": maxLedger}).At("columns"))
	}
	return strings.Join(lines, "\n"), wrong.Or()
}

// Headings tells which column each heading of a sheet is: the office's own, and the system's beside them.
func (d Desk) Headings(chosen []Chosen) map[string]string {
	keys := map[string]string{}
	for _, c := range Columns() {
		keys[d.T("paper.column."+c.Key)] = c.Key
	}
	for _, c := range chosen {
		keys[c.Heading] = c.Key
	}
	return keys
}

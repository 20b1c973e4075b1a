package suggestion

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/store"
	"lianxin/internal/table"
)

// ImportOptions say how a file of suggestions is taken.
type ImportOptions struct {
	Map       map[string]string // field → column of the file
	Session   string            // id or name of the session; ":recess" behind it for those raised after it
	Addressee string            // id or name of the agency the batch is dispatched to; the congress's only distributor if empty
	On        deadline.Date     // of the dispatch; the working day after the session if empty
	Account   string            // who takes them in, where it is not the import command
	Numbered  bool              // stop when they are numbered: the office dispatches them itself
	Add       bool              // deputies, categories, session and addressee that are not kept yet are added
	DryRun    bool              // check only
	Strict    bool              // any bad row: nothing is written
	Progress  func(done, total int)
}

// BadRow is a row that was not taken.
type BadRow struct {
	Line int
	Err  error
}

// Summary is what an import found and did.
type Summary struct {
	Rows       int
	Taken      int // new suggestions, numbered and dispatched
	Known      int // rows whose suggestion was there already
	Deputies   int // added
	Categories int // added
	Bad        []BadRow
}

// fields of a row and the columns each is looked for under where the user maps none: labels are data, so that an office's own sheet needs no mapping.
var importFields = []struct {
	name     string
	required bool
}{{"id", false}, {"title", true}, {"body", true}, {"deputy", true}, {"signers", false}, {"category", true}, {"delegation", false}, {"written_at", false},
	{"agencies", false}, {"disclosure", false}}

// line is one row, read.
type line struct {
	n       int
	key     string
	values  map[string]string
	written time.Time
	names   []string // lead first
}

// importer carries what a run has found.
type importer struct {
	ctx      context.Context
	s        *casework.Service
	opts     ImportOptions
	congress registry.Congress
	session  registry.Session
	phase    string
	on       time.Time
	columns  map[string]string
	people   map[string]string // id by name
	kinds    map[string]string // category id by name
	sum      *Summary
	system   policy.Actor
	to       string // addressee
}

// Import makes a suggestion of every row of a session's pile, through the same steps as any other: drafted and submitted when it was written, numbered in the
// file's order, and dispatched as a batch. A row is all taken or not at all; keyed by its id (or number and title), a second run adds nothing and goes on
// where a first one was cut off. Errors: errs.Invalid naming what is not kept (session, addressee, a column); bad rows are told in the summary.
func Import(ctx context.Context, s *casework.Service, file *table.File, opts ImportOptions) (*Summary, error) {
	im := &importer{ctx: ctx, s: s, opts: opts, sum: &Summary{Rows: len(file.Rows)}}
	if err := im.prepare(file); err != nil {
		return nil, err
	}
	lines := im.read(file)
	if err := im.place(lines); err != nil {
		return nil, err
	}
	lines = im.known(lines)
	if opts.DryRun || opts.Strict && len(im.sum.Bad) > 0 {
		return im.sum, nil
	}
	if err := im.add(lines); err != nil {
		return nil, err
	}
	return im.sum, im.take(lines)
}

func (im *importer) q() store.Querier { return im.s.DB().Reader() }

// prepare finds congress, columns, deputies and categories.
func (im *importer) prepare(file *table.File) error {
	home, err := registry.Setting(im.ctx, im.q(), registry.HomeCongress)
	if err == nil {
		im.congress, err = registry.GetCongress(im.ctx, im.q(), home)
	}
	if err != nil {
		return err
	}
	im.system = policy.Actor{Account: string(policy.System), Grants: []policy.Grant{{Role: policy.System, Congress: im.congress.ID}}}
	if im.columns, err = columnsOf(file, im.opts.Map); err != nil {
		return err
	}
	im.people, im.kinds = map[string]string{}, map[string]string{}
	seats, err := registry.Seats(im.ctx, im.q(), im.congress.ID, deadline.DateOf(im.s.DB().Now()))
	if err != nil {
		return err
	}
	for _, s := range seats {
		im.people[s.Name] = s.Person
	}
	categories, err := registry.Categories(im.ctx, im.q(), "")
	for _, c := range categories {
		if c.Use == Kind {
			im.kinds[c.Name], im.kinds[c.ID] = c.ID, c.ID
		}
	}
	return err
}

// columnsOf finds the file's column of every field; a mapped column that is not there is errs.Invalid.
func columnsOf(file *table.File, mapped map[string]string) (map[string]string, error) {
	found := map[string]string{}
	for field, column := range mapped {
		known := slices.ContainsFunc(importFields, func(f struct {
			name     string
			required bool
		}) bool {
			return f.name == field
		})
		if !known || !slices.Contains(file.Header, column) {
			return nil, errs.New(errs.Invalid, "suggestion.bad_mapping").With(errs.Args{"Field": field, "Column": column})
		}
		found[field] = column
	}
	for _, f := range importFields {
		names := headings[f.name]
		for _, name := range names {
			if found[f.name] == "" && slices.Contains(file.Header, name) {
				found[f.name] = name
			}
		}
		if found[f.name] == "" && f.required {
			return nil, errs.New(errs.Invalid, "suggestion.no_column").With(errs.Args{"Field": f.name, "Names": strings.Join(names, "、")})
		}
	}
	return found, nil
}

// read checks every row by itself.
func (im *importer) read(file *table.File) []line {
	var lines []line
	seen := map[string]int{}
	for _, row := range file.Rows {
		l, err := im.readRow(row)
		if first := seen[l.key]; err == nil && first != 0 {
			err = errs.New(errs.Invalid, "suggestion.row_twice").With(errs.Args{"Line": first})
		}
		if err != nil {
			im.bad(row.Line, err)
			continue
		}
		seen[l.key] = row.Line
		lines = append(lines, l)
	}
	return lines
}

func (im *importer) bad(n int, err error) { im.sum.Bad = append(im.sum.Bad, BadRow{Line: n, Err: err}) }

func (im *importer) readRow(row table.Row) (line, error) {
	if row.Err != nil {
		return line{}, row.Err
	}
	l := line{n: row.Line, values: map[string]string{}}
	for field, column := range im.columns {
		l.values[field] = strings.TrimSpace(row.Fields[column])
	}
	l.key = l.values["id"]
	if l.key == "" {
		l.key = l.values["deputy"] + "\n" + l.values["title"]
	}
	for _, f := range importFields {
		if f.required && l.values[f.name] == "" {
			return l, errs.New(errs.Invalid, "suggestion.cell_empty").With(errs.Args{"Column": im.columns[f.name]})
		}
	}
	l.names = append([]string{l.values["deputy"]}, split(l.values["signers"])...)
	if t := l.values["written_at"]; t != "" {
		var ok bool
		if l.written, ok = readTime(t); !ok {
			return l, errs.New(errs.Invalid, "suggestion.bad_time").With(errs.Args{"Value": t})
		}
	}
	return l, im.names(l)
}

// names refuses whoever is not kept, unless they are to be added.
func (im *importer) names(l line) error {
	var unknown errs.List
	for _, name := range l.names {
		if im.people[name] == "" && !im.opts.Add {
			unknown = append(unknown, errs.New(errs.Invalid, "suggestion.unknown_deputy").With(errs.Args{"Name": name}))
		}
	}
	if c := l.values["category"]; im.kinds[c] == "" && !im.opts.Add {
		unknown = append(unknown, errs.New(errs.Invalid, "suggestion.unknown_category").With(errs.Args{"Name": c}))
	}
	return unknown.Or()
}

// split reads several names out of one cell.
func split(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、，,；;\n\t ", r) })
}

// readTime reads a day, with or without a time of it.
func readTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", "2006/1/2", "2006年1月2日", "2006.1.2"} {
		if t, err := time.ParseInLocation(layout, s, deadline.Zone); err == nil {
			if layout == "2006-01-02" || len(layout) < 12 {
				t = t.Add(9 * time.Hour)
			}
			return t, true
		}
	}
	return time.Time{}, false
}

// known leaves out what was taken by an earlier run.
func (im *importer) known(lines []line) []line {
	return slices.DeleteFunc(lines, func(l line) bool {
		number, err := im.s.ByImportKey(im.ctx, im.importKey(l))
		if err == nil && number != "" {
			im.sum.Known++
			return true
		}
		return false
	})
}

func (im *importer) importKey(l line) string {
	return fmt.Sprintf("%s/%s/%s/%s", Kind, im.session.ID, im.phase, l.key)
}

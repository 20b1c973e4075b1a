package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/zh"
)

// Row is one row to be kept: its values by field, with "id", "valid_from" and "valid_to" beside the table's own.
type Row struct {
	Line    int   // in the file it came from, 0 from a form
	Version int64 // of the row as it was read; 0 skips the check
	Values  map[string]string
}

// CellError is something wrong with one cell.
type CellError struct {
	Line  int
	Field string
	Err   *errs.Error
}

// Report is what Put found and did.
type Report struct {
	Rows    int
	New     int
	Changed int
	Wrong   []CellError // any at all: nothing was written
}

// idForm is what ids may look like: they stand in addresses and on posters.
var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

// Put is the one way to write a kept table. It checks every row before it writes any, tells everything that is wrong cell by cell,
// and writes all or nothing. Rows whose id exists are changed, others are new. With dry it writes nothing.
// An actor of a congress keeps rows of that congress only; the administrator and the system those of any.
func Put(ctx context.Context, db *store.DB, actor policy.Actor, table string, rows []Row, dry bool) (*Report, error) {
	t, ok := FindTable(table)
	if !ok {
		return nil, errs.New(errs.NotFound, "registry.no_table")
	}
	var report *Report
	err := db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		p := &putter{ctx: ctx, tx: tx, table: t, actor: actor, report: &Report{Rows: len(rows)}}
		report = p.report
		if err := p.load(); err != nil {
			return err
		}
		for _, r := range rows {
			p.check(r)
		}
		if len(report.Wrong) > 0 || dry {
			return nil
		}
		return p.write()
	})
	return report, err
}

// First makes an error of a form's single row: every cell at fault.
func (r *Report) First() error {
	var wrong errs.List
	for _, c := range r.Wrong {
		wrong = append(wrong, c.Err.At(c.Field))
	}
	return wrong.Or()
}

// putter carries one Put.
type putter struct {
	ctx    context.Context
	tx     *store.Tx
	table  Table
	actor  policy.Actor
	report *Report
	home   string                       // the deployment's own congress, for rows of an administrator who belongs to none
	have   map[string]Kept              // rows of the table by id
	refs   map[string]map[string]string // of tables referred to: id by id and by name; "" for a name that two rows share
	seen   map[string]bool
	ready  []checked
}

// checked is a row that passed.
type checked struct {
	id     string
	old    *Kept
	values map[string]any
}

func (p *putter) load() error {
	rows, err := list[Kept](p.ctx, p.tx, p.table.Name, "")
	if err != nil {
		return err
	}
	if p.home, err = Setting(p.ctx, p.tx, HomeCongress); err != nil {
		return err
	}
	p.have, p.refs, p.seen = map[string]Kept{}, map[string]map[string]string{}, map[string]bool{}
	for _, r := range rows {
		p.have[r.ID] = r
	}
	for _, f := range p.table.Fields {
		if f.Type == Ref && p.refs[f.Ref] == nil {
			if err := p.loadRefs(f.Ref); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *putter) loadRefs(table string) error {
	type row struct{ ID, Name string }
	rows, err := store.All[row](p.ctx, p.tx, "select id, name from "+table)
	if err != nil {
		return err
	}
	refs := map[string]string{}
	for _, r := range rows {
		if _, shared := refs[r.Name]; shared {
			refs[r.Name] = ""
		} else {
			refs[r.Name] = r.ID
		}
	}
	for _, r := range rows {
		refs[r.ID] = r.ID
	}
	p.refs[table] = refs
	return nil
}

func (p *putter) wrong(r Row, field string, e *errs.Error) {
	p.report.Wrong = append(p.report.Wrong, CellError{Line: r.Line, Field: field, Err: e})
}

// check reads one row's cells.
func (p *putter) check(r Row) {
	before := len(p.report.Wrong)
	c := checked{id: strings.TrimSpace(r.Values["id"]), values: map[string]any{}}
	if c.id == "" {
		c.id = store.NewID()
	}
	if !idForm.MatchString(c.id) {
		p.wrong(r, "id", errs.New(errs.Invalid, "registry.bad_id"))
	}
	if p.seen[c.id] {
		p.wrong(r, "id", errs.New(errs.Invalid, "registry.id_twice").With(errs.Args{"ID": c.id}))
	}
	p.seen[c.id] = true
	if old, ok := p.have[c.id]; ok {
		c.old = &old
		if r.Version != 0 && r.Version != old.Version {
			p.wrong(r, "id", errs.New(errs.Stale, "event.stale"))
		}
	}
	for name := range r.Values {
		if _, ok := p.table.Field(name); !ok && !slices.Contains([]string{"id", "congress_id", "valid_from", "valid_to"}, name) {
			p.wrong(r, name, errs.New(errs.Invalid, "errs.unknown_field").With(errs.Args{"Field": name}))
		}
	}
	p.owner(r, &c)
	for _, f := range append(slices.Clone(p.table.Fields), Field{Name: "valid_from", Type: Day}, Field{Name: "valid_to", Type: Day}) {
		v, err := p.cell(f, r.Values[f.Name])
		if err != nil {
			p.wrong(r, f.Name, err)
		}
		c.values[f.Name] = v
	}
	if from, to := fmt.Sprint(c.values["valid_from"]), fmt.Sprint(c.values["valid_to"]); to != "" && to < from {
		p.wrong(r, "valid_to", errs.New(errs.Invalid, "registry.ends_before_start"))
	}
	if c.values["parent_id"] == c.id {
		p.wrong(r, "parent_id", errs.New(errs.Invalid, "registry.own_parent"))
	}
	if len(p.report.Wrong) > before {
		return
	}
	if c.old == nil {
		p.report.New++
	} else {
		p.report.Changed++
	}
	p.ready = append(p.ready, c)
}

// owner settles which congress the row belongs to, and whether the actor may keep it.
func (p *putter) owner(r Row, c *checked) {
	owner := strings.TrimSpace(r.Values["congress_id"])
	if c.old != nil {
		owner = c.old.Congress
	}
	var own []string
	anywhere := p.actor.Has(policy.Admin, policy.System)
	for _, g := range p.actor.Grants {
		own = append(own, g.Congress)
	}
	if owner == "" && len(own) > 0 {
		owner = own[0]
	}
	if p.table.Name == "congress" && owner == "" {
		owner = c.id
	}
	if owner == "" {
		owner = p.home
	}
	if !anywhere && !slices.Contains(own, owner) {
		p.wrong(r, "congress_id", errs.New(errs.Denied, "registry.other_congress"))
	}
	c.values["congress_id"] = owner
}

// cell reads one value.
func (p *putter) cell(f Field, raw string) (any, *errs.Error) {
	bad := func(key string) *errs.Error {
		return errs.New(errs.Invalid, key).With(errs.Args{"Value": short(raw), "Max": f.Max})
	}
	s, err := zh.Clean(raw)
	if err != nil {
		return "", errs.All(err)[0]
	}
	if s == "" {
		s = f.Default
	}
	if s == "" && f.Required {
		return "", bad("registry.required")
	}
	switch f.Type {
	case Flag:
		return flag(s, bad)
	case Int:
		n, err := strconv.ParseInt(s, 10, 64)
		if s != "" && (err != nil || n < 0) {
			return int64(0), bad("registry.bad_number")
		}
		return n, nil
	case Day:
		if _, err := deadline.ParseDate(s); s != "" && err != nil {
			return "", bad("registry.bad_date")
		}
	case Enum:
		if s != "" && !slices.Contains(f.Options, s) {
			return "", bad("registry.bad_option")
		}
	case Ref:
		id, ok := p.refs[f.Ref][s]
		if s != "" && (!ok || id == "") && !(f.Ref == p.table.Name && p.seen[s]) {
			return "", bad("registry.bad_ref")
		}
		if ok {
			return id, nil
		}
	case Line:
		if utf8.RuneCountInString(s) > f.Max || strings.ContainsRune(s, '\n') {
			return "", bad("registry.too_long")
		}
	}
	return s, nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

func flag(s string, bad func(string) *errs.Error) (any, *errs.Error) {
	switch strings.ToLower(s) {
	case "", "否", "false", "no", "0", "off":
		return false, nil
	case "是", "true", "yes", "1", "on":
		return true, nil
	}
	return false, bad("registry.bad_flag")
}

// write keeps every checked row, an event each.
func (p *putter) write() error {
	for _, c := range p.ready {
		version := int64(1)
		if c.old != nil {
			version = c.old.Version + 1
		}
		if err := p.writeRow(c, version); err != nil {
			return err
		}
		if err := record(p.ctx, p.tx, p.actor, p.table.Name, c.id, fmt.Sprint(c.values["congress_id"]), version, p.public(c)); err != nil {
			return err
		}
	}
	return nil
}

// writeRow builds its statement of the table's description: names of the program's, values bound.
func (p *putter) writeRow(c checked, version int64) error {
	columns, marks, set := []string{"id", "version"}, []string{"$1", "$2"}, []string{"version = excluded.version"}
	args := []any{c.id, version}
	for _, name := range p.columns() {
		args = append(args, c.values[name])
		columns = append(columns, name)
		marks = append(marks, "$"+strconv.Itoa(len(args)))
		set = append(set, name+" = excluded."+name)
	}
	n, err := store.Exec(p.ctx, p.tx, "insert into "+p.table.Name+" ("+strings.Join(columns, ", ")+") values ("+strings.Join(marks, ", ")+
		") on conflict (id) do update set "+strings.Join(set, ", ")+" where "+p.table.Name+".version = excluded.version - 1", args...)
	if err == nil && n != 1 {
		err = errs.New(errs.Stale, "event.stale")
	}
	return err
}

func (p *putter) columns() []string {
	names := []string{"congress_id", "valid_from", "valid_to"}
	for _, f := range p.table.Fields {
		names = append(names, f.Name)
	}
	return names
}

// public is what the event may hold of a row.
func (p *putter) public(c checked) map[string]string {
	values := map[string]string{}
	for name, v := range c.values {
		if f, ok := p.table.Field(name); !ok || !f.Personal {
			values[name] = fmt.Sprint(v)
		}
	}
	return values
}

// record appends the event of a kept row; one kept under a lent grant names the lender.
func record(ctx context.Context, tx *store.Tx, actor policy.Actor, table, id, congress string, version int64, values map[string]string) error {
	under := actor.Under(congress)
	if under.Behalf != "" {
		values = maps.Clone(values)
		values["behalf"] = under.Behalf
	}
	payload, err := json.Marshal(values)
	if err != nil {
		return err
	}
	stream := "registry:" + table + ":" + id
	now := store.Micros(tx.Now())
	return event.Append(ctx, tx, event.Event{Stream: stream, Seq: version, ID: store.NewID(), Act: store.NewID(), Topic: stream, CongressID: congress,
		Action: "registry." + table, Account: actor.Account, Role: string(under.Role), OccurredAt: now, RecordedAt: now, Payload: string(payload)})
}

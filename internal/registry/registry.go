// Package registry keeps who and where: congresses, offices, terms, people, mandates, agencies, stations, grids, categories and calendar years.
// It never deletes: what ends gets a last day. And it never knows what a case is.
package registry

import (
	"embed"
	"io/fs"

	"lianxin/internal/store"
)

//go:embed migrations
var migrations embed.FS

//go:embed messages
var messages embed.FS

// Schema is the tables of this room.
func Schema() store.Schema {
	return store.Schema{Room: "registry", FS: migrations}
}

// Messages is the sentences and labels of this room.
func Messages() fs.FS { return messages }

// FieldType is how a field is checked and shown.
type FieldType string

// The types.
const (
	Line FieldType = "line" // one line of text
	Day  FieldType = "date" // 2006-01-02
	Flag FieldType = "bool" // 是 or 否
	Enum FieldType = "enum" // one of Options
	Ref  FieldType = "ref"  // id of a row of table Ref; in files also its name
	Int  FieldType = "int"  // a whole number from 0
)

// Field is one column of a kept table. Its label stands in the catalogues under "registry.field.<name>".
type Field struct {
	Name     string
	Type     FieldType
	Required bool
	Max      int      // characters of a line
	Options  []string // of an enum; labels under "registry.option.<value>"
	Ref      string   // table referred to
	Default  string   // what an empty cell means
	Personal bool     // left out of events
}

// Table describes a kept table. Every one also has an id, an owner congress, first and last day, and a version.
type Table struct {
	Name   string
	Fields []Field
	Admin  bool   // kept by the administrator, not by clerks
	NameBy string // column that names a row to people
}

// Field finds a field by name.
func (t *Table) Field(name string) (Field, bool) {
	for _, f := range t.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

func line(name string, max int, required bool) Field {
	return Field{Name: name, Type: Line, Max: max, Required: required}
}

func ref(name, table string, required bool) Field {
	return Field{Name: name, Type: Ref, Ref: table, Required: required}
}

// Levels of congresses, offices and agencies, from the top.
var levels = []string{"nation", "region", "city", "district", "town", "street", "station"}

// Tables are the kept tables in the order pages list them; a table stands behind those it refers to.
func Tables() []Table {
	name, phone := line("name", 80, true), line("phone", 40, false)
	return []Table{
		{Name: "congress", NameBy: "name", Admin: true, Fields: []Field{name, {Name: "level", Type: Enum, Options: levels[:5], Required: true},
			line("prefix", 8, false), ref("parent_id", "congress", false), line("region", 12, false), {Name: "outside", Type: Flag}}},
		{Name: "office", NameBy: "name", Admin: true, Fields: []Field{name, {Name: "level", Type: Enum, Options: levels[2:], Required: true},
			ref("parent_id", "office", false), {Name: "sorts", Type: Flag}, line("region", 12, false), phone}},
		{Name: "term", NameBy: "name", Admin: true, Fields: []Field{name, {Name: "ordinal", Type: Int, Required: true}}},
		{Name: "congress_session", NameBy: "name", Fields: []Field{name, ref("term_id", "term", true), {Name: "ordinal", Type: Int, Required: true},
			{Name: "opens_on", Type: Day, Required: true}, {Name: "closes_on", Type: Day, Required: true}, {Name: "collect_until", Type: Day},
			{Name: "adjust_until", Type: Day}, {Name: "batch_due", Type: Day}}},
		{Name: "round", NameBy: "name", Fields: []Field{name, {Name: "starts_on", Type: Day, Required: true}, {Name: "due_on", Type: Day, Required: true}}},
		{Name: "agency", NameBy: "name", Fields: []Field{name, {Name: "system", Type: Enum, Required: true,
			Options: []string{"party", "congress", "government", "supervision", "court", "procuratorate", "mass", "vertical", "enterprise"}},
			{Name: "level", Type: Enum, Options: levels[2:6], Required: true}, ref("parent_id", "agency", false), {Name: "distributor", Type: Flag},
			line("handles", 200, false), phone}},
		{Name: "liaison", NameBy: "name", Fields: []Field{ref("agency_id", "agency", true), {Name: "name", Type: Line, Max: 40, Required: true, Personal: true},
			line("duty", 40, false), {Name: "phone", Type: Line, Max: 40, Required: true, Personal: true}}},
		{Name: "station", NameBy: "name", Fields: []Field{name, {Name: "type", Type: Enum, Required: true,
			Options: []string{"home", "liaison_station", "workstation", "pavilion", "direct_channel", "special"}},
			ref("office_id", "office", true), line("address", 120, false), phone, line("reception", 120, false)}},
		{Name: "grid", NameBy: "name", Fields: []Field{name, line("community", 60, false), line("street", 60, false), line("district", 60, false),
			ref("station_id", "station", false), ref("office_id", "office", true)}},
		{Name: "person", NameBy: "name", Fields: []Field{{Name: "name", Type: Line, Max: 60, Required: true, Personal: true},
			line("work_unit", 80, false), line("duty", 60, false)}},
		{Name: "mandate", NameBy: "id", Fields: []Field{ref("person_id", "person", true), ref("of_congress_id", "congress", true),
			ref("term_id", "term", false), line("delegation", 60, false), {Name: "head", Type: Flag}, {Name: "standing", Type: Flag}}},
		{Name: "grid_deputy", NameBy: "id", Fields: []Field{ref("grid_id", "grid", true), ref("person_id", "person", true)}},
		{Name: "station_deputy", NameBy: "id", Fields: []Field{ref("station_id", "station", true), ref("person_id", "person", true)}},
		{Name: "category", NameBy: "name", Admin: true, Fields: []Field{name, ref("parent_id", "category", false), line("external_code", 20, false),
			{Name: "kind", Type: Enum, Options: []string{"opinion", "suggestion", "suggestion_region"}, Default: "opinion"}}},
	}
}

// FindTable finds a table's description by name.
func FindTable(name string) (Table, bool) {
	for _, t := range Tables() {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}

package registry

import (
	"context"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/store"
)

// Kept is what every kept row has.
type Kept struct {
	ID        string        `db:"id" json:"id"`
	Congress  string        `db:"congress_id" json:"congress_id"` // owner
	ValidFrom deadline.Date `db:"valid_from" json:"valid_from"`   // empty: since ever
	ValidTo   deadline.Date `db:"valid_to" json:"valid_to"`       // last day; empty: until further notice
	Version   int64         `db:"version" json:"version"`
}

// Congress is one congress at one level 人大; outside ones stand above the deployment.
type Congress struct {
	Kept
	Name    string `db:"name"`
	Level   string `db:"level"`
	Prefix  string `db:"prefix"` // of its numbers, such as WH
	Parent  string `db:"parent_id"`
	Region  string `db:"region"`
	Outside bool   `db:"outside"`
}

// Office is who receives and sorts 受理机构. One that does not sort passes everything on to its parent.
type Office struct {
	Kept
	Name   string `db:"name"`
	Level  string `db:"level"`
	Parent string `db:"parent_id"`
	Sorts  bool   `db:"sorts"`
	Region string `db:"region"`
	Phone  string `db:"phone"`
}

// Agency is a body that matters are assigned to 单位.
type Agency struct {
	Kept
	Name        string `db:"name"`
	System      string `db:"system"`
	Level       string `db:"level"`
	Parent      string `db:"parent_id"`
	Distributor bool   `db:"distributor"`
	Handles     string `db:"handles"`
	Phone       string `db:"phone"`
}

// Liaison is whom to ring at an agency 联络员.
type Liaison struct {
	Kept
	Agency string `db:"agency_id"`
	Name   string `db:"name"`
	Duty   string `db:"duty"`
	Phone  string `db:"phone"`
}

// Station is a venue 联络站.
type Station struct {
	Kept
	Name      string `db:"name"`
	Type      string `db:"type"`
	Office    string `db:"office_id"`
	Address   string `db:"address"`
	Phone     string `db:"phone"`
	Reception string `db:"reception"` // when deputies receive people
}

// Grid is a responsibility area 网格.
type Grid struct {
	Kept
	Name      string `db:"name"`
	Community string `db:"community"`
	Street    string `db:"street"`
	District  string `db:"district"`
	Station   string `db:"station_id"`
	Office    string `db:"office_id"`
}

// Person is somebody who holds or held a mandate.
type Person struct {
	Kept
	Name     string `db:"name"`
	WorkUnit string `db:"work_unit"`
	Duty     string `db:"duty"`
}

// Category is an entry of the two-level dictionary of matters.
type Category struct {
	Kept
	Name         string `db:"name"`
	Parent       string `db:"parent_id"`
	ExternalCode string `db:"external_code"`
	Use          string `db:"kind"` // kind of case it classifies, or "suggestion_region" for the autonomous region's vocabulary of suggestions
}

func get[T any](ctx context.Context, q store.Querier, table, id string) (T, error) {
	return store.One[T](ctx, q, "select "+store.Columns[T]("")+" from "+table+" where id = $1", id)
}

func list[T any](ctx context.Context, q store.Querier, table string, on deadline.Date) ([]T, error) {
	w := new(store.Where)
	if on != "" {
		w.And("valid_from <= ? and (valid_to = '' or valid_to >= ?)", string(on), string(on))
	}
	return store.All[T](ctx, q, "select "+store.Columns[T]("")+" from "+table+w.String()+` order by id collate "C"`, w.Args()...)
}

// GetCongress reads one; errs.NotFound where there is none. So do the others.
func GetCongress(ctx context.Context, q store.Querier, id string) (Congress, error) {
	return get[Congress](ctx, q, "congress", id)
}

// GetOffice reads a receiving office.
func GetOffice(ctx context.Context, q store.Querier, id string) (Office, error) {
	return get[Office](ctx, q, "office", id)
}

// GetAgency reads an agency.
func GetAgency(ctx context.Context, q store.Querier, id string) (Agency, error) {
	return get[Agency](ctx, q, "agency", id)
}

// GetStation reads a station.
func GetStation(ctx context.Context, q store.Querier, id string) (Station, error) {
	return get[Station](ctx, q, "station", id)
}

// GetGrid reads a grid.
func GetGrid(ctx context.Context, q store.Querier, id string) (Grid, error) {
	return get[Grid](ctx, q, "grid", id)
}

// GetPerson reads a person.
func GetPerson(ctx context.Context, q store.Querier, id string) (Person, error) {
	return get[Person](ctx, q, "person", id)
}

// GetCategory reads a category.
func GetCategory(ctx context.Context, q store.Querier, id string) (Category, error) {
	return get[Category](ctx, q, "category", id)
}

// Congresses lists those in being on a date; an empty date lists all. So do the others.
func Congresses(ctx context.Context, q store.Querier, on deadline.Date) ([]Congress, error) {
	return list[Congress](ctx, q, "congress", on)
}

// Offices lists receiving offices.
func Offices(ctx context.Context, q store.Querier, on deadline.Date) ([]Office, error) {
	return list[Office](ctx, q, "office", on)
}

// Agencies lists agencies.
func Agencies(ctx context.Context, q store.Querier, on deadline.Date) ([]Agency, error) {
	return list[Agency](ctx, q, "agency", on)
}

// Stations lists stations.
func Stations(ctx context.Context, q store.Querier, on deadline.Date) ([]Station, error) {
	return list[Station](ctx, q, "station", on)
}

// Grids lists grids.
func Grids(ctx context.Context, q store.Querier, on deadline.Date) ([]Grid, error) {
	return list[Grid](ctx, q, "grid", on)
}

// People lists people.
func People(ctx context.Context, q store.Querier, on deadline.Date) ([]Person, error) {
	return list[Person](ctx, q, "person", on)
}

// Categories lists categories.
func Categories(ctx context.Context, q store.Querier, on deadline.Date) ([]Category, error) {
	return list[Category](ctx, q, "category", on)
}

// Liaisons lists an agency's liaison people on a date.
func Liaisons(ctx context.Context, q store.Querier, agency string, on deadline.Date) ([]Liaison, error) {
	return store.All[Liaison](ctx, q, "select "+store.Columns[Liaison]("")+` from liaison
		where agency_id = $1 and valid_from <= $2 and (valid_to = '' or valid_to >= $2) order by id collate "C"`, agency, string(on))
}

// OfficesAbove lists the offices over one, nearest first.
func OfficesAbove(ctx context.Context, q store.Querier, id string) ([]string, error) {
	return store.All[string](ctx, q, `with recursive up(id, depth) as (
		select parent_id, 1 from office where id = $1 and parent_id <> ''
		union all select o.parent_id, up.depth + 1 from office o join up on o.id = up.id where o.parent_id <> '' and up.depth < 20)
		select id from up order by depth`, id)
}

// OfficesBelow lists the offices under one, at any depth.
func OfficesBelow(ctx context.Context, q store.Querier, id string) ([]string, error) {
	return store.All[string](ctx, q, `with recursive down(id, depth) as (
		select id, 1 from office where parent_id = $1
		union all select o.id, down.depth + 1 from office o join down on o.parent_id = down.id where down.depth < 20)
		select id from down`, id)
}

// DeputiesOfGrid lists the people responsible for a grid on a date.
func DeputiesOfGrid(ctx context.Context, q store.Querier, grid string, on deadline.Date) ([]Person, error) {
	return deputies(ctx, q, "grid", grid, on)
}

// DeputiesOfStation lists the people who receive at a station on a date.
func DeputiesOfStation(ctx context.Context, q store.Querier, station string, on deadline.Date) ([]Person, error) {
	return deputies(ctx, q, "station", station, on)
}

func deputies(ctx context.Context, q store.Querier, where, id string, on deadline.Date) ([]Person, error) {
	return store.All[Person](ctx, q, "select "+store.Columns[Person]("p.")+" from person p join "+where+"_deputy d on d.person_id = p.id where d."+where+
		`_id = $1 and d.valid_from <= $2 and (d.valid_to = '' or d.valid_to >= $2) order by p.id collate "C"`, id, string(on))
}

// GridsOfDeputy lists the grids a person is responsible for on a date.
func GridsOfDeputy(ctx context.Context, q store.Querier, person string, on deadline.Date) ([]string, error) {
	return store.All[string](ctx, q, `select grid_id from grid_deputy where person_id = $1 and valid_from <= $2 and (valid_to = '' or valid_to >= $2)
		order by grid_id collate "C"`, person, string(on))
}

// Intake is where words are received.
type Intake struct {
	Congress     Congress
	Office       string // that sorts them
	IntakeOffice string // that took them in
	Station      string
	Grid         string
}

// Place is where words were said, as far as they say: ids, all of them optional.
type Place struct {
	Office, Station, Grid, Deputy string
}

// ResolveIntake finds where words said at a station, in a grid, to a deputy, or to nobody in particular are received: the office named, the station's office
// (of a grid: its station's, or its own), or else the deployment's own; up from one that does not sort to the first that does.
// A place that does not exist or is no longer open is errs.Invalid, naming the field.
func ResolveIntake(ctx context.Context, q store.Querier, at Place, on deadline.Date) (Intake, error) {
	in := Intake{Station: at.Station, Grid: at.Grid}
	if at.Grid != "" {
		g, err := GetGrid(ctx, q, at.Grid)
		if err != nil || !g.open(on) {
			return in, errs.New(errs.Invalid, "registry.no_grid").At("grid").Because(err)
		}
		in.IntakeOffice = g.Office
		if at.Station == "" {
			in.Station = g.Station
		}
	}
	if in.Station != "" {
		s, err := GetStation(ctx, q, in.Station)
		if err != nil || !s.open(on) {
			return in, errs.New(errs.Invalid, "registry.no_station").At("station").Because(err)
		}
		in.IntakeOffice = s.Office
	}
	if at.Office != "" {
		in.IntakeOffice = at.Office
	}
	if at.Deputy != "" {
		if _, err := GetPerson(ctx, q, at.Deputy); err != nil {
			return in, errs.New(errs.Invalid, "registry.no_deputy").At("deputy").Because(err)
		}
	}
	return in.resolve(ctx, q)
}

func (in Intake) resolve(ctx context.Context, q store.Querier) (Intake, error) {
	if in.IntakeOffice == "" {
		home, err := Setting(ctx, q, HomeOffice)
		if err != nil {
			return in, err
		}
		in.IntakeOffice = home
	}
	office, err := GetOffice(ctx, q, in.IntakeOffice)
	for depth := 0; err == nil && !office.Sorts && office.Parent != "" && depth < 20; depth++ {
		office, err = GetOffice(ctx, q, office.Parent)
	}
	if err != nil {
		return in, err
	}
	in.Office = office.ID
	in.Congress, err = GetCongress(ctx, q, office.Congress)
	return in, err
}

// open reports whether the row holds on a date. The words of a closed place's history may be older than its record.
func (k Kept) open(on deadline.Date) bool { return k.ValidTo == "" || k.ValidTo >= on }

// Names words ids for people: one read of each small table.
type Names map[string]map[string]string

// LoadNames reads the names of agencies, offices, stations, grids, categories, congresses and people.
func LoadNames(ctx context.Context, q store.Querier) (Names, error) {
	names := Names{}
	for _, t := range []string{"agency", "office", "station", "grid", "category", "congress", "person", "congress_session", "round"} {
		type row struct{ ID, Name string }
		rows, err := store.All[row](ctx, q, "select id, name from "+t)
		if err != nil {
			return nil, err
		}
		names[t] = make(map[string]string, len(rows))
		for _, r := range rows {
			names[t][r.ID] = r.Name
		}
	}
	return names, nil
}

// Of words one id; an id without a name shows itself.
func (n Names) Of(table, id string) string {
	if name, ok := n[table][id]; ok {
		return name
	}
	return id
}

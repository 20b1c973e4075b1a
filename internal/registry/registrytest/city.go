// Package registrytest furnishes databases of tests with a small made-up city.
// It never runs outside tests.
package registrytest

import (
	"context"
	"testing"

	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

// Ids of the small city.
const (
	City       = "city"
	Region     = "region"
	Office     = "office"    // the city's 代表工委, which receives
	Street     = "street"    // a street's 工委, which passes on
	Town       = "town"      // a town congress's office, which sorts itself
	Station    = "station-1" // of the street
	Grid       = "grid-1"    // of the station
	Deputy     = "person-1"  // responsible for the grid
	Housing    = "housing"
	Traffic    = "traffic"
	StreetGov  = "street-gov"      // a street's administration
	Supervisor = "supervision"     // the government's supervision office, which distributes
	District   = "district-office" // of a district's congress, below the city's
	Category   = "roads"
)

// System is who furnishes.
func System() policy.Actor {
	return policy.Actor{Account: "system", Grants: []policy.Grant{{Role: policy.System, Congress: City}}}
}

// Furnish puts the small city in.
func Furnish(t testing.TB, db *store.DB) {
	t.Helper()
	put := func(table string, rows ...map[string]string) {
		t.Helper()
		var all []registry.Row
		for _, r := range rows {
			all = append(all, registry.Row{Values: r})
		}
		report, err := registry.Put(context.Background(), db, System(), table, all, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := report.First(); err != nil {
			t.Fatal(err)
		}
	}
	put("congress", map[string]string{"id": Region, "name": "某自治区人大", "level": "region", "outside": "是"},
		map[string]string{"id": City, "name": "某市人大", "level": "city", "prefix": "WH", "parent_id": Region},
		map[string]string{"id": "district", "name": "某区人大", "level": "district", "prefix": "WHQ", "parent_id": City})
	put("office", map[string]string{"id": Office, "name": "代表工委", "level": "city", "sorts": "是"},
		map[string]string{"id": Street, "name": "某街道工委", "level": "street", "parent_id": Office},
		map[string]string{"id": Town, "name": "某镇人大", "level": "town", "parent_id": Office, "sorts": "是"},
		map[string]string{"id": District, "name": "某区代表工委", "level": "district", "parent_id": Office, "sorts": "是", "congress_id": "district"})
	put("category", map[string]string{"id": Category, "name": "道路"}, map[string]string{"id": "lamps", "name": "路灯", "parent_id": Category})
	put("agency", map[string]string{"id": Housing, "name": "甲局", "system": "government", "level": "city", "phone": "0473-0000001"},
		map[string]string{"id": Traffic, "name": "乙局", "system": "government", "level": "city", "phone": "0473-0000002"},
		map[string]string{"id": StreetGov, "name": "某街道办", "system": "government", "level": "street"},
		map[string]string{"id": Supervisor, "name": "政府督查室", "system": "government", "level": "city", "distributor": "是"})
	put("liaison", map[string]string{"agency_id": Housing, "name": "联络员甲", "phone": "0473-0000011"})
	put("station", map[string]string{"id": Station, "name": "某街道联络站", "type": "liaison_station", "office_id": Street})
	put("grid", map[string]string{"id": Grid, "name": "第一网格", "station_id": Station, "office_id": Street})
	put("person", map[string]string{"id": Deputy, "name": "代表甲"}, map[string]string{"id": "person-2", "name": "代表乙"})
	put("grid_deputy", map[string]string{"grid_id": Grid, "person_id": Deputy})
	put("mandate", map[string]string{"person_id": Deputy, "of_congress_id": City})
	for name, value := range map[string]string{registry.HomeCongress: City, registry.HomeOffice: Office} {
		if err := registry.SetSetting(context.Background(), db, System(), name, value); err != nil {
			t.Fatal(err)
		}
	}
}

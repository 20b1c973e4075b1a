package main

import (
	"lianxin/internal/store"
)

// rows counts what every table holds, but for tries that are counted and visits that are noted.
func (town *town) rows() map[string]int {
	town.t.Helper()
	tables, err := store.All[string](town.t.Context(), town.h.db.Reader(), "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
	if err != nil {
		town.t.Fatal(err)
	}
	counts := map[string]int{}
	for _, name := range tables {
		if name == "throttle" || name == "session" {
			continue
		}
		if counts[name], err = store.One[int](town.t.Context(), town.h.db.Reader(), "select count(*) from "+name); err != nil {
			town.t.Fatal(err)
		}
	}
	return counts
}

package search_test

import (
	"fmt"
	"testing"

	"lianxin/internal/search"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// BenchmarkSimilar compares real messages with 30,000 others made of two real ones each: go test ./internal/search -run '^$' -bench Similar -benchtime 200x
func BenchmarkSimilar(b *testing.B) {
	all := realMessages(b)
	var mixed []message
	for i := range 30_000 {
		one, other := all[i%len(all)], all[(i*7919+i/len(all))%len(all)]
		mixed = append(mixed, message{ID: fmt.Sprint(i), Title: one.Title, Detail: other.Detail})
	}
	for name, open := range map[string]func(testing.TB, ...store.Schema) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		db := open(b, search.Schema())
		fill(b, db, mixed)
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				m := all[i*31%len(all)]
				if _, err := search.Similar(b.Context(), db, "message", m.Title+"\n"+m.Detail, 5); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

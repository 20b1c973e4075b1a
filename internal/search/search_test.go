package search_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"lianxin/internal/search"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/zh"
)

func find(t *testing.T, db *store.DB, query string) map[string]bool {
	t.Helper()
	w := new(store.Where)
	search.Narrow(w, db, "d.doc_id", "case", query)
	ids, err := store.All[string](t.Context(), db.Reader(), "select d.doc_id from search_doc d"+w.String(), w.Args()...)
	if err != nil {
		t.Fatalf("%q: %v", query, err)
	}
	found := map[string]bool{}
	for _, id := range ids {
		found[id] = true
	}
	return found
}

func put(t *testing.T, db *store.DB, docs map[string]string) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for id, text := range docs {
			if err := search.Put(ctx, tx, search.Doc{Kind: "case", ID: id, Text: text}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFindsExactlyWhatContainsTheQuery compares the index with a plain search of the texts.
func TestFindsExactlyWhatContainsTheQuery(t *testing.T) {
	words := strings.Fields("停车 小区 自行车 充电 路 灯 车 公交车站 学校")
	random := rand.New(rand.NewPCG(1, 2))
	docs := map[string]string{}
	for i := range 400 {
		var b strings.Builder
		for range 6 {
			b.WriteString(words[random.IntN(len(words))])
			if random.IntN(3) == 0 {
				b.WriteString("，")
			}
		}
		docs[fmt.Sprint(i)] = b.String()
	}
	storetest.Each(t, []store.Schema{search.Schema()}, func(t *testing.T, db *store.DB) {
		put(t, db, docs)
		for _, q := range []string{"车", "路", "站", "停车", "车站", "公交车站", "小区停车", "区自", "电路灯", "没有的"} {
			got := find(t, db, q)
			for id, text := range docs {
				if want := strings.Contains(zh.Normal(text), zh.Normal(q)); got[id] != want {
					t.Fatalf("%q in %q: found %v", q, text, got[id])
				}
			}
		}
	})
}

func TestQueriesAreDataAndNotSyntax(t *testing.T) {
	storetest.Each(t, []store.Schema{search.Schema()}, func(t *testing.T, db *store.DB) {
		put(t, db, map[string]string{"a": "AND or NOT near 路灯 WiFi 1号楼", "b": "别的"})
		for q, want := range map[string]bool{"路灯": true, "路灯 wifi": true, "路灯 别的": false, `"路灯' OR * (`: true, "and": true, "NOT": true, "１号楼": true,
			"' ; drop table": false, "路灯\\": true, "!!!": false, "wi": true} {
			if got := find(t, db, q)["a"]; got != want {
				t.Errorf("%q: found %v", q, got)
			}
		}
	})
}

func TestPutAgainReplaces(t *testing.T) {
	storetest.Each(t, []store.Schema{search.Schema()}, func(t *testing.T, db *store.DB) {
		put(t, db, map[string]string{"a": "路灯"})
		put(t, db, map[string]string{"a": "井盖"})
		if find(t, db, "路灯")["a"] || !find(t, db, "井盖")["a"] {
			t.Error("the old words are still found, or the new are not")
		}
	})
}

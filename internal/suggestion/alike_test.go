package suggestion_test

import (
	"testing"

	"lianxin/internal/event"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

// TestEarlierTellsNoMoreThanItsDeputyAllows lists what is numbered and may be published at least by title, likest first.
func TestEarlierTellsNoMoreThanItsDeputyAllows(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	full := h.numbered(suggestion.Draft{Title: "关于公交线路的建议", Body: "甲"})
	h.numbered(suggestion.Draft{Title: "关于公交票价的建议", Body: "乙", Disclosure: "none"})
	title := h.numbered(suggestion.Draft{Title: "关于公交站台的建议", Body: "丙", Disclosure: "title"})
	h.draft(suggestion.Draft{Title: "关于公交司机的建议", Body: "丁"})
	h.draft(suggestion.Draft{Title: "关于校园食堂的建议", Body: "戊"})
	if err := event.CatchUp(t.Context(), h.s.DB(), "test", h.s.Indexer()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		person   int
		readable bool
	}{{1, true}, {5, false}} {
		found, err := suggestion.Earlier(t.Context(), h.s, deputy(c.person), "关于公交站台的建议", 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 2 || found[0].Number != title.Number || found[1].Number != full.Number {
			t.Fatalf("deputy %d is told of %+v", c.person, found)
		}
		for _, a := range found {
			if a.Readable != c.readable || a.Serial == "" || a.State == "" || a.Year != 2026 {
				t.Errorf("deputy %d: %+v", c.person, a)
			}
		}
	}
}

package suggestion_test

import (
	"testing"

	"lianxin/internal/figure"
	"lianxin/internal/lang"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

func TestEveryFigureIsWorded(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	kind, err := h.s.Kind(suggestion.Kind)
	if err != nil {
		t.Fatal(err)
	}
	figures, err := figure.New(h.s.DB(), suggestion.Figures(h.s, kind.Procedure))
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := lang.New(suggestion.Messages())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range figures.Keys() {
		if !catalogue.Has(key) {
			t.Errorf("%s is not in the catalogue", key)
		}
	}
}

package suggestion_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"lianxin/internal/errs"
	"lianxin/internal/suggestion"
)

// TestDraw draws from any strata: as many as the share says, of every stratum its share but for one, the same again with the same seed in any order.
func TestDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lots []suggestion.Lot
		sizes := map[string]int{}
		for s := range rapid.IntRange(0, 6).Draw(t, "strata") {
			name := fmt.Sprint("agency-", s)
			sizes[name] = rapid.IntRange(0, 40).Draw(t, "size")
			for i := range sizes[name] {
				lots = append(lots, suggestion.Lot{ID: fmt.Sprintf("%s/%d", name, i), Stratum: name})
			}
		}
		percent, seed := rapid.IntRange(1, 100).Draw(t, "percent"), rapid.String().Draw(t, "seed")
		drawn, err := suggestion.Draw(lots, percent, seed)
		if err != nil {
			t.Fatal(err)
		}
		if want := (len(lots)*percent + 99) / 100; len(drawn) != want {
			t.Fatalf("%d of %d drawn at %d%%, want %d", len(drawn), len(lots), percent, want)
		}
		got := map[string]int{}
		for i, id := range drawn {
			at := slices.IndexFunc(lots, func(l suggestion.Lot) bool { return l.ID == id })
			if at < 0 || i > 0 && drawn[i-1] == id {
				t.Fatalf("%s is no lot, or drawn twice", id)
			}
			got[lots[at].Stratum]++
		}
		for name, size := range sizes {
			if n := size * percent / 100; got[name] != n && got[name] != n+1 {
				t.Fatalf("%s gives %d of %d at %d%%", name, got[name], size, percent)
			}
		}
		again, err := suggestion.Draw(rapid.Permutation(lots).Draw(t, "order"), percent, seed)
		if err != nil || !slices.Equal(drawn, again) {
			t.Fatalf("%v, then %v (%v)", drawn, again, err)
		}
	})
	for _, percent := range []int{0, 101} {
		if _, err := suggestion.Draw(nil, percent, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("a share of %d: %v", percent, err)
		}
	}
}

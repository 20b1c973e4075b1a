package suggestion

import (
	"cmp"
	"crypto/sha256"
	"slices"

	"lianxin/internal/errs"
)

// Lot is something that may be drawn, in the stratum it is drawn from.
type Lot struct{ ID, Stratum string }

// Draw takes a share (percent, 1 to 100) of the lots, of every stratum alike: each gives its share rounded down, and those with the largest remainders one more
// until the share of all, rounded up, is reached. The same lots with the same seed give the same draw, in whatever order they come, so that anybody can
// check it; which those are is told by the digests of seed and id (our default). Errors: errs.Invalid for a share that is none.
func Draw(lots []Lot, percent int, seed string) ([]string, error) {
	if percent < 1 || percent > 100 {
		return nil, errs.New(errs.Invalid, "suggestion.bad_share").At("share")
	}
	strata := map[string][]string{}
	for _, l := range lots {
		strata[l.Stratum] = append(strata[l.Stratum], l.ID)
	}
	var drawn []string
	for name, n := range quotas(strata, percent) {
		ids := strata[name]
		slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(digest(seed, a), digest(seed, b)), cmp.Compare(a, b)) })
		drawn = append(drawn, ids[:n]...)
	}
	slices.Sort(drawn)
	return drawn, nil
}

// quotas tells how many each stratum gives.
func quotas(strata map[string][]string, percent int) map[string]int {
	type rest struct {
		name string
		of   int
	}
	all, given := 0, 0
	n := map[string]int{}
	var rests []rest
	for name, ids := range strata {
		all += len(ids)
		n[name] = len(ids) * percent / 100
		given += n[name]
		rests = append(rests, rest{name, len(ids) * percent % 100})
	}
	slices.SortFunc(rests, func(a, b rest) int { return cmp.Or(cmp.Compare(b.of, a.of), cmp.Compare(a.name, b.name)) })
	for i := 0; given < (all*percent+99)/100; i++ {
		n[rests[i].name]++
		given++
	}
	return n
}

func digest(seed, id string) string {
	sum := sha256.Sum256([]byte(seed + "\n" + id))
	return string(sum[:])
}

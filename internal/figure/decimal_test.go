package figure

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		n, d int64
		want string
	}{{131, 150, "87.33"}, {91, 146, "62.33"}, {158, 158, "100.00"}, {0, 3, "0.00"}, {1, 3, "33.33"}, {2, 3, "66.67"}, {1, 800, "0.13"}, {1, 32, "3.13"}, {93, 154, "60.39"}, {1, 20_001, "0.00"}} {
		if h, ok := percent(c.n, c.d); !ok || decimal(h) != c.want {
			t.Errorf("%d of %d: %s, want %s", c.n, c.d, decimal(h), c.want)
		}
	}
	if _, ok := percent(0, 0); ok {
		t.Error("a share of nothing has a value")
	}
}

func TestDecimal(t *testing.T) {
	for h, want := range map[int64]string{0: "0.00", 5: "0.05", -5: "-0.05", 2500: "25.00", -120: "-1.20", 10_000: "100.00"} {
		if got := decimal(h); got != want {
			t.Errorf("%d: %s, want %s", h, got, want)
		}
	}
}

// TestRoundingIsHalfUp compares with exact fractions: the hundredths lie above the share by at most a half, and below it by less than a half.
func TestRoundingIsHalfUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Int64Range(1, 1e13).Draw(t, "denominator")
		n := rapid.Int64Range(0, d).Draw(t, "numerator")
		h, _ := percent(n, d)
		share := new(big.Rat).Mul(big.NewRat(n, d), big.NewRat(10_000, 1))
		over := new(big.Rat).Sub(new(big.Rat).SetInt64(h), share)
		if over.Cmp(big.NewRat(1, 2)) > 0 || over.Cmp(big.NewRat(-1, 2)) <= 0 {
			t.Fatalf("%d of %d is %s hundredths, not %d", n, d, share.FloatString(6), h)
		}
		if got, want := decimal(h), new(big.Rat).SetFrac64(h, 100).FloatString(2); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

package figure

import "fmt"

// percent is n of d in hundredths of a percent, rounded half up; not ok where d is 0. It is exact for d below 4·10¹⁴.
func percent(n, d int64) (hundredths int64, ok bool) {
	if d <= 0 {
		return 0, false
	}
	return (2*10_000*n + d) / (2 * d), true
}

// decimal writes hundredths with two decimals.
func decimal(hundredths int64) string {
	sign := ""
	if hundredths < 0 {
		sign, hundredths = "-", -hundredths
	}
	return fmt.Sprintf("%s%d.%02d", sign, hundredths/100, hundredths%100)
}

// Share is how many of something are counted.
type Share struct{ Counted, Of int64 }

// Percent is the share in percent with two decimals, rounded half up; "" where there is nothing it could be a share of.
func (s Share) Percent() string {
	h, ok := percent(s.Counted, s.Of)
	if !ok {
		return ""
	}
	return decimal(h)
}

// Since is what the share has gained against an earlier one in percentage points, of the two as they are printed, with its sign; "" where either has no value.
func (s Share) Since(earlier Share) string {
	h, ok := percent(s.Counted, s.Of)
	before, known := percent(earlier.Counted, earlier.Of)
	switch {
	case !ok || !known:
		return ""
	case h > before:
		return "+" + decimal(h-before)
	}
	return decimal(h - before)
}

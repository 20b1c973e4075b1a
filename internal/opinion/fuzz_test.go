package opinion_test

import (
	"strconv"
	"strings"
	"testing"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/opinion"
)

// FuzzParseDay holds that a day that was read stands in the text by its figures, and that every way to write it reads back.
func FuzzParseDay(f *testing.F) {
	for _, seed := range []string{"2026-11-23", "2026/11/3", "2026.1.3", "20261103", " 20261103 ", "2026\u5e7411\u67083\u65e5", "2026-02-30", "0000-00-00", "2026-11-23 10:00", "\uff12\uff10\uff12\uff16-1-1", "2026\x0011\x0023", "-2026-1-1", "99999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := opinion.ParseDay(s)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if deadline.DateOf(d.Start()) != d {
			t.Fatalf("%q became %q, which is no day", s, d)
		}
		parts := strings.Split(string(d), "-")
		for _, p := range parts {
			if n, err := strconv.Atoi(p); err != nil || !strings.Contains(s, strconv.Itoa(n)) {
				t.Fatalf("%q became %q", s, d)
			}
		}
		for _, way := range []string{string(d), strings.Join(parts, "/"), strings.Join(parts, "."), strings.Join(parts, ""), " " + strings.Join(parts, "") + " "} {
			if again, err := opinion.ParseDay(way); err != nil || again != d {
				t.Fatalf("%q was read as %q, %v", way, again, err)
			}
		}
	})
}

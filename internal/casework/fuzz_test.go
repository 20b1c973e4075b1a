package casework_test

import (
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/store/storetest"

	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/search"
)

// FuzzParseClaimed reads times as people claim them: what is taken lies not after now, in Beijing, and is refused as invalid otherwise.
func FuzzParseClaimed(f *testing.F) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, deadline.Zone)
	for _, seed := range []string{"2026-11-22T08:30", "2026-11-22", "2026-11-22T08:30:05", "2026-11-22T00:30:00Z", "2027-01-01", "0000-01-01", "9999-12-31", " 2026-11-22 ", "", "2026-02-30"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		at, err := casework.ParseClaimed(typed, now)
		if err == nil && at.After(now) {
			t.Errorf("%q is taken as %v, after now", typed, at)
		}
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: %v", typed, err)
		}
	})
}

// FuzzCursor sends anything as the cursor of a list: it is a place in the list or invalid, and never a fault.
func FuzzCursor(f *testing.F) {
	db := storetest.SQLite(f, event.Schema(), sealed.Schema(), files.Schema(), registry.Schema(), search.Schema(), casework.Schema())
	s := casework.New(db, nil, policy.New())
	for _, seed := range []string{"", "MTIzIGFiYw", "%%%", "MTIz", "IA", "OTIyMzM3MjAzNjg1NDc3NTgwOCB4"} {
		f.Add(seed, "words")
	}
	f.Fuzz(func(t *testing.T, cursor, words string) {
		_, err := s.List(t.Context(), casework.Resident(), casework.Query{Cursor: cursor, Q: words})
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: %v", cursor, err)
		}
	})
}

package casework

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/search"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// FuzzParseClaimed holds that a claimed time lies before now, on a day of the calendar, and reads back from its own writing.
func FuzzParseClaimed(f *testing.F) {
	for _, seed := range []string{"2026-11-20", "2026-11-20T09:30", "2026-11-20T09:30:15", "2026-11-20T09:30:00+08:00", "2026-11-20T09:30:00.999999999Z", "0000-01-01", "0001-01-01T00:00:00Z", "9999-12-31", "2099-01-01",
		"2026-13-01", "2026-11-20T25:00", " 2026-11-20 ", "2026-11-20T09:30:00+24:00", "2026-11-20T23:59:60", "20261120", ""} {
		f.Add(seed)
	}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, deadline.Zone)
	f.Fuzz(func(t *testing.T, s string) {
		at, err := ParseClaimed(s, now)
		if err != nil {
			if e := errs.All(err)[0]; e.Kind != errs.Invalid || e.Field != ClaimedAt {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if at.After(now) {
			t.Fatalf("%q lies ahead: %s", s, at)
		}
		if day := deadline.DateOf(at); deadline.DateOf(day.Start()) != day || !store.Time(store.Micros(at)).Equal(at.Truncate(time.Microsecond)) {
			t.Fatalf("%q is on no day that can be kept: %s", s, at)
		}
		if again, err := ParseClaimed(at.Format(time.RFC3339Nano), now); err != nil || !again.Equal(at) {
			t.Fatalf("%s reads back as %s, %v", at, again, err)
		}
	})
}

// FuzzCursor holds that a cursor is one we gave out or is refused, and that it bends no list: the query still runs.
func FuzzCursor(f *testing.F) {
	last := &Listed{Case: Case{ID: store.NewID(), ReceivedAt: 1, DueAt: 2}}
	for _, seed := range []string{"", Query{}.cursor(last), Query{Sort: "due"}.cursor(last), "!", "MQ", base64.RawURLEncoding.EncodeToString([]byte("1 ")), base64.RawURLEncoding.EncodeToString([]byte("1 x' or 1=1 --")),
		base64.RawURLEncoding.EncodeToString([]byte("-9223372036854775808 a")), base64.RawURLEncoding.EncodeToString([]byte("9223372036854775808 a")), base64.RawURLEncoding.EncodeToString([]byte("1 \x00\xff"))} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	db := storetest.SQLite(f, event.Schema(), sealed.Schema(), files.Schema(), registry.Schema(), search.Schema(), Schema())
	s := New(db, nil, policy.New())
	f.Fuzz(func(t *testing.T, cursor string, due bool) {
		q := Query{Cursor: cursor}
		if due {
			q.Sort = "due"
		}
		at, id, err := q.after()
		page, listed := s.List(context.Background(), Resident(), q)
		if err != nil {
			if !errs.Is(err, errs.Invalid) || listed == nil {
				t.Fatalf("%q: %v, %v", cursor, err, listed)
			}
			return
		}
		if listed != nil || len(page.Cases) > 0 {
			t.Fatalf("%q: %v, %v", cursor, page, listed)
		}
		if cursor == "" {
			return
		}
		again, other, err := Query{Cursor: q.cursor(&Listed{Case: Case{ID: id, ReceivedAt: at, DueAt: at}})}.after()
		if err != nil || again != at || other != id {
			t.Fatalf("%q: %d %q came back as %d %q", cursor, at, id, again, other)
		}
	})
}

// FuzzKey holds that a key is refused, or claimed by its first request and refused to another.
func FuzzKey(f *testing.F) {
	for _, seed := range []string{"", "k-1", "k\x00", "k k", "\xff", "\u952e", strings.Repeat("k", maxKey), strings.Repeat("k", maxKey+1), "' or 1=1 --", "%s\n"} {
		f.Add(seed, "a", "b")
	}
	db := storetest.SQLite(f, event.Schema(), sealed.Schema(), files.Schema(), registry.Schema(), search.Schema(), Schema())
	s := New(db, nil, policy.New())
	n := 0
	f.Fuzz(func(t *testing.T, key, one, other string) {
		n++
		account := strconv.Itoa(n) // each its own, so that no key has been used
		claim := func(what string) (first bool, err error) {
			err = db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				first, err = s.remember(ctx, tx, account, key, fingerprint(what), "n")
				return err
			})
			return first, err
		}
		first, err := claim(one)
		again, err2 := claim(one)
		_, err3 := claim(other)
		switch {
		case key == "":
			if !first || !again || err != nil || err2 != nil || err3 != nil {
				t.Fatalf("without a key: %v %v", err, err3)
			}
		case err != nil:
			if !errs.Is(err, errs.Invalid) || plainKey(key) {
				t.Fatalf("%q: %v", key, err)
			}
		case !first || again || err2 != nil || (err3 == nil) != (fingerprint(one) == fingerprint(other)):
			t.Fatalf("%q: %v %v, %v, %v", key, first, again, err2, err3)
		}
	})
}

// FuzzInput holds that a checked value is of the field's type, clean and within its bounds, whatever was sent.
func FuzzInput(f *testing.F) {
	for _, kind := range []string{"text", "line", "date", "number", "choice", "bool", "file", "agencies"} {
		for _, seed := range []string{"", "a", "a\nb", "2026-11-20", "7", "1e3", "007", "-1", "9999999999999999999", "\x00", "\xff", "on", "true", strings.Repeat("a", 40)} {
			f.Add(kind, seed)
		}
	}
	db := storetest.SQLite(f, event.Schema(), sealed.Schema(), files.Schema(), registry.Schema(), search.Schema(), Schema())
	p := &procedure.Procedure{Choices: map[string][]procedure.Choice{"c": {{Value: "a"}, {Value: "import-only", Import: true}}}}
	f.Fuzz(func(t *testing.T, kind, raw string) {
		field := procedure.Field{Name: "x", Type: kind, Choices: "c", Max: 20}
		c := &checker{ctx: context.Background(), q: db.Reader(), p: p, congress: "c"}
		values, err := c.check(&procedure.Action{Input: []procedure.Field{field}}, false, Input{"x": raw})
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("%s %q: %v", kind, raw, err)
			}
			return
		}
		switch v := values["x"].(type) {
		case nil, bool:
		case int:
			if v < 1 || v > 20 || kind != "number" {
				t.Fatalf("%s %q became %d", kind, raw, v)
			}
		case string:
			if kind == "line" && strings.Contains(v, "\n") || kind == "choice" && v != "a" || kind == "date" && deadline.DateOf(deadline.Date(v).Start()) != deadline.Date(v) {
				t.Fatalf("%s %q became %q", kind, raw, v)
			}
		default:
			t.Fatalf("%s %q became %v", kind, raw, v)
		}
	})
}

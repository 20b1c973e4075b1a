package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// loaded loads a dump by command and gives the sums of its tables.
func loaded(t *testing.T, args ...string) []store.TableSum {
	t.Helper()
	text, err := answer(t, append([]string{"load", "--format", "json"}, args...)...)
	if err != nil {
		t.Fatalf("%s, %v", text, err)
	}
	var sums []store.TableSum
	var report struct{ Findings []any }
	d := json.NewDecoder(strings.NewReader(text))
	if err := d.Decode(&sums); err != nil {
		t.Fatal(err)
	}
	if err := d.Decode(&report); err != nil || len(report.Findings) > 0 {
		t.Fatalf("check: %+v, %v", report, err)
	}
	return sums
}

// indexed counts the cases the staff's index holds.
func indexed(t *testing.T, s storage) int64 {
	t.Helper()
	db, err := s.existing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	counts, err := db.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return counts["search_doc"]
}

func TestADeploymentMovesFromEngineToEngineAndBack(t *testing.T) {
	dir := t.TempDir()
	first, second, third := storage{Data: filepath.Join(dir, "1")}, storage{Data: filepath.Join(dir, "2"), Database: storetest.PostgresURL(t)}, storage{Data: filepath.Join(dir, "3")}
	deployment(t, first)
	there, back := filepath.Join(dir, "there.jsonl"), filepath.Join(dir, "back.jsonl.gz")
	if text, err := answer(t, "dump", "--data", first.Data, "--out", there); err != nil {
		t.Fatalf("%s, %v", text, err)
	}
	moved := loaded(t, "--data", second.Data, "--database", second.Database, "--from", there)
	if text, err := answer(t, "dump", "--data", second.Data, "--database", second.Database, "--out", back); err != nil {
		t.Fatalf("%s, %v", text, err)
	}
	if returned := loaded(t, "--data", third.Data, "--from", back); !slices.Equal(moved, returned) {
		t.Errorf("there %v, back %v", moved, returned)
	}
	want := indexed(t, first)
	if got := indexed(t, second); got != want || want == 0 {
		t.Errorf("the index has %d cases, had %d", got, want)
	}
	if got := indexed(t, third); got != want {
		t.Errorf("the index has %d cases, had %d", got, want)
	}
	if text, err := answer(t, "load", "--data", third.Data, "--from", back); err == nil {
		t.Errorf("loaded twice: %s", text)
	}
}

func TestABackupOfPostgresRestoresToEitherEngine(t *testing.T) {
	dir := t.TempDir()
	from := storage{Data: filepath.Join(dir, "from"), Database: storetest.PostgresURL(t)}
	deployment(t, from)
	out := filepath.Join(dir, "b.tar.gz")
	if text, err := answer(t, "backup", "--data", from.Data, "--database", from.Database, "--out", out, "--with-keys"); err != nil {
		t.Fatalf("%s, %v", text, err)
	}
	for name, args := range map[string][]string{"sqlite": {}, "postgres": {"--database", storetest.PostgresURL(t)}} {
		data := filepath.Join(dir, name)
		text, err := answer(t, append([]string{"restore", "--from", out, "--data", data}, args...)...)
		if err != nil || !strings.Contains(text, " 0 findings") {
			t.Errorf("%s: %s, %v", name, text, err)
		}
		s := storage{Data: data}
		if len(args) > 0 {
			s.Database = args[1]
		}
		h, err := s.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lianxin/internal/demo"
	"lianxin/internal/event"
)

// deployment makes a data folder with the demonstration's record in it.
func deployment(t *testing.T, s storage) {
	t.Helper()
	h, err := s.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Build(t.Context(), h.db); err != nil {
		t.Fatal(err)
	}
	if err := h.demoAccounts(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := demo.Cases(t.Context(), h.cases, h.db.Now(), h.demoActor(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := event.CatchUp(t.Context(), h.db, "test", h.cases.Indexer()); err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
}

func TestBackupAndRestoreByCommand(t *testing.T) {
	dir := t.TempDir()
	data, out, again := filepath.Join(dir, "data"), filepath.Join(dir, "b.tar.gz"), filepath.Join(dir, "again")
	deployment(t, storage{Data: data})
	if text, err := answer(t, "backup", "--data", data, "--out", out); err != nil || !strings.Contains(text, "The keys are not in it") {
		t.Fatalf("%s, %v", text, err)
	}
	if text, err := answer(t, "restore", "--from", out, "--data", again); err != nil || !strings.Contains(text, " 0 findings") {
		t.Fatalf("%s, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(again, "keys.json")); err == nil {
		t.Error("a restored record got keys that do not fit it")
	}
	if h, err := (storage{Data: again}).open(t.Context()); err == nil {
		h.close()
		t.Error("a restored record without its keys was furnished with new ones")
	} else if !strings.Contains(err.Error(), "keys are missing") {
		t.Error(err)
	}
	if text, err := answer(t, "restore", "--from", out, "--data", again); err == nil {
		t.Errorf("restored over a deployment: %s", text)
	}
	if text, err := answer(t, "backup", "--data", filepath.Join(dir, "nowhere"), "--out", filepath.Join(dir, "c.tar.gz")); err == nil {
		t.Errorf("backed up nothing: %s", text)
	}
}

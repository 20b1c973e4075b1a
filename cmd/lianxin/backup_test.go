package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/demo"
	"lianxin/internal/event"
	"lianxin/internal/opinion"
)

// quietly runs a command and returns what it printed.
func quietly(t *testing.T, run func(ctx context.Context) error) (string, error) {
	t.Helper()
	was := os.Stdout
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = w
	printed := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		printed <- string(b)
	}()
	err = run(t.Context())
	os.Stdout = was
	w.Close()
	return <-printed, err
}

// TestBackupWhileServing copies a deployment that is being written, restores it elsewhere, and finds it whole; damage is refused before anything appears.
func TestBackupWhileServing(t *testing.T) {
	town := furnished(t, true)
	data := town.at.Data
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := opinion.Submit(t.Context(), town.h.cases, casework.Resident(), opinion.Intake{Body: "一边写一边备份。", Source: opinion.Web}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	out := filepath.Join(t.TempDir(), "backup.tar.gz")
	said, err := quietly(t, (&backupCmd{storage: storage{Data: data}, Out: out, WithKeys: true, Format: "table"}).Run)
	close(stop)
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(said, "events") {
		t.Errorf("%v, %v, %q", info.Mode(), err, said)
	}
	if _, err := quietly(t, (&backupCmd{storage: storage{Data: data}, Out: out}).Run); err == nil {
		t.Error("an earlier backup was overwritten")
	}
	to := filepath.Join(t.TempDir(), "restored")
	if _, err := quietly(t, (&restoreCmd{storage: storage{Data: to}, From: out, Format: "table"}).Run); err != nil {
		t.Fatal(err)
	}
	if _, err := quietly(t, (&restoreCmd{storage: storage{Data: to}, From: out, Format: "table"}).Run); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("restored over data: %v", err)
	}
	if said, err := quietly(t, (&doctorCmd{storage: storage{Data: to}, Format: "table"}).Run); err != nil || strings.Contains(said, "wrong") {
		t.Errorf("the doctor says %s, %v", said, err)
	}
}

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
	if err := event.CatchUp(t.Context(), h.db, "test", h.consumers()...); err != nil {
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

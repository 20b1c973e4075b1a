package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/opinion"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
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
	said, err := quietly(t, (&backupCmd{storage: storage{Data: data}, Out: out, WithKeys: true}).Run)
	close(stop)
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(said, "members") {
		t.Errorf("%v, %v, %q", info.Mode(), err, said)
	}
	if _, err := quietly(t, (&backupCmd{storage: storage{Data: data}, Out: out}).Run); err == nil {
		t.Error("an earlier backup was overwritten")
	}
	to := filepath.Join(t.TempDir(), "restored")
	if _, err := quietly(t, (&restoreCmd{From: out, Data: to}).Run); err != nil {
		t.Fatal(err)
	}
	if _, err := quietly(t, (&restoreCmd{From: out, Data: to}).Run); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("restored over data: %v", err)
	}
	if said, err := quietly(t, (&doctorCmd{storage: storage{Data: to}, Format: "table"}).Run); err != nil || strings.Contains(said, "wrong") {
		t.Errorf("the doctor says %s, %v", said, err)
	}
	damaged(t, out)
}

// damaged flips a byte of a backup and finds that nothing is restored from it.
func damaged(t *testing.T, out string) {
	t.Helper()
	whole, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range [][]byte{bytes.Replace(whole, whole[len(whole)/2:len(whole)/2+1], []byte{whole[len(whole)/2] ^ 1}, 1), whole[:len(whole)/2], []byte("no backup")} {
		path := filepath.Join(t.TempDir(), "broken.tar.gz")
		if bytes.Equal(broken, whole) {
			broken = append(whole[:len(whole)/2:len(whole)/2], append([]byte{whole[len(whole)/2] ^ 1}, whole[len(whole)/2+1:]...)...)
		}
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "restored")
		if _, err := quietly(t, (&restoreCmd{From: path, Data: to}).Run); err == nil {
			t.Error("a damaged backup was restored")
		}
		if _, err := os.Stat(to); !os.IsNotExist(err) {
			t.Errorf("a damaged backup left %s behind", to)
		}
	}
}

// TestDumpAndLoadBetweenEngines moves the demonstration city to PostgreSQL, where it checks clean and is found by words.
func TestDumpAndLoadBetweenEngines(t *testing.T) {
	database := storetest.PostgresURL(t)
	town := furnished(t, true)
	dump := filepath.Join(t.TempDir(), "dump.jsonl")
	if _, err := quietly(t, (&dumpCmd{storage: storage{Data: town.at.Data}, Out: dump, Format: "json"}).Run); err != nil {
		t.Fatal(err)
	}
	at := storage{Data: t.TempDir(), Database: database, Keys: filepath.Join(town.at.Data, keysName)}
	if _, err := quietly(t, (&loadCmd{storage: at, From: dump, Format: "csv"}).Run); err != nil {
		t.Fatal(err)
	}
	if _, err := quietly(t, (&loadCmd{storage: at, From: dump}).Run); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("loaded twice: %v", err)
	}
	if said, err := quietly(t, (&checkCmd{storage: at, Format: "table"}).Run); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	h, err := at.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	clerk, err := h.demoActor(t.Context())("clerk")
	if err != nil {
		t.Fatal(err)
	}
	page, err := h.cases.List(t.Context(), clerk, casework.Query{Q: "路灯"})
	if err != nil || page.Total == 0 || h.db.Engine() != store.Postgres {
		t.Errorf("%d found by words, %v", page.Total, err)
	}
}

// TestTheDoctorNamesWhatIsWrong looks at deployments with something amiss.
func TestTheDoctorNamesWhatIsWrong(t *testing.T) {
	town := furnished(t, false)
	if _, err := opinion.Submit(t.Context(), town.h.cases, casework.Resident(), opinion.Intake{Body: "有联系方式。", Phone: "0473-0000999", Source: opinion.Web}); err != nil {
		t.Fatal(err)
	}
	says := func(want string) {
		t.Helper()
		said, err := quietly(t, (&doctorCmd{storage: storage{Data: town.at.Data}, Format: "table"}).Run)
		if err == nil || !strings.Contains(said, want) {
			t.Errorf("the doctor says %s, want %q; %v", said, want, err)
		}
	}
	keys := filepath.Join(town.at.Data, keysName)
	if err := os.Chmod(keys, 0o644); err != nil {
		t.Fatal(err)
	}
	says("can be read by others")
	if err := os.Rename(keys, keys+".old"); err != nil {
		t.Fatal(err)
	}
	says("no keys")
	if _, err := (storage{Data: town.at.Data}).open(t.Context()); err == nil || !strings.Contains(err.Error(), "keys are missing") {
		t.Errorf("opened with new keys beside an old record: %v", err)
	}
	if _, err := os.Stat(keys); err == nil {
		t.Error("new keys were made beside an old record")
	}
	elsewhere := t.TempDir()
	other, err := storage{Data: elsewhere}.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	alien, err := os.ReadFile(filepath.Join(elsewhere, keysName))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keys, alien, 0o600); err != nil {
		t.Fatal(err)
	}
	says("do not open the data")
}

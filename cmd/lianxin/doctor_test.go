package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lianxin/internal/backup"
	"lianxin/internal/casework"
	"lianxin/internal/files"
	"lianxin/internal/opinion"
	"lianxin/internal/store"
)

// examined is a deployment that something is done to before the doctor looks.
type examined struct {
	t    *testing.T
	town *town
}

// says looks for a finding, and for the exit code its severity asks for.
func (e examined) says(severity, about, want string) {
	e.t.Helper()
	text, err := answer(e.t, "doctor", "--data", e.town.at.Data, "--format", "json")
	var found []diagnosis
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		e.t.Fatalf("%s: %v", text, err)
	}
	wrong := false
	for _, f := range found {
		wrong = wrong || f.Severity == "wrong"
		if f.Severity == severity && f.About == about && strings.Contains(f.Says, want) {
			want = ""
		}
	}
	if want != "" || wrong != (err != nil) {
		e.t.Errorf("%s %s %q: the doctor says %s, %v", severity, about, want, text, err)
	}
}

func (e examined) write(query string, args ...any) {
	e.t.Helper()
	err := e.town.h.db.Write(e.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, query, args...)
		return err
	})
	if err != nil {
		e.t.Fatal(err)
	}
}

func (e examined) file(name, body string, mode os.FileMode) {
	e.t.Helper()
	path := filepath.Join(e.town.at.Data, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(body), mode); err != nil {
		e.t.Fatal(err)
	}
}

func examine(t *testing.T) examined {
	t.Helper()
	town := furnished(t, false)
	if err := os.Chmod(town.at.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := opinion.Submit(t.Context(), town.h.cases, casework.Resident(), opinion.Intake{Body: "有联系方式。", Phone: "0473-0000999", Source: opinion.Web}); err != nil {
		t.Fatal(err)
	}
	e := examined{t, town}
	e.says("ok", "keys", "open the data")
	return e
}

func TestTheDoctorLooksAtTheRecord(t *testing.T) {
	e := examine(t)
	ahead := store.Micros(time.Now().Add(time.Hour))
	e.write("update event set recorded_at = $1 where seq = 1 and substr(stream, 1, 5) = 'case:'", ahead)
	e.says("wrong", "clock", "set this machine's clock")
	e.write("update event_pending set recorded_at = 1")
	e.says("warning", "record", "wait for their place")
	e.write("insert into event_position (position, stream, seq) values (5000, 'x', 1)")
	e.write("insert into event_consumer (name, position) values ('slow', 1)")
	e.says("warning", "record", "slow is 4999 events behind")
	e.write("update case_file set due_at = $1", store.Micros(time.Date(2031, 1, 15, 0, 0, 0, 0, time.UTC)))
	e.says("warning", "calendar", "enter them")
	e.write(`insert into delivery (id, dedup, channel, purpose, sealed, urgent, status, created_at, due_at, attempts, tries_left, claim, lease_until, done_at, version)
		values ('d', 'd', 'mail', 'x', '', false, 'stuck', 1, 1, 1, 0, '', 0, 0, 1)`)
	e.says("warning", "deliveries", "could not be delivered")
}

func TestTheDoctorLooksAtFiles(t *testing.T) {
	e := examine(t)
	if err := e.town.h.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return files.Record(ctx, tx, files.Attachment{ID: "a", SHA256: "gone"})
	}); err != nil {
		t.Fatal(err)
	}
	e.says("wrong", "attachments", "missing on disk")
	e.file("files/nobodys", "x", 0o600)
	long := time.Now().Add(-72 * time.Hour)
	if err := os.Chtimes(filepath.Join(e.town.at.Data, "files", "nobodys"), long, long); err != nil {
		t.Fatal(err)
	}
	e.says("warning", "attachments", "named by no row")
	if err := os.Chmod(e.town.at.Data, 0o755); err != nil {
		t.Fatal(err)
	}
	e.says("wrong", "permissions", "can be read by others")
	e.file("procedures/opinion.yaml", "nonsense", 0o600)
	e.says("wrong", "procedure", "mend the file")
}

// TestTheDoctorLooksAtKeys finds keys that others may read, none, and those of another deployment, and looks at the rest all the same.
func TestTheDoctorLooksAtKeys(t *testing.T) {
	e := examine(t)
	keys := filepath.Join(e.town.at.Data, backup.KeysName)
	if err := os.Chmod(keys, 0o644); err != nil {
		t.Fatal(err)
	}
	e.says("wrong", "permissions", "can be read by others")
	if err := os.Rename(keys, keys+".old"); err != nil {
		t.Fatal(err)
	}
	e.says("wrong", "keys", "put the key file")
	e.says("ok", "attachments", "are on disk")
	if _, err := os.Stat(keys); err == nil {
		t.Error("looking made keys")
	}
	other := storage{Data: t.TempDir()}
	h, err := other.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	alien, err := os.ReadFile(other.keyFile())
	if err != nil {
		t.Fatal(err)
	}
	e.file(backup.KeysName, string(alien), 0o600)
	e.says("wrong", "keys", "do not open the data")
}

func TestTheDoctorLooksAtTables(t *testing.T) {
	e := examine(t)
	e.write("delete from migrations_casework where version_id > 1")
	e.says("wrong", "tables", "older than this program (casework)")
	dir := t.TempDir()
	if text, err := answer(t, "doctor", "--data", dir); err == nil || !strings.Contains(text, "there is no deployment") {
		t.Errorf("found well what is not there: %s", text)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("looking made %v, %v", left, err)
	}
}

package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lianxin/internal/backup"
	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

var schemas = []store.Schema{event.Schema(), files.Schema()}

// deployment is a folder with a database, two attachments of which one is named, and a half-written one.
func deployment(t *testing.T) backup.Deployment {
	t.Helper()
	data := t.TempDir()
	for name, body := range map[string]string{"files/aa": "one", "files/bb": "two", "files/part-x": "half", "procedures/opinion.yaml": "own", "keys.json": "secret"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(data, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := storetest.SQLite(t, schemas...)
	for _, sum := range []string{"aa", "lost"} {
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			return files.Record(ctx, tx, files.Attachment{ID: sum, SHA256: sum})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return backup.Deployment{DB: db, Data: data}
}

func happen(db *store.DB) error {
	return db.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		return event.Append(ctx, tx, event.Event{Stream: store.NewID(), Seq: 1, ID: store.NewID(), Payload: "{}"})
	})
}

func ready(string, *backup.Manifest) error { return nil }

func TestABackupIsOneInstantOfADatabaseThatIsWrittenTo(t *testing.T) {
	d := deployment(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		var err error
		for err == nil && ctx.Err() == nil {
			err = happen(d.DB)
		}
		done <- err
	}()
	folder := t.TempDir()
	out := filepath.Join(folder, "b.tar.gz")
	m, err := backup.Make(t.Context(), d, out)
	stop()
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	if m.Has(backup.KeysName) || !m.Has("files/aa") || !m.Has("files/bb") || m.Has("files/part-x") || !m.Has("procedures/opinion.yaml") {
		t.Errorf("members %+v", m.Members)
	}
	if len(m.Missing) != 1 || m.Missing[0] != "lost" {
		t.Errorf("missing %v", m.Missing)
	}
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("left over: %v, %v", left, err)
	}
	if _, err := backup.Make(t.Context(), d, out); err == nil {
		t.Error("wrote over a backup")
	}
	restored(t, out, m)
}

// restored unpacks and compares: an event and its waiting row are written together, so both tables count the same at every instant.
func restored(t *testing.T, out string, m *backup.Manifest) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "new", "data")
	if _, err := backup.Restore(t.Context(), out, data, ready); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Config{URL: filepath.Join(data, backup.Snapshot), Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	counts, err := db.Count(t.Context())
	if err != nil || counts["event"] != counts["event_pending"] || counts["event"] != m.Rows["event"] || counts["attachment"] != 2 {
		t.Errorf("counts %v, manifest %v, %v", counts, m.Rows, err)
	}
	if b, err := os.ReadFile(filepath.Join(data, "files", "aa")); err != nil || string(b) != "one" {
		t.Errorf("attachment %q, %v", b, err)
	}
}

func TestKeysComeAlongWhenAsked(t *testing.T) {
	d := deployment(t)
	d.Keys = filepath.Join(d.Data, "keys.json")
	out := filepath.Join(t.TempDir(), "b.tar.gz")
	if m, err := backup.Make(t.Context(), d, out); err != nil || !m.WithKeys || !m.Has(backup.KeysName) {
		t.Fatalf("%+v, %v", m, err)
	}
	data := filepath.Join(t.TempDir(), "data")
	if _, err := backup.Restore(t.Context(), out, data, ready); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(data, "keys.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("keys: %v, %v", info, err)
	}
}

func TestRestoreRefusesWhatIsNotEmpty(t *testing.T) {
	out := filepath.Join(t.TempDir(), "b.tar.gz")
	if _, err := backup.Make(t.Context(), deployment(t), out); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Restore(t.Context(), out, data, ready); err == nil {
		t.Error("restored over a folder in use")
	}
	if _, err := backup.Restore(t.Context(), out, filepath.Join(data, "y"), func(string, *backup.Manifest) error { return errors.New("no") }); err == nil {
		t.Error("what could not be finished was restored")
	}
	if left, err := os.ReadDir(data); err != nil || len(left) != 1 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// member is one entry of a tar written by hand.
type member struct{ name, body string }

func unpacked(t *testing.T, path string) (all []member) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(zip)
	for {
		head, err := r.Next()
		if err == io.EOF {
			return all
		}
		body, rerr := io.ReadAll(r)
		if err := errors.Join(err, rerr); err != nil {
			t.Fatal(err)
		}
		all = append(all, member{head.Name, string(body)})
	}
}

func packed(t *testing.T, all []member) string {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	w := tar.NewWriter(zip)
	for _, m := range all {
		if err := w.WriteHeader(&tar.Header{Name: m.name, Size: int64(len(m.body)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(m.body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "forged.tar.gz")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDamageIsFoundBeforeAnythingAppears(t *testing.T) {
	out := filepath.Join(t.TempDir(), "b.tar.gz")
	if _, err := backup.Make(t.Context(), deployment(t), out); err != nil {
		t.Fatal(err)
	}
	whole := unpacked(t, out)
	last := len(whole) - 1
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.tar.gz")
	if err := os.WriteFile(cut, raw[:len(raw)-4], 0o600); err != nil {
		t.Fatal(err)
	}
	changed := append([]member{{whole[0].name, strings.Replace(whole[0].body, "S", "T", 1)}}, whole[1:]...)
	for name, path := range map[string]string{
		"as made": packed(t, whole), "cut off": cut, "another body": packed(t, changed), "a member gone": packed(t, whole[1:]),
		"no manifest": packed(t, whole[:last]), "a member more": packed(t, append([]member{{"files/cc", "x"}}, whole...)),
		"a way out": packed(t, append([]member{{"../x", "x"}}, whole...)), "another way out": packed(t, append([]member{{"files/../../x", "x"}}, whole...)),
		"twice": packed(t, append([]member{whole[0]}, whole...)), "something after": packed(t, append(append([]member{}, whole...), member{"files/dd", "x"})),
	} {
		parent := t.TempDir()
		_, err := backup.Restore(t.Context(), path, filepath.Join(parent, "data"), ready)
		left, lerr := os.ReadDir(parent)
		if lerr != nil {
			t.Fatal(lerr)
		}
		if good := name == "as made"; (err == nil) != good || (len(left) == 1) != good {
			t.Errorf("%s: %v, left %v", name, err, left)
		}
	}
}

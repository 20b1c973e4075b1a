package files

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lianxin/internal/store/storetest"
)

// TestWhatIsTakenInAgainIsNotSwept sends a picture that an earlier, refused act had left behind: the act at hand may name it any moment.
func TestWhatIsTakenInAgainIsNotSwept(t *testing.T) {
	db, dir := storetest.SQLite(t, Schema()), t.TempDir()
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture := photograph(t, 1, "")
	first, err := f.Accept(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, first.SHA256), long, long); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-24 * time.Hour)
	if n, err := f.Orphans(t.Context(), db.Reader(), before); n != 1 || err != nil {
		t.Errorf("%d orphans, %v", n, err)
	}
	again, err := f.Accept(bytes.NewReader(picture))
	if err != nil || again.SHA256 != first.SHA256 {
		t.Fatalf("taken in as %v, %v", again, err)
	}
	if gone, err := f.remove(first.SHA256, before); gone || err != nil {
		t.Errorf("what a sweep had found old before was taken away: %v", err)
	}
	if n, err := f.Sweep(t.Context(), db.Reader(), before); n != 0 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
}

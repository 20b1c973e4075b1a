package render

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lianxin/internal/web/webtest"
)

// TestWordOpensInLibreOffice converts every kind of document and looks at what came out. It is skipped loudly where LibreOffice is missing, and fails there under LIANXIN_REQUIRE.
func TestWordOpensInLibreOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("conversions are left out of short runs")
	}
	office, err := exec.LookPath("soffice")
	if err != nil {
		if webtest.Required("libreoffice") {
			t.Fatal("LibreOffice is required and not found in PATH")
		}
		t.Skip("SKIPPED, NOT OPENED: no soffice in PATH")
	}
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir}
	for name, d := range samples() {
		args = append(args, written(t, filepath.Join(dir, name+".docx"), d))
	}
	out, err := exec.CommandContext(t.Context(), office, args...).CombinedOutput()
	if err != nil || strings.Contains(strings.ToLower(string(out)), "error") {
		t.Fatalf("%v: %s", err, out)
	}
	want := map[string]int{"answer": 2, "opinion": 1, "circular": 2, "questionnaire": 1, "urging": 1}
	for name, d := range samples() {
		pages, width, height := converted(t, filepath.Join(dir, name+".pdf"))
		if n := want[name]; n != 0 && pages != n {
			t.Errorf("%s has %d pages, not %d", name, pages, n)
		}
		near(t, name+"'s width", width, float64(d.complete().Paper.Width), 0.5)
		near(t, name+"'s height", height, float64(d.complete().Paper.Height), 0.5)
	}
}

func written(t *testing.T, path string, d Document) string {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(Word(f, d), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

var (
	officePage = regexp.MustCompile(`/Type/Page[^s]`)
	officeSize = regexp.MustCompile(`/MediaBox\[0 0 ([\d.]+) ([\d.]+)\]`)
)

// converted counts a PDF's pages and measures the first, in millimetres.
func converted(t *testing.T, path string) (pages int, width, height float64) {
	t.Helper()
	pdf, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := officeSize.FindSubmatch(pdf)
	if size == nil {
		t.Fatalf("%s: no page has a size", path)
	}
	return len(officePage.FindAll(pdf, -1)), float(size[1]) / pointsPerMM, float(size[2]) / pointsPerMM
}

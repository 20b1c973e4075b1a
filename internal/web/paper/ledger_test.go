package paper_test

import (
	"strings"
	"testing"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/web/paper"
)

// keys is a catalogue in which every sentence is its key.
type keys struct{}

func (keys) T(key string, _ ...any) string { return strings.TrimPrefix(key, "paper.column.") }

func (keys) Date(d deadline.Date) string { return string(d) }

// TestColumnsOfALedger reads what an office wrote, and writes it as it was.
func TestColumnsOfALedger(t *testing.T) {
	d := paper.Desk{Words: keys{}}
	for _, written := range []string{"n\nnumber\ntitle", "title=题目\nnumber", "remark\nn=号"} {
		setting, err := d.Read(written)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Written(d.Chosen(setting)); got != written {
			t.Errorf("%q is read as %q", written, got)
		}
	}
	if setting, err := d.Read(" title = 题目 \n\n number \n"); err != nil || d.Written(d.Chosen(setting)) != "title=题目\nnumber" {
		t.Errorf("with spaces: %q, %v", setting, err)
	}
	if got := d.Headings(d.Chosen("title=题目")); got["题目"] != "title" || got["title"] != "title" || got["number"] != "number" {
		t.Errorf("headings %v", got)
	}
	if len(d.Chosen("")) < 10 || len(d.Chosen("gone")) < 10 {
		t.Error("an office that has set none has no ledger")
	}
	for written, key := range map[string]string{"nothing": "paper.no_column", "n\nn": "paper.column_twice", "title=x\nremark=x": "paper.column_twice", "": "paper.columns_many", "title=" + strings.Repeat("长", 21): "paper.heading_long",
		"number=title\ntitle": "paper.column_twice"} {
		_, err := d.Read(written)
		if all := errs.All(err); len(all) != 1 || all[0].Key != key {
			t.Errorf("%q: %v, want %s", written, err, key)
		}
	}
}

// TestEveryColumnHasItsKeyOnce: a setting names columns by key.
func TestEveryColumnHasItsKeyOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range paper.Columns() {
		if c.Key == "" || c.Width <= 0 || seen[c.Key] {
			t.Errorf("column %q", c.Key)
		}
		seen[c.Key] = true
	}
}

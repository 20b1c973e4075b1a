package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"lianxin/internal/render"
	"lianxin/internal/store"
)

// part finds a suggestion's assignment by a condition over assignment a, case_file c and suggestion s: its number and its place.
func (town *town) part(cond string) (number, n string) {
	town.t.Helper()
	type found struct{ Number, N string }
	f, err := store.One[found](town.t.Context(), town.h.db.Reader(), `select c.number as number, cast(a.n as text) as n from assignment a join case_file c on c.id = a.case_id
		join suggestion s on s.case_id = c.id where `+cond+` order by c.number limit 1`)
	if err != nil {
		town.t.Fatalf("no assignment with %s: %v", cond, err)
	}
	return f.Number, f.N
}

// TestLettersOutOfTheRecord downloads letters as people do, and opens them.
func TestLettersOutOfTheRecord(t *testing.T) {
	town := furnished(t, true)
	clerk := town.reader("clerk")
	var number, n string
	for name, c := range map[string]struct {
		cond  string
		query string
		has   []string
		not   []string
	}{
		"issued": {"a.state = 'replied' and s.class = 'a' and not exists (select 1 from suggestion_round r where r.case_id = s.case_id)", "", []string{"〔A〕", "的答复", "现答复如下：", "收悉", "代表：", "建提〔", "抄送：", "市政府办公室", "此件主动公开", "联系电话", "征询意见表"}, []string{"送审稿"}},
		"draft":  {"a.state = 'checking'", "", []string{"送审稿", "的答复"}, []string{"建提〔"}},
		"opined": {"a.state = 'opined'", "", []string{"会办意见", "会办函〔"}, []string{"〔A〕", "征询意见表"}},
	} {
		edges := []string{"〔A〕", "抄送：", "市政府办公室"} // in a Word file's head and foot, which are no part of its text
		number, n = town.part(c.cond)
		path := "/cases/" + number + "/letter/" + n
		words, printed := clerk.words(path+".docx"+c.query), clerk.file(path+c.query)
		for _, want := range c.has {
			if !strings.Contains(words, want) && !slices.Contains(edges, want) || !strings.Contains(printed, want) {
				t.Errorf("%s: %s is not in the letter of %s", name, want, number)
			}
		}
		for _, no := range c.not {
			if strings.Contains(words, no) || strings.Contains(printed, no) {
				t.Errorf("%s: %s is in the letter of %s", name, no, number)
			}
		}
		if page := clerk.get("/cases/"+number, http.StatusOK); !strings.Contains(page, path+".docx") {
			t.Errorf("%s: the page of %s does not offer its letter", name, number)
		}
	}
	number, n = town.part("a.state = 'handling' and s.state = 'in_hand'")
	if _, status := clerk.fetch("/cases/" + number + "/letter/99.docx"); status != http.StatusNotFound {
		t.Errorf("a letter of nobody: %d", status)
	}
	number, n = town.part("a.state = 'handling' and s.state = 'in_hand'")
	if _, status := clerk.fetch("/cases/" + number + "/letter/" + n + ".docx"); status != http.StatusNotFound {
		t.Errorf("a letter without an answer: %d", status)
	}
	number, n = town.part("a.state = 'replied' and not exists (select 1 from assignment b where b.case_id = c.id and b.agency_id = 'cgj')")
	if _, status := town.reader("agency2").fetch("/cases/" + number + "/letter/" + n + ".docx"); status != http.StatusNotFound {
		t.Errorf("somebody else's letter: %d", status)
	}
}

// TestALetterAsPDF is for machines with a browser.
func TestALetterAsPDF(t *testing.T) {
	if render.FindChromium() == "" {
		t.Skip("SKIPPED, NO PDF TESTED: no Chromium")
	}
	town := furnished(t, true)
	number, n := town.part("a.state = 'replied'")
	if body := town.reader("clerk").file("/cases/" + number + "/letter/" + n + ".pdf"); !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("%d bytes that are no PDF", len(body))
	}
}

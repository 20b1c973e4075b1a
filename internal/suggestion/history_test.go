package suggestion_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/figure"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
	"lianxin/internal/table"
)

// rows of a session's sheet: two good ones, a stranger, an unknown category, no title, one twice, and one after the deadline.
const sample = `编号,标题,领衔代表,附议人,类别,内容,提出时间,公开意见
1,关于增设公交站点的建议,代表甲,代表乙、代表3,城建交通,建议在学校门口增设站点。,2026-03-02,同意全文公开
2,关于改造供热管网的建议,代表4,,城建交通,建议更换老旧管网。,2026-03-03,
3,关于修路的建议,陌生人,,城建交通,建议修路。,2026-03-03,
4,关于修桥的建议,代表5,,天文,建议修桥。,2026-03-03,
5,,代表5,,城建交通,没有标题。,2026-03-03,
1,关于重复的建议,代表5,,城建交通,重复。,2026-03-03,
7,关于迟到的建议,代表5,,城建交通,迟到了。,2026-03-09,
`

func TestASessionsSheetIsTaken(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.on("2026-04-01")
		file, err := table.Read(strings.NewReader(sample))
		if err != nil {
			t.Fatal(err)
		}
		opts := suggestion.ImportOptions{Session: "十届人大二次会议"}
		for _, o := range []suggestion.ImportOptions{{Session: session, DryRun: true}, {Session: session, Strict: true}} {
			if sum, err := suggestion.Import(t.Context(), h.s, file, o); err != nil || sum.Taken != 0 || len(sum.Bad) < 4 {
				t.Fatalf("%+v took %+v, %v", o, sum, err)
			}
		}
		sum, err := suggestion.Import(t.Context(), h.s, file, opts)
		if err != nil {
			t.Fatal(err)
		}
		if sum.Taken != 2 || len(sum.Bad) != 5 {
			t.Errorf("got %+v", sum)
		}
		page, err := h.s.List(t.Context(), clerk, casework.Query{Kind: suggestion.Kind})
		if err != nil || len(page.Cases) != 2 {
			t.Fatalf("%d cases, %v", len(page.Cases), err)
		}
		for _, c := range page.Cases {
			if c.State != "in_hand" || c.LeadAgency != supervisor {
				t.Errorf("%s is %s at %s", c.Number, c.State, c.LeadAgency)
			}
			if c.Get(casework.Serial) == "1" && (c.Signed() != 2 || c.Get(suggestion.Disclosure) != "full") {
				t.Errorf("the first: %d signers, %s", c.Signed(), c.Get(suggestion.Disclosure))
			}
		}
		again, err := suggestion.Import(t.Context(), h.s, file, opts)
		if err != nil || again.Taken != 0 || again.Known != 2 {
			t.Errorf("a second run: %+v, %v", again, err)
		}
		if _, err := suggestion.Import(t.Context(), h.s, file, suggestion.ImportOptions{Session: "没有的会议"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("an unknown session: %v", err)
		}
		h.sound()
	})
}

// paper is a suggestion's form as a Word file.
func paper(t *testing.T, pairs ...[2]string) suggestion.Sheet {
	t.Helper()
	tbl := render.Table{Columns: []render.Column{{Width: 1}, {Width: 4}}}
	for _, p := range pairs {
		tbl.Rows = append(tbl.Rows, []render.Cell{{Text: p[0], Head: true}, {Text: p[1]}})
	}
	var b bytes.Buffer
	if err := render.Word(&b, render.Document{Fonts: render.StandardFonts(), Blocks: []render.Block{tbl}}); err != nil {
		t.Fatal(err)
	}
	return suggestion.Sheet{Name: pairs[0][1] + ".docx", Body: &b}
}

func TestAPileOfWordFilesIsTaken(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.on("2026-04-01")
		sheets := []suggestion.Sheet{
			paper(t, [2]string{"标题", "关于增设公交站点的建议"}, [2]string{"领衔代表", "代表甲"}, [2]string{"附议人", "代表乙、代表3"}, [2]string{"类别", "城建交通"}, [2]string{"内容", "建议在学校门口增设站点。"}),
			{Name: "坏文件.docx", Body: strings.NewReader("no Word file")},
			paper(t, [2]string{"标题", "关于改造供热管网的建议"}, [2]string{"领衔代表", "代表4"}, [2]string{"类别", "城建交通"}, [2]string{"内容", "建议更换老旧管网。"}),
		}
		file, err := suggestion.Pile(sheets)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := suggestion.Import(t.Context(), h.s, file, suggestion.ImportOptions{Session: session})
		if err != nil || sum.Taken != 2 || len(sum.Bad) != 1 || sum.Bad[0].Line != 2 {
			t.Errorf("got %+v, %v", sum, err)
		}
		h.sound()
	})
}

// TestRealProposals takes 436 real texts through drafting, numbering, category and assignment; the answers are the test's own.
func TestRealProposals(t *testing.T) {
	folder := os.Getenv("LIANXIN_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(folder, "jiangsu_cppcc_2019", "proposals.jsonl.gz"))
	if err != nil {
		t.Skipf("SKIPPED, NOT TESTED ON REAL PROPOSALS: %v (set LIANXIN_DATA)", err)
	}
	defer f.Close()
	file, err := table.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	sum, err := suggestion.Import(t.Context(), h.s, file, suggestion.ImportOptions{Session: "十二届二次会议", Add: true, Map: map[string]string{"deputy": "proposer", "category": "type"}})
	if err != nil || sum.Taken != 436 || len(sum.Bad) != 0 || sum.Categories != 14 {
		t.Fatalf("got %+v, %v", sum, err)
	}
	kind, err := h.s.Kind(suggestion.Kind)
	if err != nil {
		t.Fatal(err)
	}
	figures, err := figure.New(h.s.DB(), suggestion.Figures(h.s, kind.Procedure))
	if err != nil {
		t.Fatal(err)
	}
	h.answerEvery(109)
	for id, want := range map[string]string{"suggestions_raised": "436", "suggestions_answered_rate": "25.00"} {
		v, err := figures.Value(t.Context(), id, figure.Scope{Congress: city, Year: 2019, AsOf: "2026-03-02"})
		if err != nil || v.Value != want {
			t.Errorf("%s is %s, want %s (%v)", id, v.Value, want, err)
		}
	}
	seats, err := registry.Seats(t.Context(), h.s.DB().Reader(), city, "2019-02-01")
	if err != nil || len(seats) < 299 {
		t.Errorf("%d deputies, %v", len(seats), err)
	}
	h.sound()
}

// answerEvery answers so many of what was imported.
func (h *house) answerEvery(n int) {
	h.t.Helper()
	page, err := h.s.List(h.t.Context(), clerk, casework.Query{Kind: suggestion.Kind, Limit: n})
	if err != nil {
		h.t.Fatal(err)
	}
	importer := casework.Importer()
	for _, c := range page.Cases {
		for _, step := range []struct {
			actor  policy.Actor
			n      int64
			action string
			in     casework.Input
		}{{importer, 1, "receive", nil}, {importer, 1, "subassign", casework.Input{"lead": housing, "approver": "领导"}}, {importer, 2, "sign", nil},
			{importer, 2, "draft", casework.Input{"class": "a", "reply": "已采纳。"}}, {overseer, 2, "pass", nil},
			{importer, 2, "issue", casework.Input{"signer": "局长", "signed_on": "2026-03-02", "doc_number": "甲建提〔2026〕1号"}},
			{importer, 2, "deliver", casework.Input{"on": "2026-03-02", "mode": "post"}}} {
			h.do(step.actor, &c.Case, step.n, step.action, step.in)
		}
	}
}

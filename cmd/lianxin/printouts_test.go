package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/render"
	"lianxin/internal/table"
)

// sheetOf reads a download as a spreadsheet: its head and its rows.
func (p *reader) sheetOf(path string) *table.File {
	p.t.Helper()
	file, err := table.Read(strings.NewReader(p.file(path)))
	if err != nil {
		p.t.Fatalf("%s: %v", path, err)
	}
	return file
}

// titles lists the titles of the suggestions for which a condition over case_file c and suggestion s holds.
func (town *town) titles(cond string) []string {
	town.t.Helper()
	all, err := town.one(`select coalesce(group_concat(t.body, char(10)), '') from case_file c join suggestion s on s.case_id = c.id join case_text t on t.id = c.title_text where ` + cond)
	if err != nil {
		town.t.Fatal(err)
	}
	return strings.FieldsFunc(all, func(r rune) bool { return r == '\n' })
}

// TestPapersOfManySuggestions opens every paper as a page, in Word and in Excel, and holds its rows against the record.
func TestPapersOfManySuggestions(t *testing.T) {
	town := furnished(t, true)
	clerk := town.reader("clerk")
	session, err := town.one("select session_id from suggestion where dispatched_at > 0 and counted group by session_id order by sum(case when state = 'answered' then 1 else 0 end) desc limit 1")
	if err != nil {
		t.Fatal(err)
	}
	in := "s.counted and s.ended_at = 0 and s.session_id = '" + session + "'"
	waiting, err := town.one("select session_id from suggestion where state = 'to_dispatch' limit 1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		paper, query, cond string
		head               []string // of the spreadsheet
		says               []string
	}{
		{"meeting", "session=" + waiting, "s.state = 'to_dispatch' and s.session_id = '" + waiting + "'", []string{"序号", "会议编号", "标题", "领衔代表", "代表团", "类别", "拟主办", "拟会办", "拟分别办理", "拟办意见"}, []string{"交办会清单", "尚未拟办"}},
		{"hand_over", "session=" + session + "&addressee=dcs", in + " and s.dispatched_at > 0 and s.addressee = 'dcs'", []string{"序号", "会议编号", "标题", "领衔代表", "代表团", "类别", "主办单位", "会办单位", "办理期限"}, []string{"关于交办", "督查室：", "3个月内答复代表", "附件"}},
		{"receipts", "session=" + session, in + " and s.dispatched_at > 0", []string{"序号", "会议编号", "标题", "承办单位", "办理方式", "交办日期", "办理期限", "签收日期", "签收人", "备注"}, []string{"签收表"}},
		{"ledger", "session=" + session, in, []string{"序号", "编号", "会议编号", "标题", "领衔代表", "代表团", "类别", "拟主办", "拟会办", "交办单位", "主办单位", "会办单位", "交办日期", "签收日期", "办理期限", "答复日期", "答复文号", "核定类别", "承诺完成日期", "态度评价", "结果评价", "备注"}, []string{"办理台账"}},
		{"circular", "session=" + session, in + " and s.dispatched_at > 0 and s.answered_at = 0 and s.due_at <= 1000000 * unixepoch()", []string{"承办单位", "交办", "签收", "答复", "按期", "逾期", "满意", "办复率", "按期答复率", "满意率"}, []string{"情况的通报", "一、总体情况", "三、逾期未答复的建议", "四、重点督办建议", "合计"}},
		{"forms", "session=" + session, in + " and s.state = 'answered' and s.verdict = ''", nil, []string{"征询意见表", "对办理态度"}},
	} {
		path := "/suggestions/papers/" + c.paper
		titles := town.titles(c.cond)
		if len(titles) == 0 && c.paper != "circular" {
			t.Fatalf("%s: the demonstration has none", c.paper)
		}
		words, page := clerk.words(path+".docx?"+c.query), clerk.file(path+"?"+c.query)
		for _, want := range append(titles, c.says...) {
			if !strings.Contains(words, want) || !strings.Contains(page, want) {
				t.Errorf("%s: %s is missing", c.paper, want)
			}
		}
		if told := clerk.get("/suggestions/papers?paper="+c.paper+"&"+c.query, http.StatusOK); !strings.Contains(told, path+".docx?") {
			t.Errorf("%s: its page does not offer it", c.paper)
		}
		if c.head == nil {
			if _, status := clerk.fetch(path + ".xlsx?" + c.query); status != http.StatusNotFound {
				t.Errorf("%s as a spreadsheet: %d", c.paper, status)
			}
			continue
		}
		if sheet := clerk.sheetOf(path + ".xlsx?" + c.query); !slices.Equal(sheet.Header, c.head) || c.paper != "circular" && c.paper != "receipts" && len(sheet.Rows) != len(titles) {
			t.Errorf("%s: columns %v, %d rows of %d", c.paper, sheet.Header, len(sheet.Rows), len(titles))
		}
	}
	town.printedFor(session)
	town.circularIsTheBoard(session)
}

// printedFor asks who gets which paper.
func (town *town) printedFor(session string) {
	town.t.Helper()
	for path, want := range map[string]map[string]int{
		"/suggestions/papers":                                  {"clerk": 200, "supervision": 200, "leader": 200, "motions": 200, "agency": 403, "deputy": 403},
		"/suggestions/papers/meeting?session=" + session:       {"supervision": 403, "agency": 403},
		"/suggestions/papers/ledger.xlsx?session=" + session:   {"supervision": 200, "motions": 403, "agency": 403, "deputy": 403},
		"/suggestions/papers/circular.docx?session=" + session: {"supervision": 200, "leader": 200, "agency": 403},
		"/suggestions/papers/hand_over?session=" + session:     {"clerk": 422, "supervision": 200},
		"/suggestions/papers/nothing":                          {"clerk": 404},
		"/suggestions/ledger":                                  {"clerk": 200, "supervision": 403, "motions": 403},
		"/suggestions/paste":                                   {"clerk": 200, "motions": 200, "supervision": 403, "agency": 403},
	} {
		for account, status := range want {
			if _, got := town.reader(account).fetch(path); got != status {
				town.t.Errorf("%s for %s: %d, want %d", path, account, got, status)
			}
		}
	}
	overseer, clerk := town.reader("supervision"), town.reader("clerk") // who signs in anew signs the others out
	own, all := overseer.sheetOf("/suggestions/papers/ledger.xlsx?session="+session), clerk.sheetOf("/suggestions/papers/ledger.xlsx?session="+session)
	for _, row := range own.Rows {
		if row.Fields["交办单位"] != "市政府督查室" {
			town.t.Errorf("the government office's ledger holds what went to %s", row.Fields["交办单位"])
		}
	}
	if len(own.Rows) == 0 || len(own.Rows) >= len(all.Rows) {
		town.t.Errorf("the government office sees %d of %d", len(own.Rows), len(all.Rows))
	}
}

// circularIsTheBoard holds the circular's figures against the boards'.
func (town *town) circularIsTheBoard(session string) {
	town.t.Helper()
	clerk := town.reader("clerk")
	circular := clerk.sheetOf("/suggestions/papers/circular.xlsx?session=" + session)
	board := clerk.sheetOf("/boards/suggestions/board.xlsx?by=agency&session=" + session)
	last := circular.Rows[len(circular.Rows)-1].Fields
	for _, row := range board.Rows {
		if row.Fields["承办单位"] != "合计" {
			continue
		}
		for mine, theirs := range map[string]string{"交办": "交办", "签收": "签收", "答复": "答复", "按期": "按期答复", "逾期": "逾期未答复", "满意": "满意"} {
			if last[mine] != row.Fields[theirs] {
				town.t.Errorf("%s: %s in the circular, %s on the board", mine, last[mine], row.Fields[theirs])
			}
		}
		if last["办复率"] != row.Fields["办复率（%）"]+"%" {
			town.t.Errorf("rate %s and %s", last["办复率"], row.Fields["办复率（%）"])
		}
		return
	}
	town.t.Error("the board has no total")
}

// TestALetterHandsOverItsBatch prints the letter of what was dispatched with one number, and names whom the office planned.
func TestALetterHandsOverItsBatch(t *testing.T) {
	town := furnished(t, true)
	clerk, err := town.h.demoActor(t.Context())("clerk")
	if err != nil {
		t.Fatal(err)
	}
	number, err := town.one("select number from case_file where kind = 'suggestion' and state = 'to_dispatch' order by number limit 1")
	if err != nil {
		t.Fatal(err)
	}
	const letter = "乌人代交〔2026〕7号"
	for _, step := range []casework.Request{{Action: "plan", Input: casework.Input{"lead": "zjj", "co": []string{"jyj"}, "words": "请会同研究。"}}, {Action: "dispatch", Input: casework.Input{"lead": "dcs", "letter_number": letter}}} {
		step.Actor, step.Number = clerk, number
		if _, err := town.h.cases.Apply(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	p := town.reader("clerk")
	query := "?addressee=dcs&letter=" + url.QueryEscape(letter)
	if page := p.file("/suggestions/papers/hand_over" + query); !strings.Contains(page, letter) {
		t.Error("the letter has no number")
	}
	rows := p.sheetOf("/suggestions/papers/hand_over.xlsx" + query).Rows
	if len(rows) != 1 || rows[0].Fields["主办单位"] != "市住房和城乡建设局" || rows[0].Fields["会办单位"] != "市教育局" {
		t.Errorf("handed over: %v", rows)
	}
	if _, status := p.fetch("/suggestions/papers/hand_over" + query + "&on=2020-01-01"); status != http.StatusNotFound {
		t.Errorf("a batch of a day without any: %d", status)
	}
	if body, _ := p.fetch("/suggestions/papers?paper=hand_over&addressee=dcs&on=2020-01-01"); !strings.Contains(body, "没有符合条件的建议") {
		t.Error("the page does not tell that there is none")
	}
}

// TestTheLedgerComesBack sets an office's own columns, takes the ledger out in them, and pastes it back changed.
func TestTheLedgerComesBack(t *testing.T) {
	town := furnished(t, true)
	clerk := town.reader("clerk")
	const columns = "/suggestions/ledger"
	if page := clerk.fill(columns, columns, url.Values{"columns": {"编号\n没有的列"}}); !strings.Contains(page, "没有“没有的列”这一列") {
		t.Error("a column that is none is taken")
	}
	clerk.fill(columns, columns, url.Values{"columns": {"会议编号=会议及编号\n编号\n标题\n类别\n拟主办=主办（拟）\n拟会办\n拟办意见\n备注"}})
	number, err := town.one("select number from case_file c where kind = 'suggestion' and state = 'to_dispatch' order by number desc limit 1")
	if err != nil {
		t.Fatal(err)
	}
	session, err := town.one("select session_id from suggestion where number = $1", number)
	if err != nil {
		t.Fatal(err)
	}
	out := func() (*table.File, map[string]string) {
		file := clerk.sheetOf("/suggestions/papers/ledger.xlsx?session=" + session)
		i := slices.IndexFunc(file.Rows, func(r table.Row) bool { return r.Fields["编号"] == number })
		if i < 0 {
			t.Fatalf("%s is not in the ledger", number)
		}
		return file, file.Rows[i].Fields
	}
	file, row := out()
	if want := []string{"会议及编号", "编号", "标题", "类别", "主办（拟）", "拟会办", "拟办意见", "备注"}; !slices.Equal(file.Header, want) {
		t.Fatalf("columns %v", file.Header)
	}
	paste := func(sure string, head []string, rows ...map[string]string) string {
		lines := []string{strings.Join(head, "\t")}
		for _, r := range rows {
			var cells []string
			for _, h := range head {
				cells = append(cells, r[h])
			}
			lines = append(lines, strings.Join(cells, "\t"))
		}
		return clerk.fill("/suggestions/paste", "/suggestions/paste", url.Values{"rows": {strings.Join(lines, "\n")}, "sure": {sure}})
	}
	if page := paste("", file.Header, row); !strings.Contains(page, "没有变化") {
		t.Error("what was taken out is not what is kept")
	}
	row["主办（拟）"], row["拟会办"], row["拟办意见"] = "市住房和城乡建设局", "市教育局", "请会同研究。"
	bad := map[string]string{"编号": "WH-S-2026-009999", "类别": "城建"}
	if page := paste("yes", file.Header, row, bad); !strings.Contains(page, "有1行不能写入") {
		t.Error("a bad row is not told")
	}
	if _, now := out(); now["主办（拟）"] != "" || now["拟办意见"] != "" {
		t.Error("something was written beside a bad row")
	}
	named := map[string]string{"会议及编号": row["会议及编号"], "主办（拟）": row["主办（拟）"], "拟会办": row["拟会办"], "拟办意见": row["拟办意见"]}
	head := []string{"会议及编号", "主办（拟）", "拟会办", "拟办意见"}
	if page := paste("", head, named); !strings.Contains(page, "拟主办：（空） → 市住房和城乡建设局") || !strings.Contains(page, "全部可以写入") {
		t.Error("the rehearsal does not tell what would change")
	}
	if page := paste("yes", head, named); !strings.Contains(page, "已回填1行") {
		t.Error("a good row is not written")
	}
	if _, now := out(); now["主办（拟）"] != "市住房和城乡建设局" || now["拟会办"] != "市教育局" || now["拟办意见"] != "请会同研究。" {
		t.Errorf("the ledger says %v", now)
	}
	if page := paste("yes", head, named); !strings.Contains(page, "已回填0行") {
		t.Error("the same again is written again")
	}
	book := clerk.file("/suggestions/papers/ledger.xlsx?session=" + session)
	if r := town.staff("clerk").upload("/suggestions/paste", url.Values{}, sentFile{"file", "台账.xlsx", book}); r.StatusCode != http.StatusOK || !strings.Contains(r.body, "没有变化") || !strings.Contains(r.body, "以下各列不回填：标题、备注") {
		t.Errorf("the file itself sent back: %d", r.StatusCode)
	}
	town.check()
}

// TestPapersAsPDF is for machines with a browser.
func TestPapersAsPDF(t *testing.T) {
	if render.FindChromium() == "" {
		t.Skip("SKIPPED, NO PDF TESTED: no Chromium")
	}
	town := furnished(t, true)
	for _, path := range []string{"/suggestions/papers/ledger.pdf", "/suggestions/papers/circular.pdf"} {
		if body := town.reader("clerk").file(path); !strings.HasPrefix(body, "%PDF-") {
			t.Errorf("%s: %d bytes that are no PDF", path, len(body))
		}
	}
}

package document

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lianxin/internal/store/storetest"
)

func labels(t testing.TB) *Labels {
	t.Helper()
	l, err := SuggestionLabels()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

type fields = map[string]string

func TestForms(t *testing.T) {
	l := labels(t)
	for name, c := range map[string]struct {
		markup string
		want   fields
		extra  []Pair
	}{
		"a sheet": {para("乌海市第十届人民代表大会第二次会议") + para("代表建议、批评和意见专用纸") + para("第　　号") + grid(
			[]string{"标　题", "关于在人民路增设路灯的建议"},
			[]string{"领衔代表", "甲 子", "代表团", "海勃湾区代表团", "联系电话", "0473-0000001"},
			[]string{"附议人", "乙丑、丙寅，丁　卯\n戊辰 己 巳"},
			[]string{"类　　别", "□财政经济　☑城建交通　□其他"},
			[]string{"公开意见：", "同意全文公开□ 仅同意公开标题☑"},
			[]string{"建议承办单位", "市住建局"},
			[]string{"内　容\n（可另附页）", "人民路夜间很暗。\n建议增设路灯：\n一、尽快勘察。"},
			[]string{"备注", "闭会期间"}),
			fields{"title": "关于在人民路增设路灯的建议", "lead": "甲 子", "delegation": "海勃湾区代表团", "phone": "0473-0000001", "cosigners": "乙丑\n丙寅\n丁卯\n戊辰\n己巳",
				"category": "城建交通", "publication": "仅同意公开标题", "agency": "市住建局", "body": "人民路夜间很暗。\n建议增设路灯：\n一、尽快勘察。"},
			[]Pair{{"备注", "闭会期间"}}},
		"sections": {grid(
			[]string{"届次", "十届", "会议次数", "二次", "层次", "市级"},
			[]string{"案由", "公交线路"},
			[]string{"v 领衔代表", "姓名", "甲子", "代表团", "乌达区"},
			[]string{"^", "代表证号", "0012", "邮编", "016000"},
			[]string{"v 附议人", "姓名", "证号", "通讯地址"},
			[]string{"^", "乙丑", "0013", "海南区"},
			[]string{"^", "丙寅", "", ""},
			[]string{"正文"},
			[]string{"一路公交太少。"}),
			fields{"term": "十届", "session": "二次", "level": "市级", "title": "公交线路", "lead": "甲子", "delegation": "乌达区", "certificate": "0012", "postcode": "016000",
				"cosigners": "乙丑\n丙寅", "body": "一路公交太少。"},
			[]Pair{{"证号", "0013"}, {"通讯地址", "海南区"}}},
		"columns": {grid([]string{"提出代表", "代表团", "联系电话"}, []string{"甲子", "海南区", "0473-0000002"}, []string{"联名代表", "乙丑", "丙寅"}, []string{"题目", "饮水"}, []string{"正文", "a"}),
			fields{"lead": "甲子", "delegation": "海南区", "phone": "0473-0000002", "cosigners": "乙丑\n丙寅", "title": "饮水", "body": "a"}, nil},
		"names below each other": {grid([]string{"v 附议代表", "乙丑", "丙寅"}, []string{"^", "丁卯", ""}, []string{"标题", "a"}),
			fields{"cosigners": "乙丑\n丙寅\n丁卯", "title": "a"}, nil},
		"labels in the cells": {grid([]string{"标题：关于饮水的建议", "领衔代表：甲子"}, []string{"内容：\n水有味。\n请查。"}, []string{"类别：", "建议"}),
			fields{"title": "关于饮水的建议", "lead": "甲子", "body": "水有味。\n请查。", "category": "建议"}, nil},
		"a text in parts": {grid([]string{"标题", "a"}, []string{"存在问题", "水有味。"}, []string{"具体建议", "请查。"}),
			fields{"title": "a", "body": "存在问题：\n水有味。\n具体建议：\n请查。"}, nil},
		"unknown between": {grid([]string{"标题", "a", "密级", "无", "届次", "十届"}, []string{"审签", "同意", "盖章", "已盖"}),
			fields{"title": "a", "term": "十届"}, []Pair{{"密级", "无"}, {"审签", "同意"}, {"盖章", "已盖"}}},
		"a form in a cell": {grid([]string{"<w:p/>" + grid([]string{"标题", "a"}, []string{"正文", "b"})}),
			fields{"title": "a", "body": "b"}, nil},
		"said twice": {grid([]string{"标题", "a"}, []string{"标题", "b"}, []string{"标题", "a"}), fields{"title": "a"}, []Pair{{"标题", "b"}}},
		"empty":      {grid([]string{"标题", ""}, []string{"领衔代表", "　"}, []string{"公开意见", "□同意 □不同意"}, []string{"内容", ""}), fields{}, nil},
		"free": {para("乌海市第十届人民代表大会第三次会议") + para("关于加强校门口交通管理的建议") + para("领衔代表：甲子　　代表团：乌达区代表团") + para("附议人：") + para("乙丑、丙寅") +
			para("校门口很堵。") + para("建议：一是增设护学岗；") + para("二是划线。") + para("2023年1月5日"),
			fields{"title": "关于加强校门口交通管理的建议", "lead": "甲子", "delegation": "乌达区代表团", "cosigners": "乙丑\n丙寅", "body": "校门口很堵。\n建议：一是增设护学岗；\n二是划线。", "date": "2023年1月5日"}, nil},
		"free with labels": {para("标题：饮水") + para("提出代表：甲子") + para("内容：水有味。") + para("时间：每天早晨。") + para("地址：海南区某街。") + para("公开意见：同意全文公开") + para("联系人：乙丑"),
			fields{"title": "饮水", "lead": "甲子", "body": "水有味。\n时间：每天早晨。\n地址：海南区某街。", "publication": "同意全文公开", "contact": "乙丑"}, nil},
		"a title in front of a sheet": {para("代表建议") + para("关于饮水的建议") + grid([]string{"领衔代表", "甲子"}) + para("水有味。") + para("请查。"),
			fields{"title": "关于饮水的建议", "lead": "甲子", "body": "水有味。\n请查。"}, nil},
		"text alone":       {para("水有味，请查。"), fields{"body": "水有味，请查。"}, nil},
		"a table of facts": {para("关于饮水的建议") + para("数据如下。") + grid([]string{"年份", "件数"}, []string{"2022", "3"}), fields{"title": "关于饮水的建议", "body": "数据如下。"}, []Pair{{"年份", "件数"}, {"2022", "3"}}},
	} {
		f := l.Read(read(t, c.markup))
		if d := cmp.Diff(c.want, f.Fields) + cmp.Diff(c.extra, f.Extra); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestList(t *testing.T) {
	f := Form{Fields: fields{"a": "x\ny"}}
	if !cmp.Equal(f.List("a"), []string{"x", "y"}) || f.List("b") != nil {
		t.Errorf("got %q, %q", f.List("a"), f.List("b"))
	}
}

func TestNames(t *testing.T) {
	for s, want := range map[string][]string{"甲子、乙丑": {"甲子", "乙丑"}, "甲 子 乙丑\u3000丙 寅": {"甲子", "乙丑", "丙寅"}, "阿·布，甲": {"阿·布", "甲"}, " ": nil, "甲/乙;丙；丁": {"甲", "乙", "丙", "丁"}} {
		if got := splitNames(s); !cmp.Equal(got, want) {
			t.Errorf("%q: %q", s, got)
		}
	}
}

func TestLabelsThatContradictAreRefused(t *testing.T) {
	for name, file := range map[string]string{
		"twice":         "fields: {a: {labels: [标题]}, b: {labels: ['标 题：']}}",
		"empty":         "fields: {a: {labels: ['（）']}}",
		"of no field":   "fields: {a: {labels: [x]}}\nnames: {labels: [姓名], field: b}",
		"unknown key":   "fields: {a: {lables: [x]}}",
		"bad pattern":   "fields: {a: {labels: [x]}}\ntitle: '('",
		"bad heading":   "fields: {a: {labels: [x]}}\nheadings: ['(']",
		"bad date":      "fields: {a: {labels: [x]}}\ndate: '('",
		"not a mapping": "[",
	} {
		if _, err := ParseLabels([]byte(file)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestAFormOfLibreOffice has LibreOffice write the file.
func TestAFormOfLibreOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		if storetest.Required("libreoffice") {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED, NOT TESTED ON LIBREOFFICE: %v", err)
	}
	folder := t.TempDir()
	page := `<html><meta charset="utf-8"><body><h1 align="center">代表建议登记表</h1><table border="1"><tr><td>标　题</td><td colspan="3">关于<b>饮水</b>的建议</td></tr>
		<tr><td>领衔代表</td><td>甲子</td><td>代表团</td><td>乌达区</td></tr><tr><td rowspan="2">附议人</td><td colspan="3">乙丑、丙寅</td></tr><tr><td colspan="3">丁卯</td></tr>
		<tr><td>内容</td><td colspan="3"><p>水有味。</p><p>请<i>尽快</i>查。<br>谢谢。</p></td></tr></table></body></html>`
	if err := os.WriteFile(filepath.Join(folder, "form.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+folder+"/profile", "--headless", "--infilter=HTML (StarWriter)",
		"--convert-to", "docx:MS Word 2007 XML", "--outdir", folder, filepath.Join(folder, "form.html")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file, err := os.Open(filepath.Join(folder, "form.docx"))
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	defer file.Close()
	d, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	f := labels(t).Read(d)
	want := fields{"title": "关于饮水的建议", "lead": "甲子", "delegation": "乌达区", "cosigners": "乙丑\n丙寅\n丁卯", "body": "水有味。\n请尽快查。\n谢谢。"}
	if diff := cmp.Diff(want, f.Fields); diff != "" || len(f.Extra) > 0 {
		t.Errorf("%s, %q of\n%s", diff, f.Extra, d.Text())
	}
}

func TestAFormIsReadWithinBounds(t *testing.T) {
	rows := make([][]string, 3000)
	for i := range rows {
		rows[i] = []string{"标题", strings.Repeat("附议人 ", 50), "领衔代表：甲", ""}
	}
	f := labels(t).Read(read(t, grid(rows...)))
	if f.Fields["title"] == "" {
		t.Error("the title is not there")
	}
}

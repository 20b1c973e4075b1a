package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/opinion"
	"lianxin/internal/web/webtest"
)

// submitted brings a matter in, and tells its number and pick-up code.
func (town *town) submitted(body string) (number, code string) {
	town.t.Helper()
	res, err := opinion.Submit(town.t.Context(), town.h.cases, casework.Resident(), opinion.Intake{Body: body, Source: opinion.Web, MayPublish: true})
	if err != nil {
		town.t.Fatal(err)
	}
	return res.Case.Number, res.Code
}

// state reads where a case stands.
func (town *town) state(number, want string) {
	town.t.Helper()
	c, _, err := town.h.cases.Read(town.t.Context(), number)
	if err != nil || c.State != want {
		town.t.Fatalf("%s is %s, want %s; %v", number, c.State, want, err)
	}
}

// track brings a resident to the page of his matter.
func (town *town) track(p *webtest.Person, number, code string) *webtest.Person {
	town.t.Helper()
	return p.Go(town.url+"/track").Fill("编号", number).Fill("查询码", code).Click(".form .buttons button")
}

// send is the button of the page's form.
const send = ".form .buttons button"

// TestAskingMergingAndHandingDown walks the office's side roads, with the wrong clicks.
func TestAskingMergingAndHandingDown(t *testing.T) {
	town := furnished(t, false)
	clerk := webtest.Browser(t)
	resident := clerk.Another().Phone()
	town.signIn(clerk, "clerk")
	asked, code := town.submitted("有一盏路灯不亮。")
	main, _ := town.submitted("团结小区门口路灯不亮。")
	second, secondCode := town.submitted("团结小区大门外的路灯坏了。")
	district, districtCode := town.submitted("区里的公园座椅坏了，另外厕所不开门。")
	page := func(number string) string { return town.url + "/cases/" + number }

	clerk.Go(page(asked)).Click("请补充").Click(send).Sees("请填写")
	clerk.Fill("words", "请写明在哪条街。").Choose("how", "凭查询码网上查阅").Click(send).Sees("待补充")
	clerk.Go(page(asked) + "/do/accept").Sees("该操作现在不能办理")
	town.track(resident, asked, code).Sees("请写明在哪条街").Click("补充").Click(send).Sees("请填写")
	resident.Fill("words", "在第一街东口。").Click(send).Sees("已完成")
	town.state(asked, "received")

	clerk.Go(page(second)).Click("并件").Fill("into", "WH-O-2026-999999").Click(send).Sees("没有找到")
	clerk.Fill("into", second).Click(send).Sees("不能并入事项自身")
	clerk.Fill("into", main).Click(send).Sees("已并件", "并入", main)
	clerk.Go(page(main)).Sees("并入本件", second).Click("当场答复").Choose("class", "解释说明").Fill("reply", "已列入今年路灯检修计划，十天内修复。").Choose("how", "电话").Click(send)
	town.state(second, "replied")
	clerk.Go(page(second)).Sees("十天内修复").Click("反馈").Choose("how", "短信").Click(send)
	town.track(resident, second, secondCode).Sees("十天内修复").Click("评价").Choose("attitude", "满意").Choose("result", "不满意").Fill("comment", "还没有修。").Click(send)
	town.state(second, "accepted")
	town.state(main, "to_evaluate")

	clerk.Go(page(district)).Click("拆分").Fill("body", "公园厕所白天不开门。").Click(send).Sees("拆分出")
	clerk.Click("转下级").Choose("office", "乌达区").Click(send).Sees("请填写")
	clerk.Fill("words", "请区里办理。").Click(send).Sees("已移送", "转下级")
	town.track(resident, district, districtCode).Sees("拆分出", "转下级", "查询码").Axe().Fits()
	town.check()
}

// TestAgenciesAndLeaders asks for more time, urges, disputes and takes a matter to a leader, each side on its own desk.
func TestAgenciesAndLeaders(t *testing.T) {
	town := furnished(t, false)
	clerk := webtest.Browser(t)
	agency, lead, leader, resident := clerk.Another(), clerk.Another(), clerk.Another(), clerk.Another()
	number, code := town.submitted("团结小区门口路灯不亮。")
	page := town.url + "/cases/" + number
	town.signIn(clerk, "clerk").Go(page).Click("受理").Click(send)
	clerk.Click("转办").Choose("lead", "市住房和城乡建设局").Fill("batch_due", "2020-01-01").Click(send).Sees("日期须在今天之后")
	clerk.Fill("batch_due", "2099-01-04").Click(send).Sees("批次完成日期")
	town.signIn(agency, "agency").Go(page).Click("签收").Click(send)
	agency.Click("申请延期").Fill("length", "99").Fill("reason", "采购配件。").Click(send).Sees("请填1至60的整数")
	agency.Fill("length", "30").Click(send).Sees("最多可申请延长15个工作日")
	agency.Fill("length", "5").Click(send).Sees("5个工作日，待审定")
	clerk.Go(town.url+"/desk").Sees("申请延期待审定").Go(page).Click("同意延期").Fill("words", "同意。").Click(send).SeesNot("待审定")
	agency.Go(page + "/1/do/extend").Sees("该操作现在不能办理")

	clerk.Go(page).Click("[href$='/1/do/urge']").Choose("grade", "督办").Choose("way", "督办单").Click(send).Sees("共1次", "承办单位尚未确认")
	agency.Go(town.url+"/desk").Sees("催办待确认").Go(page).Click("确认催办").Fill("words", "本周办结。").Click(send).SeesNot("尚未确认")
	town.signIn(lead, "agency-lead")
	answer := func() {
		agency.Go(page).Click("报送结果").Choose("class", "列入计划").Fill("reply", "明年更换。").Click(send).Sees("承诺")
		agency.Fill("promise", "更换灯具").Fill("promise_on", "2099-06-30").Click(send)
		lead.Go(page).Click("审签").Click(send)
		clerk.Go(page).Click("反馈").Choose("how", "电话").Click(send)
		town.track(resident, number, code).Click("评价").Choose("attitude", "满意").Choose("result", "不满意").Fill("comment", "太晚了。").Click(send)
	}
	answer()
	answer()
	town.state(number, "disputed")
	town.signIn(leader, "leader").Sees("仍不满意").Go(page).Click("提级督办").Fill("leader", "示范领导").Fill("words", "一个月内办结。").Click(send).Sees("提级督办")
	town.state(number, "in_hand")
	agency.Go(page).Click("报送结果").Choose("class", "列入计划").Fill("reply", "下月更换。").Fill("promise", "更换灯具").Fill("promise_on", "2099-06-30").Click(send)
	lead.Go(page).Click("审签").Click(send)
	clerk.Go(town.url+"/promises").Sees("更换灯具", "待兑现").Go(town.url + "/procedures/opinion?case=" + number).Sees("现在：" + number)
	town.check()
}

// TestAClerksDayByKeyboard takes fifty sheets of paper in, accepts and assigns them, and touches no mouse.
func TestAClerksDayByKeyboard(t *testing.T) {
	town := furnished(t, false)
	p := webtest.Browser(t)
	town.signIn(p, "clerk")
	const sheets, each = 50, 15
	for done := 0; done < sheets; {
		p.Go(town.url + "/entry/batch").TabTo("[name=name-1]")
		for row := 1; row <= each && done < sheets; row++ {
			done++
			p.Type(fmt.Sprintf("甲%d\t0473-0000%03d\t\t街%d\t路灯%d不亮", done, done, done, done))
			if row < each && done < sheets {
				p.Type("\t\t") // past the next row's hour, which may stay empty
			}
		}
		p.TabTo(send).Enter().Sees("已录入", "查询码")
	}
	numbers := func(state string) string {
		n, err := town.one("select cast(count(*) as text) from case_file where state = $1", state)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got := numbers("received"); got != fmt.Sprint(sheets) {
		t.Fatalf("%s taken in, want %d", got, sheets)
	}
	p.Go(town.url + "/cases?state=received").TabTo("#bulk select").Type("受理").TabTo("[data-pick]").Type(" ")
	p.Eval("document.querySelector('#bulk select').focus()", nil)
	p.TabTo("#bulk button").Enter().Sees("选中50件，其中50件现在可以办理")
	p.TabTo(send).Enter().Sees("办成50件")
	p.Go(town.url + "/cases?state=accepted").TabTo("#bulk select").Type("转办").TabTo("[data-pick]").Type(" ")
	p.Eval("document.querySelector('#bulk select').focus()", nil)
	p.TabTo("#bulk button").Enter().TabTo(send).Enter().Sees("请选择")
	p.TabTo("[name=lead]").Type("市住房和").TabTo(send).Enter().Sees("办成50件")
	if got := numbers("in_hand"); got != fmt.Sprint(sheets) {
		t.Fatalf("%s assigned, want %d", got, sheets)
	}
	p.Go(town.url + "/cases").Axe()
	town.check()
}

// TestPasteExportAndLetters sends rows back and takes documents out, as a clerk's browser would.
func TestPasteExportAndLetters(t *testing.T) {
	town := furnished(t, true)
	p := webtest.Browser(t)
	town.signIn(p, "clerk")
	number, err := town.one(`select c.number from case_file c join assignment a on a.case_id = c.id where a.state = 'to_sign' and a.due_at > 0 and a.parent_id = '' order by c.number limit 1`)
	if err != nil {
		t.Fatal(err)
	}
	today := time.Now().Format("2006-01-02")
	p.Go(town.url+"/cases/paste").Fill("rows", "编号,办理结果分类,无此列\n"+number+",已解决,x").Click(send).Sees("没有“无此列”这一列")
	p.Fill("rows", "")
	rows := "编号,签收日期,办理结果分类,答复内容,签发人,签发日期\n" + number + "," + today + ",已解决,已修好。,签某," + today
	p.Eval("document.querySelector('[name=rows]').value = "+fmt.Sprintf("%q", rows), nil)
	p.Click(send).Sees("全部可以写入", "签收、报送结果、登记签发")
	p.Tick("核对无误，写入").Click(send).Sees("已回填1行")
	town.state(number, "replied")
	for path, kind := range map[string]string{"/cases/export.xlsx?state=open": "spreadsheetml", "/urging/zjj/letter.docx": "wordprocessingml", "/cases/paste/template.xlsx": "spreadsheetml"} {
		var cookie string
		p.Eval("fetch("+fmt.Sprintf("%q", town.url+path)+").then(async r => r.status + ' ' + r.headers.get('content-type') + ' ' + (await r.arrayBuffer()).byteLength)", &cookie)
		if !strings.HasPrefix(cookie, "200 ") || !strings.Contains(cookie, kind) || strings.HasSuffix(cookie, " 0") {
			t.Errorf("%s: %s", path, cookie)
		}
	}
	res, err := http.Get(town.url + "/cases/export.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); strings.Contains(string(body), "PK") {
		t.Error("an export without sign-in")
	}
	town.check()
}

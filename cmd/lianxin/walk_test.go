package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/motion"
	"lianxin/internal/suggestion"
	"lianxin/internal/web/webtest"
)

// photo is a picture as a telephone would send it.
func photo(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 400, 300)), nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lamp.jpg")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTheRoadByFivePeople goes the whole way: a resident on a phone, a clerk, an agency's handler and its leader, a deputy.
func TestTheRoadByFivePeople(t *testing.T) {
	town := furnished(t, false)
	resident := webtest.Browser(t).Phone()
	clerk, handler, lead, deputy := resident.Another(), resident.Another(), resident.Another(), resident.Another()

	resident.Go(town.url + "/say?deputy=P-001").Sees("海甲甲").Click("提交").Sees("请填写")
	resident.Fill("body", "幸福小区东侧的路灯坏了一周，晚上看不清路。").Fill("place", "幸福小区东侧").Choose("category", "路灯照明")
	resident.Attach("files", photo(t)).Fill("phone", "13800000000").Tick("may_publish").Click("提交").Sees("回执", "请保存好编号和查询码")
	number, code := fact(resident, "编号"), fact(resident, "查询码")

	clerkCase := town.url + "/cases/" + number
	town.signIn(clerk, "clerk").Sees("待受理", number)
	clerk.Go(clerkCase).Sees("13800000000").Click("受理").Click(".form .buttons button").Sees("已完成", "待转办")
	clerk.Click("转办").Choose("lead", "市住房和城乡建设局").Fill("words", "请按时办理。").Click(".form .buttons button").Sees("办理中")
	clerk.Click("转办单").Sees("转办单", "市住房和城乡建设局", "联")

	town.signIn(handler, "agency").Sees("待签收", number)
	handler.Go(clerkCase).Click("签收").Click(".form .buttons button").Sees("已完成")
	handler.Click("填报进展").Fill("words", "已到现场查看。").Click(".form .buttons button")
	handler.Click("报送结果").Click(".form .buttons button").Sees("需要修改")
	handler.Choose("class", "已解决").Fill("reply", "已更换灯具，恢复照明。").Click(".form .buttons button").Sees("待审签")

	town.signIn(lead, "agency-lead").Sees("待审签", number)
	lead.Go(clerkCase).Click("退回修改").Fill("words", "请写明更换数量。").Click(".form .buttons button")
	handler.Go(clerkCase).Click("报送结果").Choose("class", "已解决").Fill("reply", "已更换三盏灯具，恢复照明。").Click(".form .buttons button")
	lead.Go(clerkCase).Click("审签").Click(".form .buttons button").Sees("已报送")

	clerk.Go(clerkCase).Sees("待反馈").Click("反馈").Choose("how", "电话").Click(".form .buttons button").Sees("待评价")
	clerk.Click("告知代表").Choose("how", "短信").Click(".form .buttons button")

	resident.Go(town.url+"/track").Fill("编号", number).Fill("查询码", "WRNG-CODE").Click(".form .buttons button").Sees("编号或查询码不对")
	resident.Fill("number", "").Go(town.url+"/track").Fill("编号", number).Fill("查询码", code).Click(".form .buttons button").Sees("已更换三盏灯具")
	resident.Click("评价").Choose("attitude", "满意").Choose("result", "不满意").Click(".form .buttons button").Sees("请说明意见")
	resident.Choose("result", "满意").Click(".form .buttons button").Sees("已办结")

	town.signIn(deputy, "deputy").Sees("待核实", number)
	deputy.Go(clerkCase).Click("代表核实").Choose("agrees", "情况属实").Click(".form .buttons button").Sees("情况属实")
	deputy.SeesNot("13800000000")
	town.check()
}

// TestTheRoadOnPaper goes the same way with everybody on paper: replies entered by the clerk, verdicts by the street, each entry checked by the other.
func TestTheRoadOnPaper(t *testing.T) {
	town := furnished(t, false)
	station := webtest.Browser(t)
	clerk, street := station.Another(), station.Another()

	town.signIn(station, "station").Click("代录").Choose("source", "纸质").Fill("body", "人行道地砖碎了一大片，老人容易绊倒。").Click("录入").Sees("回执")
	number := fact(station, "编号")
	path := town.url + "/cases/" + number

	town.signIn(clerk, "clerk").Go(path).Click("受理").Click(".form .buttons button")
	clerk.Click("转办").Choose("lead", "市交通运输局").Click(".form .buttons button")
	clerk.Click("代录：签收").Click(".form .buttons button").Sees("已完成")
	clerk.Click("代录：报送结果").Choose("class", "已解决").Fill("reply", "已修补。").Click(".form .buttons button")
	clerk.Click("代录：登记签发").Fill("signer", "签某").Fill("signed_on", "2026-11-20").Fill("doc_number", "某函1号").Attach("scan", photo(t)).Click(".form .buttons button").Sees("登记签发（纸质）")
	clerk.Click("反馈").Choose("how", "上门").Click(".form .buttons button").Sees("待评价")

	town.signIn(street, "street").Go(path).Click("代录：评价").Choose("attitude", "满意").Choose("result", "基本满意").Choose("collected", "纸质征询表").Click(".form .buttons button").Sees("已办结")
	for range 3 {
		street.Go(path+"/1/do/check_entry").Choose("entry", "").Choose("agrees", "情况属实").Click(".form .buttons button").Sees("已完成")
	}
	clerk.Go(path).SeesNot("有3项代录待核对")
	for range 2 {
		clerk.Go(path+"/do/check_entry").Choose("entry", "").Choose("agrees", "情况属实").Click(".form .buttons button").Sees("已完成")
	}
	c, _, err := town.h.cases.Read(t.Context(), number)
	if err != nil || c.Unchecked != 0 || c.Result != "fair" {
		t.Errorf("%d entries unchecked, result %s, %v", c.Unchecked, c.Result, err)
	}
	town.check()
}

// TestEveryPageIsAccessible looks at every page of every role, in light and dark, on a phone and on a desktop.
func TestEveryPageIsAccessible(t *testing.T) {
	town := furnished(t, true)
	p := webtest.Browser(t)
	page, err := town.h.cases.PublishedList(t.Context(), casework.PublicQuery{Kind: "opinion"})
	if err != nil || len(page.List) == 0 {
		t.Fatalf("nothing is published: %v", err)
	}
	for name, path := range map[string]string{"front": "/", "say": "/say?grid=G-02003-01", "track": "/track", "privacy": "/privacy", "published": "/published",
		"published-one": "/published/" + page.List[0].Number, "sign-in": "/sign-in", "error": "/nowhere"} {
		p.AxeEverywhere(town.url+path, name)
	}
	p.Go(town.url+"/say").Fill("body", "楼道灯不亮").Click("提交")
	for name, path := range map[string]string{"receipt": "/receipt", "mine": "/mine", "mine-withdraw": "/mine/withdraw"} {
		p.AxeEverywhere(town.url+path, name)
	}
	for account, paths := range town.staffPages() {
		p = p.Another()
		town.signIn(p, account)
		for name, path := range paths {
			p.AxeEverywhere(town.url+path, account+"-"+name)
		}
	}
}

// overseen is a case that the supervision office has split.
func (town *town) overseen() string {
	town.t.Helper()
	number, err := town.one("select c.number from case_file c join assignment a on a.case_id = c.id where a.state = 'overseeing' and c.kind = 'opinion'")
	if err != nil {
		town.t.Fatal(err)
	}
	return "/cases/" + number
}

// suggestion is one in a state.
func (town *town) suggestion(state string) string {
	town.t.Helper()
	number, err := town.one("select number from case_file where state = $1 and kind = 'suggestion' order by number desc limit 1", state)
	if err != nil {
		town.t.Fatalf("no suggestion is %s: %v", state, err)
	}
	return "/cases/" + number
}

// drafted writes a draft of the demonstration's deputy, and asks two colleagues to sign it.
func (town *town) drafted(kind string) string {
	town.t.Helper()
	return town.writes("deputy", "P-001", kind, "P-002", "P-004")
}

// asked writes a colleague's draft that the demonstration's deputy is asked to sign.
func (town *town) asked() string {
	town.t.Helper()
	town.seated("colleague", "P-002")
	return town.writes("colleague", "P-002", suggestion.Kind, "P-001")
}

func (town *town) writes(account, person, kind string, signers ...string) string {
	town.t.Helper()
	actor := town.actor(account)
	d := suggestion.Draft{Deputy: person, Title: "关于增设社区老年食堂的建议", Body: "社区独居老人多，吃饭不便。\n建议在每个街道办一处老年食堂。", Formed: "visit", Agencies: "市民政局"}
	res, err := suggestion.Open(town.t.Context(), town.h.cases, actor, d)
	if kind == motion.Kind {
		res, err = motion.Open(town.t.Context(), town.h.cases, actor, motion.Draft{Draft: d, Plan: "制定条例。"})
	}
	if err == nil {
		_, err = town.h.cases.Apply(town.t.Context(), casework.Request{Actor: actor, Number: res.Case.Number, Action: "invite", Input: casework.Input{"deputies": signers}})
	}
	if err != nil {
		town.t.Fatal(err)
	}
	return "/cases/" + res.Case.Number
}

// staffPages are each role's pages.
func (town *town) staffPages() map[string]map[string]string {
	find := func(state string) string {
		town.t.Helper()
		number, err := town.one("select number from case_file where state = $1 and kind = 'opinion' order by number desc limit 1", state)
		if err != nil {
			town.t.Fatalf("no case is %s: %v", state, err)
		}
		return "/cases/" + number
	}
	accepted, handling, closed, draft := find("accepted"), find("in_hand"), find("closed"), town.drafted(suggestion.Kind)
	return map[string]map[string]string{
		"clerk": {"desk": "/desk", "cases": "/cases", "search": "/cases?q=路灯&state=open", "none": "/cases?q=没有的", "case": handling, "closed": closed, "slip": handling + "/slip",
			"assign": accepted + "/do/assign", "entry": "/entry", "registry": "/registry", "agencies": "/registry/agency", "agency": "/registry/agency/zjj", "import": "/registry/grid/import",
			"poster": "/registry/grid/G-02003-01/poster", "calendar": "/calendar/2026", "procedure": "/procedures/opinion", "policy": "/policy", "sessions": "/sessions", "password": "/password", "urging": "/urging", "promises": "/promises", "service": "/service-list?deputy=P-001",
			"batch": "/entry/batch", "export": "/cases/export?state=open", "paste": "/cases/paste", "bulk": "/bulk?action=accept&n=" + strings.TrimPrefix(find("received"), "/cases/"),
			"map": "/procedures/opinion?case=" + strings.TrimPrefix(handling, "/cases/"), "hotline": find("hotline"), "merged": find("merged"), "asking": find("asking"), "referred": find("referred"),
			"merge": accepted + "/do/merge", "refer": find("received") + "/do/refer_down", "split": accepted + "/do/split",
			"suggestion-paper": "/suggestions/new", "similar": "/suggestions/similar?q=公交线路", "look-back": town.suggestion("done") + "/do/look_back", "suggestion": town.suggestion("in_hand")},
		"leader":  {"desk": "/desk"},
		"station": {"desk": "/desk"},
		"street":  {"desk": "/desk"},
		"deputy": {"desk": "/desk", "suggestion-new": "/suggestions/new", "motion-new": "/motions/new", "suggestion-draft": draft, "suggestion-edit": draft + "/do/edit",
			"suggestion-invite": draft + "/do/invite", "motion-draft": town.drafted(motion.Kind), "suggestion-sign": town.asked()},
		"motions":     {"motion-paper": "/motions/new"},
		"supervision": {"desk": "/desk", "urging": "/urging", "oversees": town.overseen()},
		"agency":      {"desk": "/desk"},
		"agency-lead": {"desk": "/desk"},
		"agency2":     {"desk": "/desk"},
		"auditor":     {"audit": "/audit", "accounts": "/accounts"},
		"admin":       {"accounts": "/accounts", "new": "/accounts/new", "office": "/registry/office/new", "calendar": "/calendar/2027"},
	}
}

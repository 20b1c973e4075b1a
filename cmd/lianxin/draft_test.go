package main

import (
	"context"
	"strings"
	"testing"

	"lianxin/internal/deadline"
	"lianxin/internal/demo"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/web/webtest"
)

// seated makes an account for another deputy of the demonstration, and tells his name.
func (town *town) seated(account, person string) string {
	town.t.Helper()
	name, err := town.one("select name from person where id = $1", person)
	if err != nil {
		town.t.Fatal(err)
	}
	_, _, err = town.h.identity.Create(town.t.Context(), policy.Actor{Account: string(policy.System)}, identity.NewAccount{Name: account, Display: name, Person: person,
		Password: demoPassword, Grants: []identity.Grant{{Role: policy.Deputy, Congress: demo.City, Person: person}}})
	if err != nil {
		town.t.Fatal(err)
	}
	return name
}

// here reads the number of the case whose page is open.
func here(p *webtest.Person) string {
	path := strings.TrimSuffix(p.URL(), "/")
	return path[strings.LastIndex(path, "/")+1:]
}

// TestWritingASuggestion writes one on a phone with the wrong clicks, asks colleagues, and one of them signs, one does not.
func TestWritingASuggestion(t *testing.T) {
	town := furnished(t, true)
	second, third := town.seated("second", "P-002"), town.seated("third", "P-004")
	p := webtest.Browser(t)
	other, last := p.Another().Phone(), p.Another().Phone()
	town.signIn(p.Phone(), "deputy").Go(town.url+"/suggestions/new").Sees("不得录入涉密信息", "一事一议", "闭会期间建议，随时可以提交").Fits()
	p.Click("哪些不应作为代表建议提出").Sees("代转人民群众来信")
	p.Fill("body", "一、现状。小区门口没有停车位。\n二、建议。施划停车位。").Click(send).Sees("请填写“标题”").Fits().Shot("suggestion-wrong-phone")
	p.Fill("title", "关于施划老旧小区门前停车位的建议").Until("document.querySelector('.alike-list li')").Shot("suggestion-alike-phone")
	p.Choose("disclosure", "仅同意公开标题").Choose("formed", "走访").Tick("希望承办单位多与我沟通").Fill("phone", "0473-1234567").Click(send)
	p.Sees("草稿已保存", "还没有邀请附议", "施划停车位", "仅同意公开标题").Fits().Shot("suggestion-draft-phone")
	number := here(p)
	page := town.url + "/cases/" + number
	p.Click("邀请附议").Click(send).Sees("请选择")
	p.Fill("#deputies-sift", second).Tick(second).Sees("已选1人").Fill("#deputies-sift", third).Tick(third).Sees("已选2人").Fits().Shot("invite-phone").Click(send)
	p.Sees("已有0人附议，2人待回复", second, third)

	town.signIn(other, "second").Go(page).Sees("邀请您附议", "施划停车位", "0人附议").Fits().Shot("cosign-phone").Click("附议").Sees("已有1人附议，1人待回复")
	town.signIn(last, "third").Go(page).Click("不附议")
	p.Go(page).Sees("已有1人附议，0人待回复，1人不附议").Click("修改")
	var title string
	p.Eval("document.querySelector('[name=title]').value", &title)
	if title != "关于施划老旧小区门前停车位的建议" {
		t.Errorf("the form of a change begins with %q", title)
	}
	p.Go(page).Click("提交").Click(send).Sees("请勾选")
	p.Tick("一事一议").Tick("不属于不应").Tick("不含涉密内容").Click(send).Sees("待审查").Fits().Shot("suggestion-submitted-phone")
	town.state(number, "reviewing")
	town.check()
}

// TestASuggestionsLife brings one suggestion round on three screens: the deputies' phones, the congress's desk and the government's.
func TestASuggestionsLife(t *testing.T) {
	town := furnished(t, false)
	second := town.seated("second", "P-002")
	motions := webtest.Browser(t)
	deputy, other := motions.Another().Phone(), motions.Another().Phone()
	clerk, supervision, agency, lead := motions.Another(), motions.Another(), motions.Another(), motions.Another()
	today := string(deadline.DateOf(town.h.db.Now()))

	town.signIn(deputy, "deputy").Go(town.url + "/suggestions/new").Click(send).Sees("请填写“标题”")
	deputy.Fill("title", "关于改善新华街道公交出行的建议").Fill("body", "老年人到市医院没有直达公交。建议调整线路，加密班次。").Click(send).Sees("草稿已保存")
	number := here(deputy)
	page := town.url + "/cases/" + number
	deputy.Click("邀请附议").Fill("#deputies-sift", second).Tick(second).Click(send)
	town.signIn(other, "second").Go(page).Click("附议").Sees("已有1人附议")
	deputy.Go(page).Click("提交").Click(send).Sees("请勾选").Tick("一事一议").Tick("不属于不应").Tick("不含涉密内容").Click(send).Sees("待审查")

	town.signIn(motions, "motions").Go(page).Click("登记编号").Click(send).Sees("请选择").Choose("#category", "城建交通").Choose("#category_region", "城建环保").Click(send).Sees("第1号")
	town.signIn(clerk, "clerk").Go(page).Click("交办").Choose("lead", "市政府督查室").Click(send).Sees("办理中")
	town.signIn(supervision, "supervision").Go(page+"/1/do/receive").Click(send).Go(page+"/1/do/subassign").Choose("lead", "市住房和城乡建设局").Click(send).Sees("请填写")
	supervision.Fill("approver", "副市长甲").Click(send)
	town.signIn(agency, "agency").Go(page + "/2/do/sign").Click(send)
	agency.Go(page+"/2/do/contact").Choose("phase", "办前").Fill("on", "2099-01-01").Choose("mode", "走访").Fill("people", "经办人甲").Fill("words", "上门听取意见。").Click(send).Sees("日期不能晚于今天")
	agency.Fill("on", today).Click(send)
	town.signIn(lead, "agency-lead")
	answer := func(words string) {
		agency.Go(page+"/2/do/draft").Choose("class", "B类").Fill("reply", words).Click(send).Sees("承诺事项")
		agency.Fill("promise", "开通直达线路").Fill("promise_on", "2099-06-30").Click(send)
		supervision.Go(page + "/2/do/pass").Click(send)
		agency.Go(page+"/2/do/issue").Fill("signer", "局长甲").Fill("signed_on", today).Fill("doc_number", "建提〔2026〕1号").Click(send)
		agency.Go(page+"/2/do/deliver").Fill("on", today).Choose("mode", "当面送达").Click(send)
		town.state(number, "answered")
	}
	var offered string
	clerk.Go(page+"/do/key").Eval("document.querySelector('[name=committee]').textContent", &offered)
	if !strings.Contains(offered, "委员会") || strings.Contains(offered, "市住房和城乡建设局") {
		t.Errorf("committees to choose from: %s", offered)
	}
	answer("已列入明年线路调整计划。")
	clerk.Go(page).Click("核定类别").Choose("class", "B类").Click(send)
	deputy.Go(town.url + "/desk").Sees("关于改善新华街道公交出行").Go(page).Sees("已列入明年线路调整计划").Click("评价").Fits().Shot("evaluate-phone")
	deputy.Choose("attitude", "满意").Choose("result", "不满意").Fill("comment", "没有说明什么时候开通。").Click(send).Sees("请先征求附议代表意见")
	deputy.Tick("已征求附议代表意见").Click(send)
	town.state(number, "redoing")
	answer("明年6月底前开通直达线路，先行加密早晚高峰班次。")
	deputy.Go(page).Click("评价").Choose("attitude", "满意").Choose("result", "满意").Tick("已征求附议代表意见").Click(send)
	town.state(number, "done")

	clerk.Go(page+"/do/look_back").Click(send).Sees("请选择").Choose("round", "本年度代表建议").Click(send).Sees("回头看核查")
	clerk.Go(page + "/do/reclass").Sees("该操作现在不能办理")
	agency.Go(page+"/2/do/self_check").Choose("found", "已落实").Fill("words", "线路已经开通。").Click(send)
	agency.Go(page+"/2/do/reanswer").Choose("class", "A类").Fill("reply", "直达线路已经开通，日发24班。").Fill("signer", "局长甲").Fill("signed_on", today).Fill("doc_number", "建提〔2026〕88号").Click(send)
	clerk.Go(page).Click("核定回头看类别").Choose("class", "A类").Fill("words", "实地核实，已经开通。").Click(send)
	town.state(number, "done")
	deputy.Go(page).Sees("A类", "直达线路已经开通", "本年度代表建议").Fits().Shot("suggestion-done-phone")
	clerk.Go(page).Axe().Shot("suggestion-done-desktop")
	town.check()
}

// TestAMotionGathersItsSigners writes one to the standing committee, which takes members' signatures only, and counts them.
func TestAMotionGathersItsSigners(t *testing.T) {
	town := furnished(t, false)
	members := []string{"P-001", "P-002", "P-004", "P-005", "P-007"}
	err := town.h.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		w := new(store.Where).And("of_congress_id = ?", demo.City).In("person_id", members...)
		_, err := store.Exec(ctx, tx, "update mandate set standing = true"+w.String(), w.Args()...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p := webtest.Browser(t)
	town.seated("member", members[0])
	var names []string
	for i, person := range members[1:5] {
		names = append(names, town.seated("member"+string(rune('1'+i)), person))
	}
	town.signIn(p, "member").Go(town.url+"/motions/new").Sees("名以上代表联名", "不能向大会提出").Choose("venue", "向人大常委会提出")
	p.Fill("title", "关于制定电梯安全管理条例的议案").Fill("body", "老旧电梯故障多发。").Click(send).Sees("已有1人联名", "还差4人")
	page := p.URL()
	p.Sees("提交前还要", "写好方案", "再有4人联名").Click("邀请联名").SeesNot("乌达区代表团（1")
	for _, name := range names {
		p.Fill("#deputies-sift", name).Tick(name)
	}
	p.Click(send).Sees("4人待回复").Shot("motion-draft-desktop")
	for i := range names {
		other := p.Another().Phone()
		town.signIn(other, "member"+string(rune('1'+i))).Go(page).Click("联名")
	}
	p.Go(page).Sees("达到法定5人").Click("修改").Fill("plan", "制定条例，明确更新改造责任。").Click(send).Sees("还差4人")
	p.Go(page).Sees("制定条例").SeesNot("写好方案")
	for i := range names {
		other := p.Another().NoScript().Phone()
		town.signIn(other, "member"+string(rune('1'+i))).Go(page).Sees("明确更新改造责任").Click("联名").Fits()
	}
	p.Go(page).Click("提交").Click(send).Sees("请勾选").Tick("属于本级人大").Tick("不含涉密").Click(send).Sees("待校核", "制定条例")
	town.check()
}

// TestASuggestionFromPaper enters what a deputy wrote and colleagues signed on paper.
func TestASuggestionFromPaper(t *testing.T) {
	town := furnished(t, false)
	second := town.seated("second", "P-002")
	p := webtest.Browser(t).NoScript()
	town.signIn(p, "motions").Go(town.url+"/suggestions/new").Sees("代为录入").Fill("title", "关于增设路灯的建议").Fill("body", "第一街没有路灯。建议增设。").Click(send).Sees("请选择“领衔代表”")
	p.Choose("deputy", "海甲甲").Choose("phase", "会议期间").Choose("session", "十届人大七次会议")
	p.Eval("[...document.querySelectorAll('.sift-group')].forEach(d => d.open = true)", nil)
	p.Tick(second).Click(send).Sees("草稿已保存", "纸质件代录", "已有1人附议", "2026-01-31截止")
	p.Click("改为闭会期间提出").Click(send).Sees("闭会期间")
	town.check()
}

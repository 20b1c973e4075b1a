package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/web/webtest"
)

// account finds one of the demonstration's.
func (town *town) account(name string) identity.Account {
	town.t.Helper()
	a, err := town.h.identity.Find(town.t.Context(), name)
	if err != nil {
		town.t.Fatal(err)
	}
	return a
}

// actor is who acts under an account's name now.
func (town *town) actor(name string) policy.Actor {
	town.t.Helper()
	actor, err := town.h.demoActor(town.t.Context())(name)
	if err != nil {
		town.t.Fatal(err)
	}
	return actor
}

// desk counts what waits for somebody, by heap.
func (town *town) desk(actor policy.Actor) map[string]int {
	town.t.Helper()
	sections, err := town.h.cases.Desk(town.t.Context(), actor)
	if err != nil {
		town.t.Fatal(err)
	}
	counts := map[string]int{}
	for _, s := range sections {
		counts[s.Key] += s.Total
		seen := map[string]bool{}
		for _, i := range s.Items {
			place := fmt.Sprint(i.Number, "/", i.N)
			if seen[place] {
				town.t.Errorf("%s stands twice under %s", place, s.Key)
			}
			seen[place] = true
		}
	}
	return counts
}

// colleague makes an account with a role at the city's congress that sees no desk of a clerk.
func (town *town) colleague(name string) identity.Account {
	town.t.Helper()
	a, _, err := town.h.identity.Create(town.t.Context(), operator, identity.NewAccount{Name: name, Display: "接任 " + name, Password: demoPassword,
		Grants: []identity.Grant{{Role: policy.Leader, Congress: "wh", ValidTo: town.h.identity.Today()}}})
	if err != nil {
		town.t.Fatal(err)
	}
	return a
}

func TestTheDeskMovesWithAHandoverAndHistoryStays(t *testing.T) {
	town := furnished(t, true)
	before := town.desk(town.actor("clerk"))
	heir, old := town.colleague("heir"), town.account("clerk")
	number, err := town.one("select number from case_file where state = 'received' order by number desc limit 1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := town.h.cases.Apply(t.Context(), casework.Request{Actor: town.actor("clerk"), Number: number, Action: "accept", Input: casework.Input{"category": "0105"}}); err != nil {
		t.Fatal(err)
	}
	before = town.desk(town.actor("clerk"))
	if before["to_accept"] == 0 && before["to_pass_on"] == 0 {
		t.Fatalf("nothing waits for the clerk: %v", before)
	}
	admin := town.actor("admin")
	h := identity.Handover{From: old.ID, To: heir.ID, On: town.h.identity.Today(), Reason: "retired"}
	if err := town.h.identity.HandOver(t.Context(), admin, h); err != nil {
		t.Fatal(err)
	}
	after := town.desk(town.actor("heir"))
	for heap, n := range before {
		if after[heap] < n {
			t.Errorf("%s: %d waited, %d have come over", heap, n, after[heap])
		}
	}
	if _, _, err := town.h.identity.Actor(t.Context(), old.ID); !errs.Is(err, errs.Unauthenticated) {
		t.Errorf("the old account: %v", err)
	}
	v, err := town.h.cases.View(t.Context(), town.actor("heir"), number)
	if err != nil {
		t.Fatal(err)
	}
	if last := v.Story[len(v.Story)-1]; last.Event.Account != old.ID || last.Record.Behalf != "" {
		t.Errorf("the story names %s", last.Event.Account)
	}
	town.check()
}

func TestActsUnderALentGrantNameTheLender(t *testing.T) {
	town := furnished(t, true)
	lender, heir := town.account("clerk"), town.colleague("stand-in")
	today := town.h.identity.Today()
	grants, err := town.h.identity.Grants(t.Context(), lender.ID)
	if err != nil {
		t.Fatal(err)
	}
	number, err := town.one("select number from case_file where state = 'received' and assignments = 0 order by number desc limit 1")
	if err != nil {
		t.Fatal(err)
	}
	accept := casework.Request{Number: number, Action: "accept", Input: casework.Input{"category": "0105"}}
	accept.Actor = town.actor("stand-in")
	if _, err := town.h.cases.Apply(t.Context(), accept); !errs.Is(err, errs.Denied) {
		t.Errorf("before anything was lent: %v", err)
	}
	d, err := town.h.identity.Lend(t.Context(), lender.ID, identity.Lending{Grant: grants[0].ID, To: heir.ID, From: today, On: today})
	if err != nil {
		t.Fatal(err)
	}
	accept.Actor = town.actor("stand-in")
	if _, err := town.h.cases.Apply(t.Context(), accept); err != nil {
		t.Fatal(err)
	}
	if leader, both := town.desk(town.actor("leader")), town.desk(accept.Actor); leader["to_review"] == 0 || both["to_review"] != leader["to_review"] {
		t.Errorf("to review: %d for a leader, %d for one with a clerk's grant too", leader["to_review"], both["to_review"])
	}
	v, err := town.h.cases.View(t.Context(), accept.Actor, number)
	if err != nil {
		t.Fatal(err)
	}
	last := v.Story[len(v.Story)-1]
	if last.Event.Account != heir.ID || last.Record.Behalf != lender.ID || !strings.Contains(last.Event.Payload, `"behalf":"`+lender.ID+`"`) {
		t.Errorf("recorded %s for %q", last.Event.Account, last.Record.Behalf)
	}
	p := webtest.Browser(t)
	town.signIn(p, "stand-in").Go(town.url + "/cases/" + number).Sees("接任 stand-in（受代表工委 甲委托）")
	p.Go(town.url+"/account").Sees("受他人委托代办的角色", "代表工委 甲", "委托中")
	if err := town.h.identity.EndDelegation(t.Context(), policy.Actor{Account: lender.ID}, d.ID, false); err != nil {
		t.Fatal(err)
	}
	p.Go(town.url + "/cases/" + number + "/do/assign").Sees("该操作现在不能办理")
	town.check()
}

// code is what an authenticator shows, some time steps ahead.
func code(t *testing.T, secret string, ahead int) string {
	t.Helper()
	c, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), time.Now().Add(time.Duration(ahead)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestASecondFactorIsRequiredEnrolledAndAsked(t *testing.T) {
	town := furnished(t, false)
	admin := webtest.Browser(t)
	clerk := admin.Another().NoScript()
	town.signIn(clerk, "clerk").Sees("工作台")
	town.signIn(admin, "admin").Go(town.url+"/settings").Fill("密码最少位数", "3").Click("保存设置").Sees("请填写8至20之间的整数")
	admin.Go(town.url + "/settings").Tick("代表工委工作人员").Click("保存设置").Sees("设置已保存")

	clerk.Go(town.url + "/cases").Sees("您的角色须先启用动态验证码").Click("开始设置").Sees("手动输入的密钥")
	var secret string
	clerk.Eval("document.querySelector('.secret').innerText", &secret)
	clerk.Fill("code", "000000").Click("确认启用").Sees("验证码不对")
	clerk.Fill("code", code(t, secret, 0)).Click("确认启用").Sees("恢复码只显示这一次")
	var recovery string
	clerk.Eval("document.querySelector('.codes li').innerText", &recovery)
	clerk.Click("已保存好，继续").Sees("工作台")

	other := clerk.Another()
	town.signIn(other, "clerk").Sees("输入验证码").Fill("code", code(t, secret, 0)).Click(".form .buttons button").Sees("已经用过")
	other.Go(town.url + "/desk").Sees("账号")
	other.Go(town.url+"/sign-in/code").Fill("code", code(t, secret, 1)).Click(".form .buttons button").Sees("工作台")
	other.Go(town.url+"/second-factor").Sees("还剩10个恢复码").Fill("#off-password", demoPassword).Fill("#off-code", recovery).Click("#off .buttons button").Sees("您的角色须先启用动态验证码")
	town.signIn(clerk.Another(), "clerk").Sees("您的角色须先启用动态验证码")
}

func TestADraftOutlivesItsSession(t *testing.T) {
	town := furnished(t, false)
	p := webtest.Browser(t)
	town.signIn(p, "station").Go(town.url+"/entry").Fill("body", "人行道地砖碎了一大片。")
	end := func() {
		t.Helper()
		err := town.h.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Exec(ctx, tx, "delete from session")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	end()
	p.Click("录入").Sees("登录").Click("[href^='/sign-in?return']")
	p.Fill("账号", "station").Fill("密码", demoPassword).Click(".form .buttons button").Sees("代录", "上次在此填写的内容尚未提交").Axe().Shot("draft-desktop")
	p.Phone().Axe().Shot("draft-phone").Desktop().Click("[data-restore]")
	var body string
	if p.Eval("document.querySelector('[name=body]').value", &body); body != "人行道地砖碎了一大片。" {
		t.Errorf("restored %q", body)
	}
	p.Choose("source", "纸质").Click("录入").Sees("回执").Go(town.url + "/entry").SeesNot("上次在此填写的内容尚未提交")
	p.Fill("body", "另一件事。").Go(town.url + "/entry").Sees("上次在此填写的内容尚未提交")
	p.Click(".menu > summary").Click("[action='/sign-out'] button")
	town.signIn(p, "station").Go(town.url + "/entry").SeesNot("上次在此填写的内容尚未提交")
}

func TestAccountsAreKeptOnTheirPages(t *testing.T) {
	town := furnished(t, false)
	clerk := webtest.Browser(t)
	admin, auditor := clerk.Another(), clerk.Another()
	today := string(town.h.identity.Today())
	town.signIn(clerk, "clerk").Go(town.url+"/tokens").Fill("用途", "对接").Choose("权限", "读写").Click("生成令牌").Sees("只显示这一次", "lx_", "有效")
	clerk.AxeEverywhere(town.url+"/tokens", "tokens")
	clerk.Click("作废").Sees("令牌已作废", "已作废")
	clerk.AxeEverywhere(town.url+"/delegations/new", "lend")
	clerk.Fill("to_day", "2020-01-01").Choose("to", "代表工委 乙").Click("确认委托").Sees("结束日期不能早于开始日期")
	clerk.Fill("to_day", today).Click("确认委托").Sees("委托已登记", "委托中")
	clerk.AxeEverywhere(town.url+"/account", "my-account")
	clerk.AxeEverywhere(town.url+"/second-factor", "factor-off")
	clerk.Go(town.url + "/second-factor").Click("开始设置")
	clerk.AxeEverywhere(town.url+"/second-factor", "factor-begun")
	var secret string
	clerk.Eval("document.querySelector('.secret').innerText", &secret)
	clerk.Fill("code", code(t, secret, 0)).Click("确认启用").Axe().Shot("recovery-codes-desktop").Phone().Axe().Shot("recovery-codes-phone").Desktop()
	clerk.AxeEverywhere(town.url+"/second-factor", "factor-on")
	pending := clerk.Another()
	town.signIn(pending, "clerk")
	pending.AxeEverywhere(town.url+"/sign-in/code", "sign-in-code")
	clerk.Go(town.url + "/account").Click("收回").Sees("委托已结束")

	page := town.url + "/accounts/" + town.account("clerk").ID
	town.signIn(admin, "admin").AxeEverywhere(town.url+"/settings", "settings")
	admin.AxeEverywhere(town.url+"/accounts", "accounts")
	admin.AxeEverywhere(page, "account")
	admin.Go(page).Click("调整结束日期").Choose("#until-grant", "代表工委工作人员").Fill("#until-to", today).Click("#until .buttons button").Sees("至" + today)
	admin.Click("重置动态验证码").Sees("已完成", "未启用")
	admin.AxeEverywhere(page+"/hand-over", "hand-over")
	admin.Choose("to", "代表工委 乙").Choose("reason", "退休").Click("确认移交").Sees("移交已办理", "已停用", "移交给")
	town.signIn(auditor, "auditor").AxeEverywhere(town.url+"/audit?group=account", "audit-accounts")
	auditor.Sees("移交工作", "重置动态验证码", "委托代办", "生成令牌").Go(town.url + "/audit?group=sign_in").Sees("登录").SeesNot("移交工作")
	auditor.AxeEverywhere(page, "account-auditor")
	auditor.SeesNot("立即收回", "重置密码")
	clerk.Go(town.url + "/desk").Sees("账号")
}

// TestWhatEndsEndsInALiveSession takes roles and passwords away from somebody who is signed in.
func TestWhatEndsEndsInALiveSession(t *testing.T) {
	town := furnished(t, false)
	p := webtest.Browser(t)
	town.signIn(p, "clerk").Sees("工作台").Go(town.url + "/cases").Sees("民情民意")
	a := town.account("clerk")
	grants, err := town.h.identity.Grants(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := town.h.identity.EndGrant(t.Context(), town.actor("admin"), a.ID, grants[0].ID, town.h.identity.Yesterday()); err != nil {
		t.Fatal(err)
	}
	p.Go(town.url+"/entry").SeesNot("录入").Go(town.url+"/account").Sees("已结束", "至"+string(town.h.identity.Yesterday()))
	if err := town.h.identity.SetRules(t.Context(), town.actor("admin"), map[string]string{identity.SettingMaxAge: "30"}); err != nil {
		t.Fatal(err)
	}
	err = town.h.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, "update account set password_at = $1 where id = $2", store.Micros(tx.Now().AddDate(0, 0, -31)), a.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Go(town.url+"/account").Sees("密码使用已超过30天").Fill("old", demoPassword).Fill("password", "Password-2026").Fill("again", "Password-2026").Click(".form .buttons button").Sees("太常见")
	p.Fill("old", demoPassword).Fill("password", demoPassword).Fill("again", demoPassword).Click(".form .buttons button").Sees("最近3次用过")
	p.Fill("old", demoPassword).Fill("password", "By-the-Yellow-River-7").Fill("again", "By-the-Yellow-River-7").Click(".form .buttons button").Sees("密码已修改")
}

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"lianxin/internal/casework"
	"lianxin/internal/deliver"
	"lianxin/internal/event"
	"lianxin/internal/notice"
	"lianxin/internal/opinion"
	"lianxin/internal/store"
	"lianxin/internal/web/webtest"
)

// reader is somebody signed in who reads pages without a browser.
type reader struct {
	t      testing.TB
	url    string
	client *http.Client
}

func (town *town) reader(account string) *reader {
	town.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		town.t.Fatal(err)
	}
	p := &reader{t: town.t, url: town.url, client: &http.Client{Jar: jar}}
	p.post("/sign-in", url.Values{"name": {account}, "password": {demoPassword}})
	return p
}

// get reads a page, which must answer with the status, and looks at it.
func (p *reader) get(path string, status int, checks ...webtest.Checker) string {
	p.t.Helper()
	answer, err := p.client.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.look(path, answer, status, checks)
}

// post sends a form and follows where it leads.
func (p *reader) post(path string, values url.Values, checks ...webtest.Checker) string {
	p.t.Helper()
	answer, err := p.client.PostForm(p.url+path, values)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.look(path, answer, 0, checks)
}

func (p *reader) look(path string, answer *http.Response, status int, checks []webtest.Checker) string {
	p.t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if status != 0 && answer.StatusCode != status {
		p.t.Fatalf("%s: %d, want %d", path, answer.StatusCode, status)
	}
	if strings.Contains(string(body), "⟦") {
		p.t.Errorf("%s: a key without a sentence", path)
	}
	if err := webtest.Check(strings.NewReader(string(body)), checks...); err != nil {
		p.t.Errorf("%s: %v", path, err)
	}
	return string(body)
}

// first is an attribute of the first element of a selector.
func first(t testing.TB, body, selector, attribute string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range webtest.Find(doc, selector) {
		for _, a := range n.Attr {
			if a.Key == attribute {
				return a.Val
			}
		}
	}
	t.Fatalf("no %s of %s", attribute, selector)
	return ""
}

func (town *town) submit(phone string) string {
	town.t.Helper()
	res, err := opinion.Submit(town.t.Context(), town.h.cases, casework.Resident(), opinion.Intake{Body: "路灯不亮", Source: opinion.Web, Phone: phone})
	if err != nil {
		town.t.Fatal(err)
	}
	town.follow()
	return res.Case.Number
}

func (town *town) follow() {
	town.t.Helper()
	if err := event.CatchUp(town.t.Context(), town.h.db, "test", town.h.notices.Consumer()); err != nil {
		town.t.Fatal(err)
	}
}

func TestNoticesAreReadAndMarked(t *testing.T) {
	town := furnished(t, false)
	numbers := []string{town.submit(""), town.submit(""), town.submit("")}
	clerk, second, admin := town.reader("clerk"), town.reader("clerk2"), town.reader("admin")
	clerk.get("/desk", 200, webtest.In("nav.main-nav a[href=/notices]", webtest.HasText("通知3")))
	body := clerk.get("/notices", 200, webtest.In("h1", webtest.HasText("通知")), webtest.Count("tr.unread", 3), webtest.In("tbody tr", webtest.HasText("收到新的事项"+numbers[2]+"，待受理机构受理。")),
		webtest.In("tbody a[href=/cases/"+numbers[0]+"]"))
	one := first(t, body, "tbody form", "action")
	second.post(one, nil, webtest.In("main", webtest.HasText("没有这条通知")))
	clerk.post(one, url.Values{"go": {"case"}}, webtest.In("h1"), webtest.In("nav.main-nav a[href=/notices]", webtest.HasText("通知2")))
	clerk.get("/notices?show=unread", 200, webtest.Count("tbody tr", 2))
	body = clerk.get("/notices", 200, webtest.Count("tbody tr", 3), webtest.Count("tr.unread", 2))
	newest := first(t, body, "input[name=newest]", "value")
	late := town.submit("")
	clerk.post("/notices/read", url.Values{"newest": {newest}}, webtest.In(".notice-good", webtest.HasText("已将2条通知标为已读")), webtest.Count("tr.unread", 1),
		webtest.In("tr.unread", webtest.HasText(late)))
	second.get("/notices", 200, webtest.Count("tr.unread", 4))
	admin.get("/notices", 403)
	admin.get("/accounts", 200, webtest.NotIn("nav.main-nav a[href=/notices]"))
}

func TestEverybodySaysWhereNoticesGo(t *testing.T) {
	town := furnished(t, false)
	var mu sync.Mutex
	var got []string
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, string(body))
		fmt.Fprint(w, `{"accepted": true}`)
	}))
	t.Cleanup(gateway.Close)
	clerk, admin := town.reader("clerk"), town.reader("admin")
	clerk.get("/notices/preferences", 200, webtest.Count("input[name=channel]", 1), webtest.In("main", webtest.HasText("尚未启用对外发送渠道")))
	clerk.get("/admin/deliveries", 403)
	clerk.post("/admin/channels/sms", url.Values{"enabled": {"yes"}}, webtest.NotIn("form#settings"))

	admin.get("/admin/channels/pigeon", 404)
	admin.get("/admin/channels/email", 200, webtest.In("form#settings input[name=host]"), webtest.NotIn("form#test"))
	admin.post("/admin/channels/sms", url.Values{"enabled": {"yes"}, "url": {gateway.URL}, "secret": {"short"}}, webtest.In(".mistakes", webtest.HasText("有2处需要修改")))
	admin.post("/admin/channels/sms", url.Values{"enabled": {"yes"}, "url": {gateway.URL}, "secret": {"0123456789abcdef"}, "allow": {"127.0.0.0/8"}},
		webtest.In(".notice-good", webtest.HasText("设置已保存")), webtest.In("form#test"), webtest.In("input[name=secret]", webtest.HasAttr("type", "password")))
	if page := admin.get("/admin/channels/sms", 200); strings.Contains(page, "0123456789abcdef") {
		t.Error("the token is shown")
	}
	admin.post("/admin/channels/sms/test", url.Values{"address": {"nobody"}}, webtest.In(".mistakes", webtest.HasText("请填写有效的电话号码")))
	admin.post("/admin/channels/sms/test", url.Values{"address": {"0473-0000456"}}, webtest.In("tbody tr", webtest.HasText("短信 ***56测试 待发送")))

	clerk.post("/notices/preferences", url.Values{"channel": {"sms"}, "address": {"0473-0000123"}}, webtest.In(".mistakes", webtest.HasText("请至少选择一类")))
	clerk.post("/notices/preferences", url.Values{"channel": {"sms"}, "address": {"0473-0000123"}, "topics": {"todo", "verdict"}}, webtest.In(".notice-good", webtest.HasText("通知设置已保存")))
	clerk.get("/notices/preferences", 200, webtest.Count("input[name=channel]", 2), webtest.In("input[name=address]", webtest.HasAttr("value", "0473-0000123")))
	number := town.submit("")
	morning := time.Now().AddDate(1, 0, 0) // whatever hours were waited for are there
	worker := deliver.New(town.h.db.WithClock(func() time.Time { return morning }), town.h.vault, deliver.Options{})
	if n, err := worker.Work(t.Context()); n != 2 || err != nil {
		t.Fatalf("%d attempts, %v", n, err)
	}
	if all := strings.Join(got, "\n"); len(got) != 2 || !strings.Contains(all, `"to":"0473-0000123"`) || !strings.Contains(all, number) || strings.Contains(all, "路灯") {
		t.Errorf("sent %s", all)
	}
	page := admin.get("/admin/deliveries?status=sent", 200, webtest.Count("tbody tr", 2), webtest.In("tbody tr", webtest.HasText("已被接收")))
	for _, plain := range []string{"0000123", "0000456", number} {
		if strings.Contains(page, plain) {
			t.Errorf("the list shows %s", plain)
		}
	}
}

func TestAStuckDeliveryIsRetriedByHand(t *testing.T) {
	town := furnished(t, false)
	admin := town.reader("admin")
	admin.post("/admin/channels/webhook", url.Values{"enabled": {"yes"}, "url": {"https://127.0.0.1:9/in"}, "secret": {"0123456789abcdef"}}, webtest.In(".notice-good"))
	admin.post("/admin/channels/webhook/test", url.Values{"address": {"somebody"}}, webtest.In(".notice-good"))
	if n, err := town.h.deliver.Work(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d attempts, %v", n, err)
	}
	body := admin.get("/admin/deliveries", 200, webtest.In("ul.tiles", webtest.HasText("1发送失败")), webtest.In("tbody tr", webtest.HasText("地址在内部网络，未经允许不得访问")))
	retry := first(t, body, "tbody form", "action")
	admin.get(retry, 405)
	town.reader("clerk").post(retry, nil, webtest.NotIn("tbody"))
	admin.post(retry, nil, webtest.In(".notice-good", webtest.HasText("已重新列入发送")), webtest.In("tbody tr", webtest.HasText("待发送")))
	town.reader("auditor").get("/audit?group=outward", 200, webtest.In("tbody", webtest.HasText("重新发送")), webtest.In("tbody", webtest.HasText("修改发送渠道设置")))
}

func TestTheTableOfNoticesIsShown(t *testing.T) {
	town := furnished(t, false)
	admin := town.reader("admin")
	admin.get("/admin/notices", 200, webtest.In("tbody", webtest.HasText("事项XX-O-2026-000001第1项转办的承办单位申请调整，请审定。")), webtest.In("tbody", webtest.HasText("承办单位分管领导")))
	admin.post("/admin/notices", url.Values{"hours": {"whenever"}}, webtest.In(".mistakes", webtest.HasText("工作时间请按")))
	admin.post("/admin/notices", url.Values{"hours": {"09:00-17:30"}, "resident": {"yes"}}, webtest.In(".notice-good"), webtest.In("input[name=hours]", webtest.HasAttr("value", "09:00-17:30")),
		webtest.In("input[name=resident]", webtest.HasAttr("checked", "")))
	town.reader("clerk").get("/admin/notices", 403)
}

// TestTheTableOfNoticesIsOneAKind holds the page's tables against the rules: each kind's stand under its name, all of them and no other's.
func TestTheTableOfNoticesIsOneAKind(t *testing.T) {
	town := furnished(t, false)
	page := parsed(t, town.staff("admin").get("/admin/notices").body)
	rules := map[string]int{}
	for _, r := range notice.Rules() {
		rules[r.Kind]++
	}
	tables := webtest.Find(page, "table")
	if len(tables) != len(rules) {
		t.Fatalf("%d tables for %d kinds", len(tables), len(rules))
	}
	for kind, want := range map[string]struct{ caption, letter string }{"opinion": {"民情民意", "XX-O-"}, "suggestion": {"代表建议", "XX-S-"}, "motion": {"议案", "XX-M-"}} {
		caption := webtest.Find(page, "#rules-"+kind+" caption")
		rows := webtest.Find(page, "#rules-"+kind+" tbody tr")
		if len(caption) != 1 || webtest.TextOf(caption[0]) != want.caption || len(rows) != rules[kind] {
			t.Errorf("%s: %d captions, %d rows for %d rules", kind, len(caption), len(rows), rules[kind])
		}
		for _, row := range rows {
			if text := webtest.TextOf(row); strings.Contains(text, "XX-") && !strings.Contains(text, want.letter) {
				t.Errorf("%s: %s", kind, text)
			}
		}
	}
}

func TestTheDemonstrationHasNotices(t *testing.T) {
	town := furnished(t, true)
	n, err := store.One[int](t.Context(), town.h.db.Reader(), "select count(*) from notice")
	if err != nil || n == 0 {
		t.Fatalf("%d notices, %v", n, err)
	}
	town.reader("clerk").get("/notices", 200, webtest.In("tr.unread"))
}

func TestPagesOfNoticesInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser is slow")
	}
	town := furnished(t, true)
	clerk := webtest.Browser(t)
	admin := clerk.Another()
	town.signIn(clerk, "clerk")
	clerk.AxeEverywhere(town.url+"/notices", "notices")
	clerk.AxeEverywhere(town.url+"/notices/preferences", "notice-preferences")
	town.signIn(admin, "admin")
	for _, path := range []string{"/admin/notices", "/admin/channels/email", "/admin/channels/webhook"} {
		admin.AxeEverywhere(town.url+path, "admin"+strings.ReplaceAll(path, "/", "-"))
	}
	c, err := town.h.deliver.Channel(t.Context(), town.h.db.Reader(), deliver.Webhook)
	if err != nil {
		t.Fatal(err)
	}
	c.Enabled, c.URL, c.Secret = true, "https://127.0.0.1:9/in", "0123456789abcdef"
	if err := town.h.deliver.SetChannel(t.Context(), town.actor("admin"), deliver.Webhook, c); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := town.h.deliver.Test(t.Context(), deliver.Webhook, deliver.Letter{To: "somebody", Text: "x"}); err != nil {
			t.Fatal(err)
		}
		if _, err := town.h.deliver.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	admin.AxeEverywhere(town.url+"/admin/deliveries", "deliveries")
}

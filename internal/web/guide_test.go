package web

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/web/assets"
	"lianxin/internal/web/webtest"
)

type guideView struct {
	Page
	Head    string
	Steps   []Step
	Acts    []Act
	Tiles   []Tile
	Facts   []Fact
	Story   []Entry
	Notices []Notice
	Lamps   []deadline.Lamp
	Badges  []Badge
	Filter  *Form
	Table   Table
	Nothing Table
	Pager   Pager
	Form    *Form
	Confirm Confirm
}

// guideForm asks one question of every kind.
func guideForm(p *Page) *Form {
	choices := []Option{{Value: "a", Label: "城市管理"}, {Value: "b", Label: "物业服务", Hint: "小区内的事"}, {Value: "c", Label: "供热供水", Group: "公用事业"}}
	f := p.Form("/guide",
		&Field{Name: "title", Kind: Line, Label: "标题", Hint: "一句话说明", Required: true, Max: 20},
		&Field{Name: "body", Kind: Area, Label: "内容", Required: true, Max: 200},
		&Field{Name: "category", Kind: Select, Label: "类别", Options: choices, Narrow: true},
		&Field{Name: "on", Kind: Date, Label: "日期", Narrow: true},
		&Field{Name: "at", Kind: DateTime, Label: "时间", Narrow: true},
		&Field{Name: "tel", Kind: Telephone, Label: "电话", Complete: "tel", Narrow: true},
		&Field{Name: "verdict", Kind: Radio, Label: "对结果是否满意", Required: true, Options: choices},
		&Field{Name: "agencies", Kind: Checks, Label: "会办单位", Options: choices},
		&Field{Name: "hide", Kind: Check, Label: "对承办单位隐去姓名"},
		&Field{Name: "pictures", Kind: File, Label: "图片", Max: 2, Accept: "image/jpeg,image/png"},
		&Field{Name: "password", Kind: Password, Label: "口令", Complete: "off"},
		&Field{Name: "station", Kind: Hidden, Value: "s1"},
	).As("main-form")
	f.Legend = "填写"
	f.Cancel = "/guide"
	return f
}

func guide(s *Shell, r *http.Request) *guideView {
	v := &guideView{Page: s.Page(r, "web.home"), Head: "小标题"}
	v.Up = &Link{Href: "/guide", Text: "返回列表"}
	v.Lead = "所有部件都在这一页上"
	v.Steps = []Step{{"收集汇总", "done"}, {"转交督办", "now"}, {"结果反馈", "next"}, {"办理评价", "next"}}
	v.Acts = []Act{{Href: "/guide", Text: "登记来件", Main: true}, {Href: "/guide", Text: "导出台账"}, {Print: true}}
	v.Tiles = []Tile{{"/guide", "12", "待受理", Note}, {"/guide", "3", "即将到期", Caution}, {"/guide", "1", "已超期", Bad}, {"/guide", "1,000+", "已办结", Good}}
	due := &Due{Date: "2026-12-14", Lamp: deadline.LampAmber, Why: []string{"办理时限为15个工作日（依据：本系统默认）。", "自2026年11月23日起算，当日不计入。"}}
	v.Facts = []Fact{{Label: "编号", Text: "WH-O-2026-000158"}, {Label: "反映内容", Text: "第一行\n第二行", Note: "代录"}, {Label: "承办单位", Text: "市住建局", Href: "/guide"}, {Label: "期限", Due: due}, {Label: "状态", Badge: &Badge{"办理中", Note}}}
	v.Story = []Entry{{At: 1, Title: "受理", Who: "代工委 甲", Badges: []Badge{{"代录", Caution}}, Entered: 2_000_000, Texts: []Fact{{Label: "受理意见", Text: "已核实"}}, Why: []Due{*due}}, {At: 3, Title: "转办", Undone: true}}
	v.Notices = []Notice{{"已保存", Good}, {"明年放假安排尚未公布", Caution}, {"已超期", Bad}, {"请注意", Note}}
	v.Lamps = []deadline.Lamp{deadline.LampNone, deadline.LampGreen, deadline.LampAmber, deadline.LampRed}
	v.Badges = []Badge{{"待办", Plain}, {"办理中", Note}, {"已解决", Good}, {"列入计划", Caution}, {"不满意", Bad}}
	v.Filter = v.Page.Filter("/guide", &Field{Name: "q", Kind: Line, Label: "关键词"}, &Field{Name: "state", Kind: Select, Label: "状态", Options: []Option{{Value: "open", Label: "办理中"}}}, &Field{Name: "overdue", Kind: Check, Label: "只看超期"})
	v.Filter.Live = "list"
	v.Table = Table{ID: "list", Caption: "事项列表", Columns: []Column{{Label: "编号", Sort: "/guide?sort=number", Sorted: "descending", Narrow: true}, {Label: "事项"}, {Label: "期限", Narrow: true}}, Rows: [][]Cell{
		{{Text: "WH-O-2026-000158", Href: "/guide"}, {Text: "关于加强老旧小区消防通道管理的意见，标题很长的时候也要能看清楚", Note: "海勃湾区 滨河街道"}, {Text: "2026-12-14", Lamp: deadline.LampAmber}},
		{{Text: "WH-O-2026-000159", Href: "/guide"}, {Text: "路灯不亮", Badge: &Badge{"紧急", Bad}}, {Text: "2026-11-20", Lamp: deadline.LampRed}},
	}}
	v.Nothing = Table{Empty: Empty{Text: "没有待办事项。", Link: &Link{"/guide", "查看全部"}}}
	v.Pager = Pager{Summary: "共1,000+件", First: "/guide", Next: "/guide?cursor=x"}
	v.Form = guideForm(&v.Page)
	v.Confirm = Confirm{Question: "确定公开该事项吗？", Effects: []string{"任何人都可以看到。"}, Form: v.Page.Form("/guide").As("sure")}
	v.Confirm.Form.Danger = true
	return v
}

// guideServer serves the guide, a page that fails on demand, and a page for one form.
func guideServer(t *testing.T) string {
	t.Helper()
	built, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := newShell(t, func(c *Config) {
		c.Assets, c.Demo = built, true
		c.Templates = append(c.Templates, os.DirFS("testdata/pages"))
		c.SignIn = "/sign-in"
		c.Decorate = func(r *http.Request, p *Page) {
			p.Account = &Account{Name: "张测试", Roles: "代表工委工作人员", SignOut: "/sign-out", Links: []Link{{"/guide", "登录记录"}}}
			p.Nav = []NavItem{{Href: "/guide", Text: "工作台", Count: 3, Current: true}, {Href: "/guide", Text: "民情民意"}, {Href: "/guide", Text: "登记来件"}, {Href: "/guide", Text: "单位与人员"}, {Href: "/guide", Text: "办理程序"}}
		}
	})
	s.Handle("GET /guide", func(w http.ResponseWriter, r *http.Request) error {
		v := guide(s, r)
		if err := v.Filter.Read(r); err != nil {
			return s.Again(w, r, "guide", v, v.Filter, err)
		}
		return s.Render(w, r, "guide", v)
	})
	s.HandleUpload("POST /guide", 8<<20, func(w http.ResponseWriter, r *http.Request) error {
		v := guide(s, r)
		if err := v.Form.Read(r); err != nil {
			return s.Again(w, r, "guide", v, v.Form, err)
		}
		return s.Done(w, r, "/guide", "web.printed_at", "At", v.Form.Value("title"))
	})
	s.Handle("GET /broken", func(w http.ResponseWriter, r *http.Request) error { return errs.New(errs.Internal, "errs.internal") })
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestEveryPartInABrowser(t *testing.T) {
	p := webtest.Browser(t)
	url := guideServer(t)
	p.AxeEverywhere(url+"/guide", "guide")
	p.AxeEverywhere(url+"/broken", "error")

	// A form refused: the summary has the attention, and everything typed is still there.
	p.Go(url+"/guide").Fill("标题", "路灯不亮").Choose("类别", "物业服务").Fill("日期", "2026-11-23").Click("提交")
	p.Sees("有2处需要修改", "请填写“内容”。", "请选择“对结果是否满意”。").Axe().Shot("form-refused")
	p.Until(`document.activeElement.classList.contains("mistakes")`)
	var kept string
	p.Eval(`document.forms["main-form"].title.value + document.forms["main-form"].category.value + document.forms["main-form"].on.value`, &kept)
	if kept != "路灯不亮b2026-11-23" {
		t.Errorf("kept %q", kept)
	}
	// The fields to mend are a click away.
	p.Click("请填写“内容”。").Until(`location.hash === "#main-form-body"`)
	p.Phone().Axe().Shot("form-refused-phone").Desktop()
	p.Fill("内容", "灯坏了三天").Choose("对结果是否满意", "城市管理").Click("提交").Sees("打印时间：路灯不亮")

	// Counters follow, menus close on Escape.
	p.Fill("内容", "一二三").Until(`document.getElementById("main-form-body-count").textContent.includes("已填3字")`)
	p.Click("显示").Axe().Shot("menu")
	p.Click("深色").Until(`document.documentElement.dataset.bsTheme === "dark"`)
	p.Axe().Click("显示").Click("开启长者模式（大字）").Until(`document.documentElement.classList.contains("large")`)
	p.Axe().Shot("large-dark")
	p.Phone().Go(url + "/guide").Axe().Shot("large-phone")
}

func TestFilterRefreshesTheListAlone(t *testing.T) {
	p := webtest.Browser(t)
	url := guideServer(t)
	p.Go(url+"/guide").Fill("标题", "还没提交的字").Fill("q", "路灯").Choose("状态", "办理中")
	p.Until(`location.search.includes("state=open")`)
	if got := p.URL(); got != url+"/guide?q=%E8%B7%AF%E7%81%AF&state=open" {
		t.Errorf("the address does not keep the filter: %s", got)
	}
	var kept string
	p.Eval(`document.forms["main-form"].title.value`, &kept)
	if kept != "还没提交的字" {
		t.Errorf("the whole page was loaded anew: %q", kept)
	}
}

func TestEverythingWorksWithoutScripts(t *testing.T) {
	p := webtest.Browser(t).NoScript()
	url := guideServer(t)
	p.Go(url + "/guide").Click("显示").Click("深色")
	p.Fill("标题", "路灯").Fill("内容", "坏了").Choose("对结果是否满意", "城市管理").Click("提交").Sees("打印时间：路灯")
	p.Fill("q", "路灯").Click("筛选").Sees("事项列表")
	if got := p.URL(); got != url+"/guide?q=%E8%B7%AF%E7%81%AF&state=" {
		t.Errorf("got %s", got)
	}
}

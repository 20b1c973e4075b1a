package webtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const sample = `<!doctype html><html lang="zh-CN"><title>t</title><body><main class="page wide" id="m"><h1>代表 <b>建议</b></h1>
<ul><li class="a"><a href="/x" rel="next">下一页</a></li><li class="b">二</li></ul><script>var 三</script></main></body></html>`

func TestChecksFindAndMiss(t *testing.T) {
	for _, c := range []struct {
		check Checker
		holds bool
	}{
		{In("h1", HasText("代表 建议")), true},
		{In("h1", HasText("建议书")), false},
		{In("main.page.wide#m li a[rel=next]", HasAttr("href", "/x")), true},
		{In("main.page.narrow"), false},
		{In("li.b a"), false},
		{In("ul li.b", HasText("二")), true},
		{In(`a[rel="next"]`), true},
		{In("a[rel=prev]"), false},
		{In("a[rel]", HasAttr("href", "/y")), false},
		{NotIn("form"), true},
		{NotIn("h1 b"), false},
		{Count("li", 2), true},
		{Count("li", 1), false},
		{In("main", HasText("三")), false},
	} {
		if err := Check(strings.NewReader(sample), c.check); (err == nil) != c.holds {
			t.Errorf("holds %v: %v", c.holds, err)
		}
	}
}

// deaf takes a browser's complaints instead of the test.
type deaf struct {
	testing.TB
	heard []string
}

func (d *deaf) Errorf(format string, args ...any) {
	d.heard = append(d.heard, fmt.Sprintf(format, args...))
}

func TestTheBrowserNoticesBadPages(t *testing.T) {
	p := Browser(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		fmt.Fprint(w, `<!doctype html><html lang="zh-CN"><title>t</title><body><main><h1>坏页面</h1><input name="q"><div style="width:3000px">宽</div><pre>`+strings.Repeat("x", 3000)+`</pre></main>`)
	}))
	defer srv.Close()
	d := &deaf{TB: t}
	p.t = d
	p.Go(srv.URL).Axe()
	p.t = t
	heard := strings.Join(d.heard, "\n")
	for _, want := range []string{"label", "wider than the window"} {
		if !strings.Contains(heard, want) {
			t.Errorf("%q went unnoticed: %s", want, heard)
		}
	}
	if troubles := p.Troubles(); len(troubles) == 0 || !strings.Contains(troubles[0], "Content Security Policy") {
		t.Errorf("the style in the page went unnoticed: %q", troubles)
	}
	p.forget()
}

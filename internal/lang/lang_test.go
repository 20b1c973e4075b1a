package lang

import (
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"lianxin/internal/errs"
)

func room(json string) fstest.MapFS { return fstest.MapFS{"messages/zh-CN.json": {Data: []byte(json)}} }

func TestTextsAndArguments(t *testing.T) {
	c, err := New(room(`{"a.hello": "你好，{{.Name}}"}`))
	if err != nil {
		t.Fatal(err)
	}
	p := c.Printer(Chinese)
	if got := p.T("a.hello", "Name", "甲"); got != "你好，甲" {
		t.Errorf("got %q", got)
	}
	if got := p.T("a.none"); got != "⟦a.none⟧" {
		t.Errorf("a missing key must show: %q", got)
	}
	if got := p.Error(errs.New(errs.Invalid, "a.hello").With(errs.Args{"Name": "乙"})); got[0] != "你好，乙" {
		t.Errorf("got %q", got)
	}
}

func TestAKeyTwiceIsRefused(t *testing.T) {
	if _, err := New(room(`{"a": "一"}`), room(`{"a": "二"}`)); err == nil {
		t.Error("taken")
	}
}

func TestPseudoLocaleHidesTheChineseAndKeepsArguments(t *testing.T) {
	c, err := New(room(`{"a.hello": "你好，{{.Name}}，再见"}`))
	if err != nil {
		t.Fatal(err)
	}
	got := c.Printer(Pseudo).T("a.hello", "Name", "Zed")
	if strings.ContainsFunc(got, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || !strings.Contains(got, "Zed") {
		t.Errorf("got %q", got)
	}
}

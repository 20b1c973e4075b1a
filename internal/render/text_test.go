package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParagraphsSeesHeadings(t *testing.T) {
	long := "一、" + strings.Repeat("长", 50) + "。"
	want := []Block{
		Paragraph{Text: "前言。"}, Paragraph{Style: Heading, Text: "一、基本情况", Keep: true}, Paragraph{Style: Heading2, Text: "（一）背景", Keep: true},
		Paragraph{Text: "（二）做法。我局开展了工作。", Lead: len("（二）做法。")}, Paragraph{Text: "1. 第一条"}, Paragraph{Text: long}, Paragraph{Style: Heading, Text: "十二、末尾。", Keep: true},
	}
	got := Paragraphs("前言。\r\n\n  一、基本情况 \n（一）背景\n（二）做法。我局开展了工作。\n1. 第一条\n" + long + "\n十二、末尾。")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTitlesBreakWhereWordsEnd(t *testing.T) {
	for title, want := range map[string]string{
		"关于答复": "关于答复",
		"关于市十届人大五次会议第158号建议的答复": "关于市十届人大五次会议|第158号建议的答复",
		"第一行\n第二行": "第一行|第二行",
		"关于市十届人大五次会议第158号《关于加快老旧小区充电设施建设的建议》的答复": "关于市十届人大五次会议第158号|《关于加快老旧小区充电|设施建设的建议》的答复",
		strings.Repeat("x", 80): strings.Repeat("x", 80),
	} {
		if got := strings.Join(balanced(title, titleWidth), "|"); got != want {
			t.Errorf("%q breaks as %q, not %q", title, got, want)
		}
	}
}

func TestTheSignatureStandsOverTheDate(t *testing.T) {
	for name, date := range map[string]float64{"六字的单位名": 4, "一个名称长达二十个字的承办单位之全称罢了": 6.75} {
		blocks := signed(name, "2026年6月18日", A4())
		n, d := blocks[0].(Paragraph), blocks[1].(Paragraph)
		if middle := d.Right + ems(d.Text)/2; d.Right != date || n.Right+ems(name)/2 != middle {
			t.Errorf("%s: name %v, date %v from the right", name, n.Right, d.Right)
		}
	}
}

func TestALastParagraphKeepsTheSignatureCompany(t *testing.T) {
	l := sampleLetter()
	l.Attachments = Labelled{}
	blocks := l.Document().Blocks
	for i, b := range blocks {
		if p := b.(Paragraph); p.Style == Signed && p.Text == l.Sign && !blocks[i-1].(Paragraph).Keep {
			t.Error("the signature may stand on a page of its own")
		}
	}
	if last := l.Body[len(l.Body)-1].(Paragraph); last.Keep {
		t.Error("the caller's text was changed")
	}
}

func TestALongNameIsMadeToFit(t *testing.T) {
	for _, name := range []string{"局", "乌海市公安局", "乌海市住房和城乡建设局", strings.Repeat("长", 22), strings.Repeat("很长", 40)} {
		size, space := Head{Form: LetterForm, Organ: name}.nameType(ruleWidth)
		if width := ems(name) * (size + space); width > ruleWidth.points() || size > 36 || space > size/2 {
			t.Errorf("%d characters of %v points and %v between are %v wide", len(name)/3, size, space, width)
		}
	}
}

package zh

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"lianxin/internal/errs"
)

func TestTokens(t *testing.T) {
	for text, want := range map[string]string{
		"路灯坏了":         "路灯 灯坏 坏了 了",
		"路，灯":          "路 灯",
		"1号楼 WiFi":     "1 号楼 楼 wifi",
		"ＡＢＣ１２３，小区":    "abc123 小区 区",
		"":             "",
		"！？":           "",
		"第158号建议abc的话": "第 158 号建 建议 议 abc 的话 话",
	} {
		if got := strings.Join(Tokens(text), " "); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	if got, err := Clean("  你好\r\n世界\t! "); err != nil || got != "你好\n世界\t!" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := Clean(" \u200b\u2060 "); err != nil || got != "" {
		t.Errorf("what cannot be seen became %q, %v", got, err)
	}
	for _, bad := range []string{"a\x00b", "a\x1bb", "a\xffb", "a\u202eb"} {
		if _, err := Clean(bad); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestFirstWords(t *testing.T) {
	for text, want := range map[string]string{"路灯坏了。请修。": "路灯坏了", "一二三四五六": "一二三四…", "短": "短", "\n头行\n次行": "头行"} {
		if got := FirstWords(text, 5); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// FuzzClean holds that a clean text stays as it is, is shown from edge to edge, and has lost nothing but line ends and edges.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"你好", "a\x00", " a\r\nb\rc\n", "\u200b\u200d", "\ufeff你好", "a\u202eb", "a\u2028b", "\u00a0a\u3000", "a\x7f", "a\u0085", "\xff", "e\u0301", "𠀀", "\ue000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Clean(s)
		if err != nil {
			return
		}
		if again, err := Clean(got); err != nil || again != got || !utf8.ValidString(got) {
			t.Errorf("%q is not clean: %q, %v", got, again, err)
		}
		if strings.ContainsAny(got, "\r\x00\x1b\u202e") || strings.TrimSpace(got) != got {
			t.Errorf("%q became %q", s, got)
		}
		if got != "" && strings.Join(strings.Fields(got), "") != strings.Join(strings.Fields(s), "") {
			t.Errorf("%q lost something: %q", s, got)
		}
	})
}

func FuzzTokens(f *testing.F) {
	f.Add("路灯坏了abc")
	f.Fuzz(func(t *testing.T, s string) {
		if slices.Contains(Tokens(s), "") {
			t.Errorf("%q has an empty token", s)
		}
	})
}

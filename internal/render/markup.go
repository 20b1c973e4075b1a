package render

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// markup writes XML or HTML. Every string put into it is text and is escaped; only what is of type raw is not.
type markup struct{ strings.Builder }

// raw is a piece of markup of ours.
type raw string

// put writes a format whose %s are texts to be escaped, or raw markup.
func (m *markup) put(format string, args ...any) {
	for i, a := range args {
		switch a := a.(type) {
		case string:
			args[i] = html.EscapeString(printable(a))
		case raw:
			args[i] = string(a)
		}
	}
	fmt.Fprintf(&m.Builder, format, args...)
}

// printable drops what XML 1.0 does not allow in a text (2.2 of its recommendation): control characters, and half pairs, which are no UTF-8.
func printable(s string) string {
	ok := func(r rune) bool {
		return r == '\t' || r == '\n' || r >= 0x20 && r < 0xD800 && !(r >= 0x7F && r < 0xA0) || r >= 0xE000 && r < 0xFFFE || r >= 0x10000 && r <= utf8.MaxRune
	}
	s = strings.ToValidUTF8(s, "")
	return strings.Map(func(r rune) rune {
		if ok(r) {
			return r
		}
		return -1
	}, s)
}

// sprintf is a format put into markup of its own.
func sprintf(format string, args ...any) string {
	var m markup
	m.put(format, args...)
	return m.String()
}

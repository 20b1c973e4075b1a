// Package zh handles Chinese text: cleaning what people type, cutting it into bigrams, first words.
// It never reads or stores anything, and needs no dictionary.
package zh

import (
	"embed"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lianxin/internal/errs"
)

//go:embed messages
var messages embed.FS

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Clean trims a text and makes its line ends "\n". Invalid UTF-8 and control characters other than line feed and tab are errs.Invalid.
// A text of which nothing can be seen is empty.
func Clean(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", errs.New(errs.Invalid, "zh.invalid_utf8")
	}
	s = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || bidi(r) {
			return "", errs.New(errs.Invalid, "zh.control_character")
		}
	}
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }) {
		return "", nil
	}
	return s, nil
}

// bidi tells the signs that turn the reading direction round; they can make a text read as something it is not.
func bidi(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }

// FirstWords is the text's beginning as a title: its first sentence or line, at most n characters.
func FirstWords(s string, n int) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexFunc(s, func(r rune) bool { return strings.ContainsRune("\n。！？!?；;", r) }); i > 0 {
		s = s[:i]
	}
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// Normal is a text as it is compared: full-width letters made plain, capitals small.
func Normal(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// run is a stretch of one script: Han characters, or letters and digits of others.
type run struct {
	text []rune
	han  bool
}

// runs cuts a normalised text where its script changes; signs and spaces belong to no run.
func runs(s string) []run {
	var all []run
	var now run
	flush := func() {
		if len(now.text) > 0 {
			all = append(all, now)
		}
		now = run{}
	}
	for _, r := range Normal(s) {
		han := unicode.Is(unicode.Han, r)
		if !han && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if han != now.han {
			flush()
		}
		now.han = han
		now.text = append(now.text, r)
	}
	flush()
	return all
}

// Tokens cuts a text for an index: Han into overlapping pairs and each run's last character, other words and numbers whole.
func Tokens(s string) []string {
	var tokens []string
	for _, r := range runs(s) {
		if !r.han {
			tokens = append(tokens, string(r.text))
			continue
		}
		for i := 0; i+2 <= len(r.text); i++ {
			tokens = append(tokens, string(r.text[i:i+2]))
		}
		tokens = append(tokens, string(r.text[len(r.text)-1]))
	}
	return tokens
}

// Phrase is a stretch of a query: tokens that must stand next to each other. Prefix means the one token may go on (a single Han character).
type Phrase struct {
	Tokens []string
	Prefix bool
}

// Phrases cuts a query the way Tokens cuts texts; a text matches if it holds every phrase.
func Phrases(query string) []Phrase {
	var phrases []Phrase
	for _, r := range runs(query) {
		switch {
		case !r.han:
			phrases = append(phrases, Phrase{Tokens: []string{string(r.text)}, Prefix: true})
		case len(r.text) == 1:
			phrases = append(phrases, Phrase{Tokens: []string{string(r.text)}, Prefix: true})
		default:
			var tokens []string
			for i := 0; i+2 <= len(r.text); i++ {
				tokens = append(tokens, string(r.text[i:i+2]))
			}
			phrases = append(phrases, Phrase{Tokens: tokens})
		}
	}
	return phrases
}

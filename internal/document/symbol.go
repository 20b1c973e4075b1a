package document

import (
	"slices"
	"strconv"
	"strings"
)

// Check boxes as they are written out, whatever a file draws them with.
const (
	ticked   = "☑"
	unticked = "☐"
)

// symbols are the characters of symbol fonts that forms are ticked with, by font and number.
var symbols = map[string]map[int64]string{
	"wingdings":   {0x52: ticked, 0x6f: unticked, 0x71: unticked, 0x72: unticked, 0xa8: unticked, 0xfb: ticked, 0xfc: ticked, 0xfd: ticked, 0xfe: ticked},
	"wingdings 2": {0x4f: ticked, 0x50: ticked, 0x51: ticked, 0x52: ticked, 0x53: ticked, 0x54: ticked, 0xa3: unticked, 0x2a: unticked, 0x30: unticked},
}

// symbol is a character of a symbol font; one that is not known is left out. Files name it within or without Unicode's private area (ECMA-376 part 1, 17.3.3.30).
func symbol(font, char string) string {
	n, err := strconv.ParseInt(char, 16, 32)
	if err != nil {
		return ""
	}
	return symbols[strings.ToLower(font)][n&0xff]
}

var (
	tickedBoxes   = []rune{'☑', '☒', '■', '√', '✓', '✔'}
	untickedBoxes = []rune{'☐', '□', '▢', '◻'}
)

func isBox(r rune) bool { return slices.Contains(tickedBoxes, r) || slices.Contains(untickedBoxes, r) }

// chosen are the ticked options of a text of options with boxes before, or after, each; ok where it is one.
func chosen(s string) (options []string, ok bool) {
	s = strings.TrimSpace(s)
	if !strings.ContainsFunc(s, isBox) {
		return nil, false
	}
	after := !isBox([]rune(s)[0])
	var option strings.Builder
	take := false
	end := func(take bool) {
		if o := strings.Trim(option.String(), " \t\n\u3000\u00a0;,，；、.。()（）"); take && o != "" {
			options = append(options, o)
		}
		option.Reset()
	}
	for _, r := range s {
		switch {
		case !isBox(r):
			option.WriteRune(r)
		case after:
			end(slices.Contains(tickedBoxes, r))
		default:
			end(take)
			take = slices.Contains(tickedBoxes, r)
		}
	}
	end(take && !after)
	return options, true
}

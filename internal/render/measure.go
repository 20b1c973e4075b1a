package render

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MM is a length in millimetres.
type MM float64

const pointsPerMM = 72 / 25.4

// twips are twentieths of a point, in which Word measures text.
func (m MM) twips() int { return int(math.Round(float64(m) * pointsPerMM * 20)) }

// emus are 1/360 000 of a centimetre, in which Word measures drawings.
func (m MM) emus() int { return int(math.Round(float64(m) * 36_000)) }

// points is the length in typographic points.
func (m MM) points() float64 { return float64(m) * pointsPerMM }

func mmOf(points float64) MM { return MM(points / pointsPerMM) }

// ems is how wide a text stands, in characters of Chinese: what is Latin counts half.
func ems(s string) float64 {
	width := 0.0
	for _, r := range s {
		width += emOf(r)
	}
	return width
}

// emOf takes what stands on a Chinese line at full width as 1: everything from the general punctuation upwards.
func emOf(r rune) float64 {
	switch {
	case unicode.Is(unicode.Mn, r):
		return 0
	case r < 0x2010:
		return 0.5
	}
	return 1
}

const (
	neverFirst = "，。、；：？！）》〉」』】〕”’%％…—,.;:?!)]}"
	neverLast  = "（《〈「『【〔“‘([{"
)

// balanced breaks a title that is longer than its line into lines of about the same length, where words are likely to end (7.3.1).
// Lines already broken by the caller are kept; numbers and Latin words are never cut. What would take more than ten lines is no title and is left to break where it may.
func balanced(title string, most float64) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(title), "\n") {
		for n := math.Ceil(ems(line) / most); 1 < n && n <= mostLines; n = math.Ceil(ems(line) / most) {
			cut := cutNear(line, ems(line)/n, most)
			lines, line = append(lines, strings.TrimRight(line[:cut], " ")), strings.TrimLeft(line[cut:], " ")
		}
		if line != "" || len(lines) == 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

// mostLines of a title are broken by us.
const mostLines = 10

// strayed is how many characters from an even cut a better place may lie.
const strayed = 5

// cutNear is the best place to break a line near the wanted width, or the line's end where there is none.
func cutNear(line string, want, most float64) int {
	cut, best, width := len(line), math.Inf(1), 0.0
	for i, r := range line {
		if i > 0 && width > most {
			break
		}
		if i > 0 && breakable(line, i) {
			if cost := math.Abs(width-want) + unlikely(line, i); cost < best {
				cut, best = i, cost
			}
		}
		width += emOf(r)
	}
	return cut
}

// unlikely is 0 where a word is likely to end before the byte i, else more than any better place is away.
func unlikely(line string, i int) float64 {
	before, _ := utf8.DecodeLastRuneInString(line[:i])
	after, _ := utf8.DecodeRuneInString(line[i:])
	if strings.ContainsRune(standard.after, before) || strings.ContainsRune(standard.before, after) {
		return 0
	}
	return strayed
}

// breakable reports whether a line may break before the byte i.
func breakable(line string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(line[:i])
	after, _ := utf8.DecodeRuneInString(line[i:])
	if strings.ContainsRune(neverLast, before) || strings.ContainsRune(neverFirst, after) {
		return false
	}
	narrow := func(r rune) bool { return unicode.IsDigit(r) || emOf(r) < 1 && r != ' ' }
	return !narrow(before) || !(narrow(after) || emOf(after) == 1 && unicode.IsDigit(before)) // a number keeps its measure word
}

// wrapped is how many lines a text takes, further ones shorter by what they stand in. What may not begin a line takes its neighbour along.
func wrapped(text string, room, in float64) float64 {
	lines, width, last := 1.0, 0.0, 0.0
	for _, r := range text {
		em := emOf(r)
		if width+em > room+0.01 {
			lines, width = lines+1, in
			if strings.ContainsRune(neverFirst, r) {
				width += last
			}
		}
		width, last = width+em, em
	}
	return lines
}

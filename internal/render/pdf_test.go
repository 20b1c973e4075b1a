package render

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A reader of PDFs, as far as measuring needs it: the pages' size, and of each page the filled boxes and the places of its characters, in millimetres from the page's top left.

type sheet struct {
	width, height float64
	boxes         []box
	marks         []mark
}

type box struct {
	left, top, width, height float64
	red                      bool
}

// mark is one character: where its baseline begins, and how large its type is.
type mark struct {
	x, y, size float64
	red        bool
}

// matrix is a PDF's: scale and place alone, for Chromium turns nothing.
type matrix struct{ sx, sy, x, y float64 }

func (m matrix) then(n matrix) matrix { // n in the space of m
	return matrix{m.sx * n.sx, m.sy * n.sy, m.sx*n.x + m.x, m.sy*n.y + m.y}
}

var (
	pageObject = regexp.MustCompile(`(?s)/Type /Page\n(.*?)endobj`)
	mediaBox   = regexp.MustCompile(`/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]`)
	contents   = regexp.MustCompile(`/Contents (\d+) 0 R`)
)

// sheets reads a PDF of Chromium's.
func sheets(t *testing.T, pdf []byte) []sheet {
	t.Helper()
	var all []sheet
	for _, page := range pageObject.FindAllSubmatch(pdf, -1) {
		size, at := mediaBox.FindSubmatch(page[1]), contents.FindSubmatch(page[1])
		if size == nil || at == nil {
			t.Fatalf("a page without size or contents: %s", page[1])
		}
		s := sheet{width: float(size[1]) / pointsPerMM, height: float(size[2]) / pointsPerMM}
		s.read(inflated(t, pdf, string(at[1])), float(size[2]))
		all = append(all, s)
	}
	return all
}

func float(b []byte) float64 {
	f, _ := strconv.ParseFloat(string(b), 64)
	return f
}

func inflated(t *testing.T, pdf []byte, object string) string {
	t.Helper()
	at := regexp.MustCompile(`(?s)\n` + object + ` 0 obj\n.*?stream\r?\n`).FindIndex(pdf)
	if at == nil {
		t.Fatalf("no object %s", object)
	}
	z, err := zlib.NewReader(bytes.NewReader(pdf[at[1]:]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// read follows the operators that move, colour, fill and write.
func (s *sheet) read(content string, height float64) {
	type state struct {
		m   matrix
		red bool
	}
	now, stack := state{m: matrix{1, 1, 0, 0}}, []state(nil)
	var args []float64
	var text, start matrix
	var pending []box
	size := 0.0
	arg := func(i int) float64 { // from the end
		if i > len(args) {
			return 0
		}
		return args[len(args)-i]
	}
	place := func(m matrix) (x, y float64) { return m.x / pointsPerMM, (height - m.y) / pointsPerMM }
	for _, token := range strings.Fields(content) {
		if n, err := strconv.ParseFloat(token, 64); err == nil {
			args = append(args, n)
			continue
		}
		switch token {
		case "q":
			stack = append(stack, now)
		case "Q":
			now, stack = stack[len(stack)-1], stack[:len(stack)-1]
		case "cm":
			now.m = now.m.then(matrix{arg(6), arg(3), arg(2), arg(1)})
		case "rg":
			now.red = arg(3) == 1 && arg(2) == 0 && arg(1) == 0
		case "re":
			corner := now.m.then(matrix{arg(2), arg(1), arg(4), arg(3)})
			x, y := place(corner)
			pending = append(pending, box{x, min(y, y-corner.sy/pointsPerMM), corner.sx / pointsPerMM, abs(corner.sy) / pointsPerMM, now.red})
		case "f":
			s.boxes, pending = append(s.boxes, pending...), nil
		case "n":
			pending = nil
		case "Tf":
			size = arg(1)
		case "Tm":
			start = now.m.then(matrix{arg(6), arg(3), arg(2), arg(1)})
			text = start
		case "Td":
			text = text.then(matrix{1, 1, arg(2), arg(1)})
		case "Tj":
			x, y := place(text)
			s.marks = append(s.marks, mark{x, y, size * now.m.sx, now.red})
		default:
			if strings.HasPrefix(token, "/") || strings.HasPrefix(token, "<") {
				continue
			}
		}
		args = nil
	}
}

func abs(f float64) float64 { return max(f, -f) }

// baselines are the heights at which a sheet's characters stand between two heights, with how many there are on each.
func (s sheet) baselines(from, to float64) map[int]int {
	lines := map[int]int{}
	for _, m := range s.marks {
		if from < m.y && m.y < to {
			lines[int(m.y*10+0.5)]++
		}
	}
	return lines
}

func (s sheet) red() (lines []box) {
	for _, b := range s.boxes {
		if b.red {
			lines = append(lines, b)
		}
	}
	return lines
}

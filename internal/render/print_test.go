package render

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lianxin/internal/errs"
	"lianxin/internal/web/webtest"
)

// printer is one with the machine's Chromium.
func printer(t *testing.T) *Printer {
	t.Helper()
	if testing.Short() {
		t.Skip("prints are left out of short runs")
	}
	path := FindChromium()
	if path == "" {
		if webtest.Required("chromium") {
			t.Fatal("Chromium is required and not found in PATH")
		}
		t.Skip("SKIPPED, NOT PRINTED: no Chromium in PATH")
	}
	return NewPrinter(PrinterOptions{Path: path, NoSandbox: true})
}

func printed(t *testing.T, p *Printer, d Document) []sheet {
	t.Helper()
	var page bytes.Buffer
	if err := HTML(&page, d); err != nil {
		t.Fatal(err)
	}
	pdf, err := p.PDF(t.Context(), page.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return sheets(t, pdf)
}

// kept prints a document, and writes it to where LIANXIN_SHOTS names a folder, as Word too, to be looked at.
func kept(t *testing.T, name string, p *Printer, d Document) []byte {
	t.Helper()
	var page, word bytes.Buffer
	if err := errors.Join(HTML(&page, d), Word(&word, d)); err != nil {
		t.Fatal(err)
	}
	pdf, err := p.PDF(t.Context(), page.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("LIANXIN_SHOTS"); dir != "" {
		for ext, content := range map[string][]byte{".pdf": pdf, ".docx": word.Bytes(), ".html": page.Bytes()} {
			if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "paper-"+name+ext), content, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return pdf
}

func TestAPrintedLetterHasTheMeasuresOfTheStandard(t *testing.T) {
	l := sampleLetter()
	pages := printed(t, printer(t), l.Document())
	if len(pages) != 2 {
		t.Fatalf("%d pages", len(pages))
	}
	first, second := pages[0], pages[1]
	near(t, "the page's width", first.width, 210, 0.3)
	near(t, "the page's height", first.height, 297, 0.3)
	lines := first.red()
	slices.SortFunc(lines, func(a, b box) int { return int(1000 * (a.top - b.top)) })
	if len(lines) != 4 || len(second.red()) != 0 {
		t.Fatalf("%d red lines on the first page, %d on the second", len(lines), len(second.red()))
	}
	for _, line := range lines {
		near(t, "a line's width", line.width, 170, 0.4)
		near(t, "a line's left end", line.left, 20, 0.4)
	}
	if !(lines[0].height > 2*lines[1].height && lines[3].height > 2*lines[2].height) {
		t.Errorf("the lines are not heavy over light and light over heavy: %+v", lines)
	}
	name := slices.DeleteFunc(slices.Clone(first.marks), func(m mark) bool { return !m.red })
	if len(name) != 11 {
		t.Fatalf("%d red characters", len(name))
	}
	em := name[0].size / pointsPerMM
	top := name[0].y - 0.88*em // where a Chinese character's square begins over its baseline
	near(t, "the name's top edge", top, 30, 1)
	near(t, "the upper double line's distance from the name", lines[0].top-30-em, 4, 0.4)
	near(t, "the lower double line's distance from the page's edge", 297-lines[3].top-lines[3].height, 20, 0.5)
	number := first.marks[slices.IndexFunc(first.marks, func(m mark) bool { return !m.red && m.y > lines[1].top })]
	near(t, "the number's distance from the double line", number.y-0.88*16/pointsPerMM-lines[1].top-lines[1].height, 7.0/8*16/pointsPerMM, 1)
}

func TestAPrintedLettersPages(t *testing.T) {
	pages := printed(t, printer(t), sampleLetter().Document())
	for _, m := range pages[0].marks {
		if m.y > 262 {
			t.Errorf("something stands at %.1f mm of the first page, which has no number", m.y)
		}
		if m.y > 62 && (m.x < 27.5 || m.x > 184.5) {
			t.Errorf("a character stands at %.1f mm, outside the text", m.x)
		}
	}
	var number []mark
	for _, m := range pages[1].marks {
		if m.y > 262 {
			number = append(number, m)
		}
	}
	if len(number) < 3 {
		t.Fatalf("the second page's number has %d characters", len(number))
	}
	near(t, "the number's size", number[0].size, 14, 0.2)
	near(t, "the dashes' distance from the text", number[0].y-0.3*14/pointsPerMM-262, 7, 1)
	near(t, "the even page's number from the left", number[0].x, 28+14/pointsPerMM, 0.6)
	lowest := 0.0
	for _, m := range pages[1].marks {
		if m.y < 262 {
			lowest = max(lowest, m.y)
		}
	}
	near(t, "the imprint's last baseline over the text's bottom", 262-lowest, 2.5, 1.5)
}

// TestAPrintedPageHas22LinesOf28Characters fills pages with one character.
func TestAPrintedPageHas22LinesOf28Characters(t *testing.T) {
	l := sampleLetter()
	l.Body = Paragraphs(strings.Repeat("国", 28*60))
	pages := printed(t, printer(t), l.Document())
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	lines := pages[1].baselines(37, 262)
	if len(lines) != 22 {
		t.Errorf("%d lines: %v", len(lines), lines)
	}
	for y, n := range lines {
		if n != 28 {
			t.Errorf("%d characters on the line at %.1f mm", n, float64(y)/10)
		}
	}
}

func TestPrintsOfEveryKind(t *testing.T) {
	p := printer(t)
	want := map[string][2]int{"answer": {2, 2}, "long": {5, 6}, "opinion": {1, 1}, "handover": {3, 4}, "receipt": {2, 3}, "ledger": {3, 5}, "circular": {2, 2}, "questionnaire": {1, 1}, "urging": {1, 1}}
	for name, d := range samples() {
		pages := sheets(t, kept(t, name, p, d))
		if n := len(pages); n < want[name][0] || n > want[name][1] {
			t.Errorf("%s has %d pages, not %v", name, n, want[name])
		}
		near(t, name+"'s width", pages[0].width, float64(d.complete().Paper.Width), 0.3)
	}
}

func TestWithoutChromiumNothingPrints(t *testing.T) {
	for _, p := range []*Printer{nil, NewPrinter(PrinterOptions{})} {
		if _, err := p.PDF(t.Context(), nil); p.Ready() || !is(err, errs.Unavailable, "render.no_printer") {
			t.Errorf("%v", err)
		}
	}
	if _, err := NewPrinter(PrinterOptions{Path: "/nonexistent/browser"}).PDF(t.Context(), nil); !is(err, errs.Unavailable, "render.print_failed") {
		t.Errorf("%v", err)
	}
}

func is(err error, kind errs.Kind, key string) bool {
	var e *errs.Error
	return errors.As(err, &e) && e.Kind == kind && e.Key == key
}

func TestWhoWaitsForAPrintCanLeave(t *testing.T) {
	p := NewPrinter(PrinterOptions{Path: "/nonexistent/browser", AtOnce: 1})
	p.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.PDF(ctx, nil); !is(err, errs.Unavailable, "render.print_failed") || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestAPrintReachesNothing prints a page that asks for a picture, a frame and a script, with no policy of its own.
func TestAPrintReachesNothing(t *testing.T) {
	p := printer(t)
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer srv.Close()
	page := `<!doctype html><title>x</title><link rel=stylesheet href="` + srv.URL + `/a.css"><img src="` + srv.URL + `/b.png"><iframe src="` + srv.URL + `/c"></iframe><script>fetch("` + srv.URL + `/d")</script><p>text`
	if _, err := p.PDF(t.Context(), []byte(page)); err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("%d requests went out", n)
	}
}

func TestPrintsSideBySide(t *testing.T) {
	p := printer(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			var page bytes.Buffer
			if err := HTML(&page, sampleOpinion().Document()); err != nil {
				t.Error(err)
			}
			if pdf, err := p.PDF(t.Context(), page.Bytes()); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
				t.Errorf("%v", err)
			}
		})
	}
	wait.Wait()
}

// TestTheImprintStandsOnNoText prints letters that fill the first page to the line where the imprint still fits, and beyond.
func TestTheImprintStandsOnNoText(t *testing.T) {
	p := printer(t)
	for lines, want := range map[int]int{4: 1, 8: 1, 9: 2, 10: 2} {
		l := sampleOpinion()
		l.Title, l.Copies, l.Stop = "短标题", Labelled{"抄送：", []string{"市人大常委会代表工作委员会"}}, "。"
		l.Body = Paragraphs(strings.Repeat("国\n", lines))
		pages := printed(t, p, l.Document())
		if len(pages) != want {
			t.Errorf("%d lines take %d pages, not %d", lines, len(pages), want)
		}
		text, imprint := 0.0, 262.0
		for _, m := range pages[len(pages)-1].marks {
			switch {
			case m.red || m.y > 262:
			case m.size < 15:
				imprint = min(imprint, m.y)
			default:
				text = max(text, m.y)
			}
		}
		if text > imprint-14/pointsPerMM || imprint < 255 {
			t.Errorf("%d lines: the text ends at %.1f mm, the imprint is written at %.1f mm", lines, text, imprint)
		}
	}
}

// Package webtest walks through pages as people do, in Chromium, and looks at HTML without one.
// It never runs outside tests, and never waits for a time: it waits for what a page shows.
package webtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one step may take before the test gives up; generous, for machines are slow.
const patience = 60 * time.Second

// Required reports whether LIANXIN_REQUIRE names the thing, so that its absence must fail and not skip.
func Required(thing string) bool {
	for _, r := range strings.Split(os.Getenv("LIANXIN_REQUIRE"), ",") {
		if strings.TrimSpace(r) == thing {
			return true
		}
	}
	return false
}

// Person is somebody at a browser of their own: no cookie is shared with another.
type Person struct {
	t    testing.TB
	ctx  context.Context
	root context.Context

	noScript bool

	mu       sync.Mutex
	troubles []string
}

// Browser starts Chromium with one person before it, at a desktop of 1280×800. Without Chromium the test is skipped loudly, or fails if LIANXIN_REQUIRE names chromium; short runs leave it out.
func Browser(t testing.TB) *Person {
	t.Helper()
	if testing.Short() {
		t.Skip("walks in a browser are left out of short runs")
	}
	path := chromium()
	if path == "" {
		if Required("chromium") {
			t.Fatal("Chromium is required and not found in PATH")
		}
		t.Skip("SKIPPED, NOT TESTED IN A BROWSER: no chromium, chromium-browser or google-chrome in PATH")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("no-sandbox", true), chromedp.Flag("lang", "zh-CN"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	root, closeRoot := chromedp.NewContext(allocator)
	t.Cleanup(closeRoot)
	if err := chromedp.Do(root); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return newPerson(t, root)
}

func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Another is one more person at the same Chromium, with cookies of their own.
func (p *Person) Another() *Person {
	p.t.Helper()
	return newPerson(p.t, p.root)
}

func newPerson(t testing.TB, root context.Context) *Person {
	t.Helper()
	p := &Person{t: t, root: root}
	ctx, leave := chromedp.NewContext(root, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	t.Cleanup(leave)
	p.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // under a context that lasts, for the tab lives as long as it
		t.Fatal(err)
	}
	p.do("window", chromedp.EmulateViewport(1280, 800))
	if _, err := chromedp.Call(ctx, log.Enable, struct{}{}); err != nil {
		t.Fatal(err)
	}
	focused := emulation.SetFocusEmulationEnabledParams{Enabled: true} // several people at once: every window takes its keys
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, focused); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, trouble := range p.Troubles() {
			t.Errorf("the browser complains: %s", trouble)
		}
	})
	return p
}

// listen keeps what a page must never cause: errors of scripts, and breaches of the content policy.
func (p *Person) listen(ev any) {
	trouble := ""
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		trouble = ev.ExceptionDetails.Text
		if ev.ExceptionDetails.Exception != nil {
			trouble += " " + ev.ExceptionDetails.Exception.Description
		}
	case *log.EventEntryAdded:
		if ev.Entry.Source == log.EntrySourceSecurity || strings.Contains(ev.Entry.Text, "Content Security Policy") {
			trouble = ev.Entry.Text
		}
	}
	if trouble == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.troubles = append(p.troubles, trouble)
}

// Troubles are the scripts' errors and breaches of the content policy so far; any left at the test's end fails it.
func (p *Person) Troubles() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.troubles
}

// within bounds one step.
func (p *Person) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, patience)
}

func (p *Person) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := p.within()
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.glimpse())
	}
}

// Eval runs JavaScript in the page and decodes what it gives, a promise's value too, into result (nil to drop it).
func (p *Person) Eval(script string, result any) {
	p.t.Helper()
	ctx, cancel := p.within()
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("(async()=>JSON.stringify(await ("+script+"))??'null')()", chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", script, err, p.glimpse())
	}
	if result != nil {
		if err := json.Unmarshal([]byte(text), result); err != nil {
			p.t.Fatalf("%s: %v in %s", script, err, text)
		}
	}
}

// glimpse is the page's beginning, for a failed test's log.
func (p *Person) glimpse() string {
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + (document.body ? document.body.innerText : '')"))
	if err != nil {
		return "(the page cannot be read: " + err.Error() + ")"
	}
	if r := []rune(text); len(r) > 2000 {
		text = string(r[:2000]) + "…"
	}
	return text
}

// Phone makes the window a phone's, 360×800 with touch; Desktop makes it 1280×800.
func (p *Person) Phone() *Person {
	p.t.Helper()
	p.do("phone", chromedp.EmulateViewport(360, 800, chromedp.EmulateTouch))
	return p
}

// Desktop makes the window 1280×800 without touch.
func (p *Person) Desktop() *Person {
	p.t.Helper()
	p.do("desktop", chromedp.EmulateViewport(1280, 800))
	return p
}

// Dark makes the system prefer dark, or light again.
func (p *Person) Dark(dark bool) *Person {
	p.t.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[dark]
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// NoScript switches the page's scripts off, from the next page on.
func (p *Person) NoScript() *Person {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		p.t.Fatal(err)
	}
	p.noScript = true
	return p
}

// Shot writes a picture of the whole page as PNG where LIANXIN_SHOTS names a folder, and does nothing otherwise.
func (p *Person) Shot(name string) *Person {
	p.t.Helper()
	dir := os.Getenv("LIANXIN_SHOTS")
	if dir == "" {
		return p
	}
	ctx, cancel := p.within()
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		p.t.Fatal(fmt.Errorf("picture %s: %w", name, err))
	}
	return p
}

// forget drops the troubles so far, for tests that make them on purpose.
func (p *Person) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.troubles = nil
}

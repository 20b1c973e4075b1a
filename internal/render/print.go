package render

import (
	"cmp"
	"context"
	"embed"
	"io/fs"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"lianxin/internal/errs"
)

//go:embed messages
var messages embed.FS

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Printer makes PDFs of pages with Chromium. It is optional: without one, pages are printed by the reader's own browser.
type Printer struct {
	options PrinterOptions
	slots   chan struct{}
}

// PrinterOptions say which Chromium prints and how much of it at once.
type PrinterOptions struct {
	Path      string        // of the program, see FindChromium; empty: nothing prints
	AtOnce    int           // processes at once; 0: 2 (each takes some 200 MB for a second or two)
	Patience  time.Duration // how long one print may take, the wait for its turn included; 0: a minute
	NoSandbox bool          // for root and containers that forbid namespaces; what is printed holds no scripts and loads nothing
}

// NewPrinter makes a printer; it starts nothing.
func NewPrinter(o PrinterOptions) *Printer {
	o.AtOnce, o.Patience = cmp.Or(o.AtOnce, 2), cmp.Or(o.Patience, time.Minute)
	return &Printer{options: o, slots: make(chan struct{}, o.AtOnce)}
}

// FindChromium is the path of the first browser found that prints, or empty.
func FindChromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Ready reports whether there is something to print with.
func (p *Printer) Ready() bool { return p != nil && p.options.Path != "" }

// PDF prints a page as HTML writes it. Errors are errs.Unavailable: there is no browser (render.no_printer), or it did not print in time (render.print_failed).
func (p *Printer) PDF(ctx context.Context, page []byte) ([]byte, error) {
	if !p.Ready() {
		return nil, errs.New(errs.Unavailable, "render.no_printer")
	}
	ctx, cancel := context.WithTimeout(ctx, p.options.Patience)
	defer cancel()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, errs.New(errs.Unavailable, "render.print_failed").Because(ctx.Err())
	}
	pdf, err := p.print(ctx, page)
	if err != nil {
		return nil, errs.New(errs.Unavailable, "render.print_failed").Because(err)
	}
	return pdf, nil
}

// print runs one Chromium for one page, in a folder of its own that goes with it: no print sees another's.
func (p *Printer) print(ctx context.Context, page []byte) (pdf []byte, err error) {
	home, err := os.MkdirTemp("", "lianxin-print-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(home) // best effort: the browser is gone by then
	allocator, stop := chromedp.NewExecAllocator(ctx, p.flags(home)...)
	defer stop()
	quiet := func(string, ...any) {} // what matters comes back as an error; the rest may quote the page
	tab, leave := chromedp.NewContext(allocator, chromedp.WithLogf(quiet), chromedp.WithErrorf(quiet))
	defer leave()
	if err := chromedp.Do(tab, chromedp.Func(alone), chromedp.Func(showing(string(page)))); err != nil {
		return nil, err
	}
	return chromedp.Run(tab, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground(), chromedp.PDFOutlineAndTagged(), chromedp.PDFStream()))
}

// flags give Chromium none of this process's environment and no way to the network.
func (p *Printer) flags(home string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(p.options.Path), chromedp.UserDataDir(home),
		chromedp.NoInheritEnv, chromedp.Env("PATH=/usr/local/bin:/usr/bin:/bin", "HOME="+home, "LANG=C.UTF-8"),
		chromedp.Flag("no-sandbox", p.options.NoSandbox), chromedp.Flag("lang", "zh-CN"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"), chromedp.ProxyServer("http://127.0.0.1:9"), chromedp.Flag("proxy-bypass-list", "<-loopback>"))
}

// alone takes scripts from the tab.
func alone(ctx context.Context, _ *chromedp.Target) error {
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return err
}

// showing puts a page into the tab out of memory.
func showing(page string) func(context.Context, *chromedp.Target) error {
	return func(ctx context.Context, t *chromedp.Target) error {
		tree, err := chromedp.Call(ctx, cdppage.GetFrameTree, struct{}{})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, cdppage.SetDocumentContent, cdppage.SetDocumentContentParams{FrameID: tree.FrameTree.Frame.ID, HTML: page})
		return err
	}
}

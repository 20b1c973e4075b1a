package webtest

import (
	"github.com/chromedp/chromedp"
)

// Type presses keys, one after another, wherever the focus is: letters, "\t" and "\r" as well.
func (p *Person) Type(keys string) *Person {
	p.t.Helper()
	p.do("type", chromedp.KeyEvent(keys))
	return p
}

// maxTabs is how far somebody walks a page by Tab before giving up.
const maxTabs = 400

// TabTo presses Tab until what has the focus matches a selector.
func (p *Person) TabTo(selector string) *Person {
	p.t.Helper()
	for range maxTabs {
		p.Type("\t")
		var there bool
		if p.Eval("document.activeElement.matches("+quote(selector)+")", &there); there {
			return p
		}
	}
	p.t.Fatalf("no Tab leads to %s\n%s", selector, p.glimpse())
	return p
}

// Enter presses Enter on what has the focus, and waits for the page it leads to.
func (p *Person) Enter() *Person {
	p.t.Helper()
	p.Eval("window.webtestLeft = true", nil)
	p.Type("\r").arrive("enter")
	return p
}

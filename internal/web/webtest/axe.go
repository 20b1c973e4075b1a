package webtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

const axeRun = `axe.run(document, {runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"], resultTypes: ["violations"]}).then(r => r.violations)`

// Axe fails on everything axe-core finds on the page (WCAG 2.2 AA and best practice), and if the page must be scrolled sideways.
func (p *Person) Axe() *Person {
	p.t.Helper()
	if axe := p.axe(); axe != "" {
		ctx, cancel := p.within()
		defer cancel()
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axe+";0")); err != nil {
			p.t.Fatal(err)
		}
		var found []violation
		p.Eval(axeRun, &found)
		for _, v := range found {
			for _, n := range v.Nodes {
				p.t.Errorf("%s: %s: %s\n\t%s\n\t%s", p.URL(), v.ID, v.Help, n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", " "))
			}
		}
	}
	return p.Worded().Fits()
}

// Worded fails if the page shows the key of a sentence that no catalogue has.
func (p *Person) Worded() *Person {
	p.t.Helper()
	var missing []string
	p.Eval(`document.body.innerText.match(/⟦[^⟧]*⟧/g) ?? []`, &missing)
	for _, key := range missing {
		p.t.Errorf("%s: no sentence for %s", p.URL(), key)
	}
	return p
}

// Fits fails if the page is wider than its window.
func (p *Person) Fits() *Person {
	p.t.Helper()
	var wide []string
	p.Eval(`(() => {
	  const w = document.documentElement.clientWidth;
	  if (document.documentElement.scrollWidth <= w) return [];
	  const wide = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().left + e.scrollWidth > w + 1);
	  return [document.documentElement.scrollWidth + ' pixels'].concat(wide.slice(-5).map(e => e.outerHTML.slice(0, 120)));
	})()`, &wide)
	if len(wide) > 0 {
		p.t.Errorf("%s is wider than the window: %s", p.URL(), strings.Join(wide, "\n"))
	}
	return p
}

// AxeEverywhere looks at an address in light and dark and in the larger type, on a phone and on a desktop, and takes pictures under the name.
func (p *Person) AxeEverywhere(url, name string) {
	p.t.Helper()
	for _, dark := range []bool{false, true} {
		p.Dark(dark)
		p.Desktop().Go(url).Axe().Shot(fmt.Sprintf("%s-desktop%s", name, map[bool]string{true: "-dark"}[dark]))
		p.Phone().Go(url).Axe().Shot(fmt.Sprintf("%s-phone%s", name, map[bool]string{true: "-dark"}[dark]))
	}
	var large bool
	p.Dark(false).Phone().Go(url).Eval(`document.documentElement.classList.toggle("large", true)`, &large)
	p.Axe().Desktop().Axe()
}

// axe is the text of axe-core, of the node_modules above the test's folder.
func (p *Person) axe() string {
	p.t.Helper()
	file, err := aboveHere(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	if err == nil {
		b, err := os.ReadFile(file)
		if err != nil {
			p.t.Fatal(err)
		}
		return string(b)
	}
	if Required("chromium") {
		p.t.Fatalf("axe-core is required; run `make setup`: %v", err)
	}
	p.t.Logf("NOT CHECKED BY AXE-CORE: run `make setup`: %v", err)
	return ""
}

// aboveHere finds a file in this folder or one above it.
func aboveHere(path string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		file := filepath.Join(dir, path)
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
		if filepath.Dir(dir) == dir {
			return "", fmt.Errorf("no %s in or above the test's folder", path)
		}
		dir = filepath.Dir(dir)
	}
}

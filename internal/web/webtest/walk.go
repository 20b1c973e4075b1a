package webtest

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// Go opens an address.
func (p *Person) Go(url string) *Person {
	p.t.Helper()
	p.do("open "+url, chromedp.Navigate(url))
	return p
}

// marked is the attribute that hands an element found by a script over to the browser's own mouse and keyboard.
const marked = "data-webtest"

// finder marks what a person would mean by a word: for "click" a link, button or summary, for "field" what can be filled in.
// A word that looks like a selector (#id, .class, [attribute]) is one.
const finder = `(what, word, scripts) => {
  document.querySelectorAll('[data-webtest]').forEach(e => e.removeAttribute('data-webtest'));
  const seen = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden';
  const words = e => (e.innerText || e.value || e.getAttribute('aria-label') || '').replace(/\s+/g, ' ').trim();
  const fields = 'input:not([type=hidden]), textarea, select';
  let found;
  if (/^[#.\[]/.test(word)) found = document.querySelector(word);
  else if (what === 'click') {
    const all = [...document.querySelectorAll('a[href], button, summary, input[type=submit]')].filter(seen);
    found = all.find(e => words(e) === word) || all.find(e => words(e).includes(word));
  } else {
    found = [...document.querySelectorAll(fields)].find(e => e.name === word);
    if (!found) {
      const labels = [...document.querySelectorAll('label, legend')];
      const label = labels.find(l => words(l).replace(/必填$/, '').trim() === word) || labels.find(l => words(l).includes(word));
      if (label) found = label.control || label.closest('fieldset') || label.parentElement.querySelector(fields);
    }
  }
  if (!found) return {found: false, loads: false, kind: ''};
  found.setAttribute('data-webtest', 'yes');
  found.scrollIntoView({block: 'center'});
  const live = e => scripts && e.closest('[hx-get],[hx-post]');
  const link = found.closest('a[href]');
  const button = found.closest('button, input[type=submit]');
  const leads = link && !live(link) && !(link.getAttribute('href') || '').startsWith('#');
  const sends = button && button.form && button.type === 'submit' && !live(button.form);
  return {found: true, loads: !!(leads || sends), kind: found.tagName.toLowerCase() + ':' + (found.type || '')};
}`

type target struct {
	Found bool   `json:"found"`
	Loads bool   `json:"loads"` // a click loads another page
	Kind  string `json:"kind"`  // such as input:checkbox
}

func (p *Person) find(what, word string) target {
	p.t.Helper()
	var found target
	p.Eval("("+finder+")("+quote(what)+","+quote(word)+","+strconv.FormatBool(!p.noScript)+")", &found)
	if !found.Found {
		p.t.Fatalf("no %s %q on the page\n%s", what, word, p.glimpse())
	}
	return found
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string is always JSON
	}
	return string(b)
}

// pressed clicks the marked element as a person would: what another element covers cannot be clicked. The page's own click is used and not the
// mouse's, for the mouse of a window that is not in front is sometimes lost. It gives what covers the element, or nothing.
const pressed = `((loads) => {
  const e = document.querySelector('[data-webtest]');
  const r = e.getClientRects()[0];
  const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
  if (top && !e.contains(top) && !top.contains(e)) return top.outerHTML.slice(0, 200);
  window.webtestLeft = true;
  if (loads) setTimeout(() => e.click()); else e.click();
  return '';
})`

// Click clicks on a link, button or summary by its words, or by a selector, and waits for the page it leads to.
func (p *Person) Click(word string) *Person {
	p.t.Helper()
	found := p.find("click", word)
	var covered string
	p.Eval(pressed+"("+strconv.FormatBool(found.Loads && !p.noScript)+")", &covered) // without scripts no timer runs either
	if covered != "" {
		p.t.Fatalf("%s is covered by %s", word, covered)
	}
	if found.Loads {
		p.arrive(word)
	}
	return p
}

// arrive waits until another page has taken the place of the one left.
func (p *Person) arrive(word string) {
	p.t.Helper()
	ctx, cancel := p.within()
	defer cancel()
	beat := time.NewTicker(20 * time.Millisecond)
	defer beat.Stop()
	for {
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!window.webtestLeft && document.readyState === 'complete'"))
		if err == nil && there { // between two pages there is nothing to ask, which is no mistake
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("click %s: no page came\n%s", word, p.glimpse())
		case <-beat.C:
		}
	}
}

// Fill writes into a field, found by its label, its name or a selector. Dates are 2006-01-02.
func (p *Person) Fill(field, value string) *Person {
	p.t.Helper()
	found := p.find("field", field)
	sel := chromedp.CSS("[" + marked + "]")
	begin := ""
	if strings.HasSuffix(found.Kind, ":date") || strings.HasSuffix(found.Kind, ":datetime-local") {
		begin = value // their keys differ with the browser's language
	}
	p.Eval(`((value) => {
	  const e = document.querySelector('[data-webtest]');
	  e.value = value;
	  e.dispatchEvent(new Event('input', {bubbles: true}));
	  if (value) e.dispatchEvent(new Event('change', {bubbles: true}));
	})(`+quote(begin)+`)`, nil)
	if begin == "" {
		p.do("fill "+field, chromedp.SendKeys(sel, value))
	}
	return p
}

// Choose takes an option by its words, of a select, or of radio buttons under a legend.
func (p *Person) Choose(field, option string) *Person {
	p.t.Helper()
	p.find("field", field)
	var done bool
	p.Eval(`((word) => {
	  const e = document.querySelector('[data-webtest]');
	  const set = e.tagName === 'SELECT' ? e : (e.closest('fieldset') || e);
	  if (set.tagName === 'SELECT') {
	    const o = [...set.options].find(o => o.text.trim() === word) || [...set.options].find(o => o.text.includes(word));
	    if (!o) return false;
	    set.value = o.value;
	    set.dispatchEvent(new Event('change', {bubbles: true}));
	    return true;
	  }
	  const label = [...set.querySelectorAll('label')].find(l => l.innerText.trim().startsWith(word));
	  if (!label) return false;
	  label.control.click();
	  return label.control.checked;
	})(`+quote(option)+`)`, &done)
	if !done {
		p.t.Fatalf("no option %q under %q\n%s", option, field, p.glimpse())
	}
	return p
}

// Tick clicks a box, by its label.
func (p *Person) Tick(box string) *Person {
	p.t.Helper()
	p.find("field", box)
	p.Eval(pressed+"(false)", nil)
	return p
}

// Attach puts files of this machine into a file field.
func (p *Person) Attach(field string, paths ...string) *Person {
	p.t.Helper()
	p.find("field", field)
	p.do("attach "+field, chromedp.SetUploadFiles(chromedp.CSS("["+marked+"]"), paths))
	return p
}

// Text is what the page says, without its head and foot.
func (p *Person) Text() string {
	p.t.Helper()
	var text string
	p.Eval("document.querySelector('main')?.innerText ?? document.body.innerText", &text)
	return text
}

// Sees fails unless the page says every one of the words.
func (p *Person) Sees(words ...string) *Person {
	p.t.Helper()
	text := p.Text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.t.Fatalf("the page does not say %q\n%s", w, p.glimpse())
		}
	}
	return p
}

// SeesNot fails if the page says one of the words.
func (p *Person) SeesNot(words ...string) *Person {
	p.t.Helper()
	text := p.Text()
	for _, w := range words {
		if strings.Contains(text, w) {
			p.t.Fatalf("the page says %q\n%s", w, p.glimpse())
		}
	}
	return p
}

// Until waits until a JavaScript expression holds in the present page, such as one a script has changed.
func (p *Person) Until(expression string) *Person {
	p.t.Helper()
	p.do("until "+expression, chromedp.Poll[chromedp.Void](expression))
	return p
}

// URL is the present address.
func (p *Person) URL() string {
	p.t.Helper()
	var url string
	p.Eval("location.href", &url)
	return url
}

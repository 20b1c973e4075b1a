package webtest

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// Checker looks at an element and tells what it misses.
type Checker func(n *html.Node) error

// Check parses HTML and looks at it; it returns the first thing missed.
func Check(r io.Reader, checks ...Checker) error {
	doc, err := html.Parse(r)
	if err != nil {
		return err
	}
	return all(doc, checks)
}

func all(n *html.Node, checks []Checker) error {
	for _, c := range checks {
		if err := c(n); err != nil {
			return err
		}
	}
	return nil
}

// In looks at the first element of a selector: names, #ids, .classes and [attribute=value]s, and spaces for "within".
func In(selector string, checks ...Checker) Checker {
	return func(n *html.Node) error {
		found := Find(n, selector)
		if len(found) == 0 {
			return fmt.Errorf("no %s", selector)
		}
		if err := all(found[0], checks); err != nil {
			return fmt.Errorf("%s: %w", selector, err)
		}
		return nil
	}
}

// NotIn asks that there is no such element.
func NotIn(selector string) Checker {
	return func(n *html.Node) error {
		if len(Find(n, selector)) > 0 {
			return fmt.Errorf("there is a %s", selector)
		}
		return nil
	}
}

// Count asks for a number of such elements.
func Count(selector string, want int) Checker {
	return func(n *html.Node) error {
		if got := len(Find(n, selector)); got != want {
			return fmt.Errorf("%d of %s, want %d", got, selector, want)
		}
		return nil
	}
}

// HasText asks that the element's text, with its spaces made single, holds the words.
func HasText(words string) Checker {
	return func(n *html.Node) error {
		if text := TextOf(n); !strings.Contains(text, words) {
			return fmt.Errorf("%q is not in %q", words, text)
		}
		return nil
	}
}

// HasAttr asks for an attribute's value.
func HasAttr(name, want string) Checker {
	return func(n *html.Node) error {
		if got, ok := attr(n, name); !ok || got != want {
			return fmt.Errorf("%s is %q, want %q", name, got, want)
		}
		return nil
	}
}

// TextOf is an element's text with its spaces made single.
func TextOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Find lists the elements of a selector below n, in order.
func Find(n *html.Node, selector string) []*html.Node {
	steps := strings.Fields(selector)
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && matches(d, n, steps) {
			found = append(found, d)
		}
	}
	return found
}

// matches reports whether the element fits the last step and its ancestors, up to the root, fit the ones before.
func matches(n, root *html.Node, steps []string) bool {
	if !fits(n, steps[len(steps)-1]) {
		return false
	}
	if len(steps) == 1 {
		return true
	}
	for up := n.Parent; up != nil && up != root; up = up.Parent {
		if matches(up, root, steps[:len(steps)-1]) {
			return true
		}
	}
	return false
}

// fits compares one element with one step, such as a.btn[rel=next].
func fits(n *html.Node, step string) bool {
	if n.Type != html.ElementNode {
		return false
	}
	end := strings.IndexAny(step, "#.[")
	if end < 0 {
		end = len(step)
	}
	if name := step[:end]; name != "" && name != n.Data {
		return false
	}
	for rest := step[end:]; rest != ""; {
		end := len(rest)
		if rest[0] == '[' {
			end = strings.IndexByte(rest, ']') + 1
		} else if i := strings.IndexAny(rest[1:], "#.["); i >= 0 {
			end = i + 1
		}
		if !fitsPart(n, rest[:end]) {
			return false
		}
		rest = rest[end:]
	}
	return true
}

func fitsPart(n *html.Node, part string) bool {
	switch part[0] {
	case '#':
		id, _ := attr(n, "id")
		return id == part[1:]
	case '.':
		class, _ := attr(n, "class")
		return strings.Contains(" "+strings.Join(strings.Fields(class), " ")+" ", " "+part[1:]+" ")
	}
	name, want, valued := strings.Cut(strings.Trim(part, "[]"), "=")
	got, ok := attr(n, name)
	return ok && (!valued || got == strings.Trim(want, `"'`))
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

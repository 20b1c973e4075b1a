// Package paper lays out the papers that go with suggestions: letters to deputies, letters that hand matters over, lists, ledgers, circulars, questionnaires.
// It never reads a database, and never decides who may have a paper.
package paper

import (
	"embed"
	"io/fs"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/registry"
	"lianxin/internal/render"
)

//go:embed messages
var messages embed.FS

// Messages is the words on the papers.
func Messages() fs.FS { return messages }

// Words is where the words come from: a page.
type Words interface {
	T(key string, args ...any) string
	Date(d deadline.Date) string // as letters write it
}

// Settings of a deployment's papers: the names of type faces, and who gets a copy.
const (
	FontBody    = "paper_font_body"
	FontHeading = "paper_font_heading"
	FontKai     = "paper_font_kai"
	FontTitle   = "paper_font_title"
	FontPage    = "paper_font_page"
	FontLatin   = "paper_font_latin"
	CopyTo      = "paper_copy_to" // body that gets a copy of what the government's agencies answer
)

// Settings lists them in the order their page asks for them; words under "paper.setting.<name>".
func Settings() []string {
	return []string{FontBody, FontHeading, FontKai, FontTitle, FontPage, FontLatin, CopyTo}
}

// Fonts are the faces a deployment has set; the standard's where it has not.
func Fonts(settings map[string]string) render.Fonts {
	return render.Fonts{Body: settings[FontBody], Heading: settings[FontHeading], Kai: settings[FontKai], Title: settings[FontTitle], Page: settings[FontPage], Latin: settings[FontLatin]}
}

// Desk is where papers are laid out: words, names, settings, the day.
type Desk struct {
	Words
	Names    registry.Names
	Settings map[string]string
	Today    deadline.Date
}

func (d Desk) fonts() render.Fonts { return Fonts(d.Settings) }

// several words ids.
func (d Desk) several(table string, ids []string) string {
	var words []string
	for _, id := range ids {
		words = append(words, d.Names.Of(table, id))
	}
	return strings.Join(words, d.T("paper.and"))
}

// pages are the words around the numbers of a list's pages.
func (d Desk) pages() [3]string {
	return [3]string{d.T("paper.page_before"), d.T("paper.page_between"), d.T("paper.page_after")}
}

// Package lang holds the message catalogues: every sentence a user reads, by key and locale.
// It never decides what to say; it words what others decided.
package lang

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"lianxin/internal/errs"
)

//go:embed messages
var messages embed.FS

// Messages is the sentences of errs, and others that belong to no room.
func Messages() fs.FS { return messages }

// Chinese is the locale every text exists in. Pseudo is a made-up one for tests: texts that do not come from a catalogue stand out in it.
const (
	Chinese = "zh-CN"
	Pseudo  = "x-pseudo"
)

// Catalogue is every room's sentences in every locale.
type Catalogue struct {
	bundle *i18n.Bundle
	keys   map[string]bool
}

// New joins the rooms' catalogues; each holds messages/zh-CN.json, a flat object of key and text with {{.Name}} arguments. A key that stands twice is an error.
func New(rooms ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{bundle: i18n.NewBundle(language.SimplifiedChinese), keys: map[string]bool{}}
	for _, room := range append([]fs.FS{Messages()}, rooms...) {
		b, err := fs.ReadFile(room, "messages/"+Chinese+".json")
		if err != nil {
			return nil, fmt.Errorf("lang: %w", err)
		}
		texts := map[string]string{}
		if err := json.Unmarshal(b, &texts); err != nil {
			return nil, fmt.Errorf("lang: %w", err)
		}
		if err := c.add(texts); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Catalogue) add(texts map[string]string) error {
	for key, text := range texts {
		if c.keys[key] {
			return fmt.Errorf("lang: key %q stands twice", key)
		}
		c.keys[key] = true
		if err := c.bundle.AddMessages(language.SimplifiedChinese, &i18n.Message{ID: key, Other: text}); err != nil {
			return fmt.Errorf("lang: %s: %w", key, err)
		}
		if err := c.bundle.AddMessages(pseudo, &i18n.Message{ID: key, Other: disguise(text)}); err != nil {
			return fmt.Errorf("lang: %s: %w", key, err)
		}
	}
	return nil
}

var pseudo = language.MustParse("en-XA")

// disguise replaces every letter of a text and keeps its arguments, so that nothing of it reads as the original.
func disguise(text string) string {
	var b strings.Builder
	b.WriteByte('[')
	for text != "" {
		before, rest, found := strings.Cut(text, "{{")
		b.WriteString(strings.Repeat("x", len([]rune(before))))
		if !found {
			break
		}
		arg, after, _ := strings.Cut(rest, "}}")
		b.WriteString("{{" + arg + "}}")
		text = after
	}
	b.WriteByte(']')
	return b.String()
}

// Has reports whether a key exists.
func (c *Catalogue) Has(key string) bool { return c.keys[key] }

// Printer words keys in one locale. Any locale but Pseudo is Chinese until other catalogues exist.
type Printer struct {
	localizer *i18n.Localizer
	catalogue *Catalogue
}

// Printer makes one for a locale.
func (c *Catalogue) Printer(locale string) *Printer {
	tag := Chinese
	if locale == Pseudo {
		tag = pseudo.String()
	}
	return &Printer{localizer: i18n.NewLocalizer(c.bundle, tag), catalogue: c}
}

// T words a key. Its arguments are one map, or names and values in turn. A key that does not exist shows as ⟦key⟧.
func (p *Printer) T(key string, args ...any) string {
	if !p.catalogue.keys[key] {
		return "⟦" + key + "⟧"
	}
	s, err := p.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: arguments(args)})
	if err != nil {
		return "⟦" + key + ": " + err.Error() + "⟧"
	}
	return s
}

func arguments(args []any) map[string]any {
	m := map[string]any{}
	if len(args) == 1 {
		switch a := args[0].(type) {
		case errs.Args:
			maps.Copy(m, a)
		case map[string]any:
			maps.Copy(m, a)
		}
		return m
	}
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			m[name] = args[i+1]
		}
	}
	return m
}

// Error words everything a user can be told of err, a sentence each.
func (p *Printer) Error(err error) []string {
	var sentences []string
	for _, e := range errs.All(err) {
		sentences = append(sentences, p.T(e.Key, e.Args))
	}
	return sentences
}

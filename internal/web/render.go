package web

import (
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/lang"
)

// sheets are the pages' templates in one locale, each with the layout and the parts.
type sheets struct{ byName map[string]*template.Template }

// readTemplates parses every page. Files of a room whose name starts with "_" are parts of that room's pages.
func (s *Shell) readTemplates(p *lang.Printer) (*sheets, error) {
	base := template.New("").Option("missingkey=error").Funcs(s.funcs(p))
	base, err := base.ParseFS(templates, "templates/layout.html", "templates/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	read := &sheets{byName: map[string]*template.Template{}}
	for _, room := range append([]fs.FS{Folder(templates, "templates/pages")}, s.cfg.Templates...) {
		if err := read.add(base, room); err != nil {
			return nil, err
		}
	}
	return read, nil
}

func (sh *sheets) add(base *template.Template, room fs.FS) error {
	files, err := fs.Glob(room, "*.html")
	if err != nil {
		return err
	}
	var parts, pages []string
	for _, f := range files {
		if strings.HasPrefix(f, "_") {
			parts = append(parts, f)
		} else {
			pages = append(pages, f)
		}
	}
	for _, f := range pages {
		name := strings.TrimSuffix(path.Base(f), ".html")
		if sh.byName[name] != nil {
			return fmt.Errorf("web: page %q stands twice", name)
		}
		t, err := template.Must(base.Clone()).ParseFS(room, append(parts, f)...)
		if err != nil {
			return fmt.Errorf("web: %s: %w", f, err)
		}
		if t.Lookup("content") == nil {
			return fmt.Errorf("web: %s defines no \"content\"", f)
		}
		sh.byName[name] = t
	}
	return nil
}

func (sh *sheets) execute(w io.Writer, name string, v view) error {
	t := sh.byName[name]
	if t == nil {
		return fmt.Errorf("web: no page %q", name)
	}
	if err := t.ExecuteTemplate(w, "layout", v); err != nil {
		return fmt.Errorf("web: page %s: %w", name, err)
	}
	return nil
}

// funcs are what templates can call.
func (s *Shell) funcs(p *lang.Printer) template.FuncMap {
	return template.FuncMap{
		"t":        p.T,
		"asset":    s.cfg.Assets.URL,
		"date":     func(v any) (string, error) { return longDate(p, v) },
		"day":      func(v any) (string, error) { return format(v, "2006-01-02") },
		"datetime": func(v any) (string, error) { return format(v, "2006-01-02 15:04") },
		"iso":      func(v any) (string, error) { return format(v, time.RFC3339) },
		"dict":     dict,
		"inc":      func(n int) int { return n + 1 },
		"lines":    func(s string) []string { return strings.Split(s, "\n") },
	}
}

// dict makes the argument of a part from names and values in turn.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("web: dict has a name without a value")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("web: dict name %v is no text", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// instant takes civil dates, microseconds UTC and times; nothing is the zero time.
func instant(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v, nil
	case int64:
		if v == 0 {
			return time.Time{}, nil
		}
		return time.UnixMicro(v), nil
	case deadline.Date:
		if v == "" {
			return time.Time{}, nil
		}
		return v.Start(), nil
	}
	return time.Time{}, fmt.Errorf("web: %T is neither a date nor an instant", v)
}

// format writes a date or instant in the statutory zone; nothing stays nothing.
func format(v any, layout string) (string, error) {
	at, err := instant(v)
	if err != nil || at.IsZero() {
		return "", err
	}
	return at.In(deadline.Zone).Format(layout), nil
}

func longDate(p *lang.Printer, v any) (string, error) {
	at, err := instant(v)
	if err != nil || at.IsZero() {
		return "", err
	}
	at = at.In(deadline.Zone)
	return p.T("web.date", "Year", at.Year(), "Month", int(at.Month()), "Day", at.Day()), nil
}

// size words a number of bytes.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

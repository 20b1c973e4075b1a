package web

import (
	"net/url"
	"slices"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/lang"
)

// Kinds of field.
const (
	Line      = "line"     // one line of text
	Area      = "area"     // several lines, with a counter where there is a Max
	Select    = "select"   // one of Options, folded
	Radio     = "radio"    // one of Options, all in sight
	Check     = "check"    // yes or no
	Checks    = "checks"   // any of Options
	File      = "file"     // files
	Date      = "date"     // 2006-01-02
	DateTime  = "datetime" // 2006-01-02T15:04, Beijing time
	Password  = "password" // never shown again
	Telephone = "telephone"
	Hidden    = "hidden" // carried along
)

// Option is a value to choose; options with the same Group stand together in a select.
type Option struct {
	Value string
	Label string
	Hint  string // under a radio button or box
	Group string
}

// Field is one question of a form. Labels and hints are worded.
type Field struct {
	Name     string
	Kind     string
	Label    string
	Hint     string
	Required bool
	Max      int // characters of a text, files of a File; 0: no limit of the form's own
	Rows     int // of an Area; 0: 5
	Options  []Option
	Blank    string // first line of a select that chooses nothing; empty: the catalogue's
	Accept   string // of a File, such as "image/jpeg,application/pdf"
	Complete string // autocomplete: "username", "current-password", "tel", "off", …
	Narrow   bool   // half the width where there is room
	Sifted   bool   // so many options that Checks stand folded by group, and a box narrows them where scripts run

	Value  string   // typed, or to begin with
	Values []string // of Checks, likewise
	Files  []Upload // of a File, after Read
	Wrong  []string // what is wrong, worded

	id      string
	printer *lang.Printer
}

// Form is a set of questions, what was answered and what is wrong with it.
type Form struct {
	ID      string // distinguishes the forms of a page; also the anchor to lead to
	Action  string // path
	Get     bool   // a filter: values stand in the address
	Legend  string // heading of the form, where the page's title is not enough
	Fields  []*Field
	Submit  string // the button's word; empty: the catalogue's
	Cancel  string // path of the way out, if there is one
	Danger  bool   // the button warns
	Version int64  // of what is changed, to notice that somebody else did; 0: none
	Key     string // idempotency key; of the answer after Read
	Live    string // id of the list a filter refreshes without a whole page, where scripts run

	Wrong   []Mistake
	printer *lang.Printer
}

// Mistake is a line of the summary above a form; Href leads to the field, if it belongs to one.
type Mistake struct{ Text, Href string }

// Form makes a form that posts to a path.
func (p *Page) Form(action string, fields ...*Field) *Form {
	f := &Form{Action: action, Key: NewKey(), Submit: p.T("web.submit"), printer: p.printer}
	return f.Add(fields...)
}

// Filter makes a form whose answers stand in the address of a list.
func (p *Page) Filter(action string, fields ...*Field) *Form {
	f := &Form{ID: "filter", Action: action, Get: true, Submit: p.T("web.filter"), printer: p.printer}
	return f.Add(fields...)
}

// Add appends fields.
func (f *Form) Add(fields ...*Field) *Form {
	for _, field := range fields {
		field.printer = f.printer
		if field.Kind == Select && field.Blank == "" {
			field.Blank = f.printer.T("web.choose")
			if f.Get {
				field.Blank = f.printer.T("web.all")
			}
		}
	}
	f.Fields = append(f.Fields, fields...)
	return f.As(f.ID)
}

// As names the form, so that several can stand on one page.
func (f *Form) As(id string) *Form {
	f.ID = id
	for _, field := range f.Fields {
		field.id = strings.Trim(id+"-"+field.Name, "-")
	}
	return f
}

// Field finds a field; nil if the form has none of that name.
func (f *Form) Field(name string) *Field {
	i := slices.IndexFunc(f.Fields, func(fd *Field) bool { return fd.Name == name })
	if i < 0 {
		return nil
	}
	return f.Fields[i]
}

// Uploads reports whether the form takes files.
func (f *Form) Uploads() bool {
	return slices.ContainsFunc(f.Fields, func(fd *Field) bool { return fd.Kind == File })
}

// HasRequired reports whether any question must be answered.
func (f *Form) HasRequired() bool {
	return slices.ContainsFunc(f.Fields, func(fd *Field) bool { return fd.Required })
}

// Value is the answer to a field; "" where there is none.
func (f *Form) Value(name string) string {
	if fd := f.Field(name); fd != nil {
		return fd.Value
	}
	return ""
}

// Set puts a value into a field before it is shown.
func (f *Form) Set(name, value string) *Form {
	if fd := f.Field(name); fd != nil {
		fd.Value = value
	}
	return f
}

// Ticked reports whether a Check was ticked.
func (f *Form) Ticked(name string) bool { return f.Value(name) == ticked }

// Input is the answers for a domain call: texts as string, boxes as bool, several choices as []string. Empty answers and files are left out.
func (f *Form) Input() map[string]any {
	in := map[string]any{}
	for _, fd := range f.Fields {
		switch {
		case fd.Kind == Check:
			in[fd.Name] = fd.Value == ticked
		case fd.Kind == Checks && len(fd.Values) > 0:
			in[fd.Name] = fd.Values
		case fd.Kind != Checks && fd.Kind != File && fd.Value != "":
			in[fd.Name] = fd.Value
		}
	}
	return in
}

// Link is the address of the list with its present filter, changed by names and values in turn; an empty value removes one.
func (f *Form) Link(pairs ...string) string {
	q := url.Values{}
	for _, fd := range f.Fields {
		if fd.Kind == Checks && len(fd.Values) > 0 {
			q[fd.Name] = fd.Values
		} else if fd.Value != "" {
			q.Set(fd.Name, fd.Value)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	if len(q) == 0 {
		return f.Action
	}
	return f.Action + "?" + q.Encode()
}

// Refuse puts what is wrong beside the fields it concerns and into the summary. It reports false for errors that no change of the form mends.
func (f *Form) Refuse(err error) bool {
	if !slices.Contains([]errs.Kind{errs.Invalid, errs.Conflict, errs.Stale, errs.TooLarge, errs.Unsupported, errs.Throttled, errs.Unavailable}, errs.KindOf(err)) {
		return false
	}
	for _, e := range errs.All(err) {
		text := f.printer.T(e.Key, e.Args)
		m := Mistake{Text: text}
		if fd := f.Field(e.Field); fd != nil {
			fd.Wrong = append(fd.Wrong, text)
			m.Href = "#" + fd.ID()
		}
		f.Wrong = append(f.Wrong, m)
	}
	f.Key = NewKey()
	for _, fd := range f.Fields {
		if len(fd.Files) > 0 {
			fd.Wrong = append(fd.Wrong, f.printer.T("web.file_again"))
		}
	}
	return true
}

package web

import (
	"mime/multipart"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/zh"
)

// Upload is a file as it was sent; nothing about it has been checked.
type Upload = *multipart.FileHeader

// ticked is the value of a box that was ticked.
const ticked = "yes"

// ID is the field's id on the page.
func (fd *Field) ID() string { return fd.id }

// T words a key for the field's part.
func (fd *Field) T(key string, args ...any) string { return fd.printer.T(key, args...) }

// Has reports whether an option is chosen.
func (fd *Field) Has(value string) bool {
	return fd.Value == value && fd.Kind != Checks || slices.Contains(fd.Values, value)
}

// Chosen reports whether a Check is ticked.
func (fd *Field) Chosen() bool { return fd.Value == ticked }

// Ticked sets the field as ticked before it is shown.
func (fd *Field) Ticked(yes bool) *Field {
	fd.Value = ""
	if yes {
		fd.Value = ticked
	}
	return fd
}

// Described lists the ids of what explains the field, for aria-describedby.
func (fd *Field) Described() string {
	var ids []string
	if len(fd.Wrong) > 0 {
		ids = append(ids, fd.id+"-wrong")
	}
	if fd.Hint != "" {
		ids = append(ids, fd.id+"-hint")
	}
	if fd.Kind == Area && fd.Max > 0 {
		ids = append(ids, fd.id+"-count")
	}
	return strings.Join(ids, " ")
}

// Type is the input's type in HTML.
func (fd *Field) Type() string {
	switch fd.Kind {
	case Date, Password, Hidden, File:
		return fd.Kind
	case DateTime:
		return "datetime-local"
	case Telephone:
		return "tel"
	}
	return "text"
}

// Height is the rows of an Area.
func (fd *Field) Height() int {
	if fd.Rows > 0 {
		return fd.Rows
	}
	return 5
}

// Length is the characters typed, as the counter counts them.
func (fd *Field) Length() int { return utf8.RuneCountInString(fd.Value) }

// Groups are the options by group, in order; those without one come first under "".
func (fd *Field) Groups() []OptionGroup {
	var groups []OptionGroup
	for _, o := range fd.Options {
		i := slices.IndexFunc(groups, func(g OptionGroup) bool { return g.Label == o.Group })
		if i < 0 {
			groups = append(groups, OptionGroup{Label: o.Group})
			i = len(groups) - 1
		}
		groups[i].Options = append(groups[i].Options, o)
	}
	return groups
}

// OptionGroup is options under one label.
type OptionGroup struct {
	Label   string
	Options []Option
}

// HasAny reports whether an option of the group is chosen, so that nobody must unfold groups to see what he chose.
func (fd *Field) HasAny(g OptionGroup) bool {
	return slices.ContainsFunc(g.Options, func(o Option) bool { return fd.Has(o.Value) })
}

// take keeps what was sent and tells what is wrong with it.
func (fd *Field) take(values []string) []*errs.Error {
	if fd.Kind == Checks {
		return fd.takeMany(values)
	}
	if len(values) > 1 {
		return []*errs.Error{fd.refuse("web.once")}
	}
	raw := strings.Join(values, "")
	fd.Value = strings.ToValidUTF8(raw, "")
	if fd.Kind == Password {
		return fd.check(raw)
	}
	clean, err := zh.Clean(raw)
	if err != nil {
		return []*errs.Error{errs.All(err)[0].At(fd.Name)}
	}
	fd.Value = clean
	if fd.Kind == Line && strings.Contains(clean, "\n") {
		return []*errs.Error{fd.refuse("web.one_line")}
	}
	return fd.check(clean)
}

func (fd *Field) takeMany(values []string) []*errs.Error {
	fd.Values = nil
	for _, v := range values {
		if v == "" {
			continue
		}
		if !fd.offers(v) {
			return []*errs.Error{fd.refuse("web.bad_choice")}
		}
		fd.Values = append(fd.Values, v)
	}
	if fd.Required && len(fd.Values) == 0 {
		return []*errs.Error{fd.refuse("web.required_choice")}
	}
	return nil
}

// check looks at a clean value by the field's kind.
func (fd *Field) check(v string) []*errs.Error {
	switch {
	case v == "" && fd.Required && fd.Kind == Check:
		return []*errs.Error{fd.refuse("web.required_tick")}
	case v == "" && fd.Required && (fd.Kind == Select || fd.Kind == Radio):
		return []*errs.Error{fd.refuse("web.required_choice")}
	case v == "" && fd.Required:
		return []*errs.Error{fd.refuse("web.required")}
	case v == "":
		return nil
	case fd.Max > 0 && utf8.RuneCountInString(v) > fd.Max:
		return []*errs.Error{fd.refuse("web.too_long").With(errs.Args{"Label": fd.Label, "Max": fd.Max, "Now": utf8.RuneCountInString(v)})}
	case (fd.Kind == Select || fd.Kind == Radio) && !fd.offers(v), fd.Kind == Check && v != ticked:
		return []*errs.Error{fd.refuse("web.bad_choice")}
	case fd.Kind == Date && !isDate(v):
		return []*errs.Error{fd.refuse("web.bad_date")}
	case fd.Kind == DateTime && !isDateTime(v):
		return []*errs.Error{fd.refuse("web.bad_datetime")}
	}
	return nil
}

func (fd *Field) offers(v string) bool {
	return slices.ContainsFunc(fd.Options, func(o Option) bool { return o.Value == v })
}

func (fd *Field) refuse(key string) *errs.Error {
	return errs.New(errs.Invalid, key).With(errs.Args{"Label": fd.Label}).At(fd.Name)
}

func isDate(v string) bool {
	_, err := deadline.ParseDate(v)
	return err == nil
}

// isDateTime knows what browsers send, with seconds or without.
func isDateTime(v string) bool {
	day, clock, _ := strings.Cut(v, "T")
	_, short := time.Parse("15:04", clock)
	_, long := time.Parse("15:04:05", clock)
	return isDate(day) && (short == nil || long == nil)
}

// Folded reports whether there are so many boxes that they are only shown on demand.
func (fd *Field) Folded() bool { return fd.Kind == Checks && len(fd.Options) > 12 && !fd.Sifted }

// Shown is the value as a reader sees it who may not change it.
func (fd *Field) Shown() string {
	for _, o := range fd.Options {
		if o.Value == fd.Value {
			return o.Label
		}
	}
	if fd.Kind == Check && fd.Chosen() {
		return fd.T("web.ticked")
	}
	return fd.Value
}

package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/store"
	"lianxin/internal/zh"
)

// Input is what was sent with an action, by field: strings, booleans, lists of strings, or files already cleaned and stored.
type Input map[string]any

// Inputs every entry for somebody else may carry beside those of its action.
const (
	ClaimedAt = "claimed_at" // when it really happened: RFC 3339, 2006-01-02T15:04 or 2006-01-02, Beijing time
	Proof     = "proof"      // scan of the signed paper
)

// Values is checked input: text cleaned, references found, choices known.
type Values map[string]any

// String is a text, choice, date or reference; "" where none was given.
func (v Values) String(name string) string { s, _ := v[name].(string); return s }

// Bool is a box ticked.
func (v Values) Bool(name string) bool { b, _ := v[name].(bool); return b }

// Number is a whole number; 0 where none was given.
func (v Values) Number(name string) int { n, _ := v[name].(int); return n }

// List is a list of references.
func (v Values) List(name string) []string { l, _ := v[name].([]string); return l }

// facts are the values an event may hold: no text, no secret, no file.
func (v Values) facts(action *procedure.Action) map[string]any {
	facts := map[string]any{}
	for _, f := range action.Input {
		value, given := v[f.Name]
		if given && !f.Secret && f.Type != "text" && f.Type != "line" && f.Type != "file" {
			facts[f.Name] = value
		}
	}
	return facts
}

// checker reads an action's input field by field and gathers what is wrong with it.
type checker struct {
	ctx      context.Context
	q        store.Querier
	p        *procedure.Procedure
	congress string
	office   string // that has the case
	on       deadline.Date
	imports  bool // the import or the timetable asks
	wrong    errs.List
}

// check turns input into values, or tells everything that is wrong with it. Unknown fields are refused by name.
func (c *checker) check(action *procedure.Action, proxy bool, in Input) (Values, error) {
	values := Values{}
	known := []string{}
	if proxy {
		known = append(known, ClaimedAt, Proof)
	}
	for _, f := range action.Input {
		if f.ProxyOnly && !proxy {
			continue
		}
		known = append(known, f.Name)
		value, err := c.field(f, in[f.Name])
		switch {
		case err != nil:
			c.wrong = append(c.wrong, errs.All(err)[0].At(f.Name))
		case value == nil && f.Required:
			c.wrong = append(c.wrong, errs.New(errs.Invalid, "casework.required").With(errs.Args{"Label": f.Label}).At(f.Name))
		case value != nil:
			values[f.Name] = value
		}
	}
	for name := range in {
		if !slices.Contains(known, name) {
			c.wrong = append(c.wrong, errs.New(errs.Invalid, "casework.unknown_field").With(errs.Args{"Field": name}).At(name))
		}
	}
	return values, c.wrong.Or()
}

// field reads one value; nil means it was left empty.
func (c *checker) field(f procedure.Field, raw any) (any, error) {
	switch f.Type {
	case "bool":
		return boolean(f, raw)
	case "agencies":
		return c.several(f, raw, c.agency)
	case "deputies":
		return c.several(f, raw, c.deputy)
	case "file":
		if a, ok := raw.(files.Accepted); ok {
			return a, nil
		}
		return nil, c.mustBeEmpty(f, raw)
	}
	s, ok := raw.(string)
	if n, isNumber := raw.(float64); isNumber && f.Type == "number" {
		s, ok = strconv.FormatFloat(n, 'f', -1, 64), true
	}
	if !ok {
		return nil, c.mustBeEmpty(f, raw)
	}
	s, err := zh.Clean(s)
	if err != nil || s == "" {
		return nil, err
	}
	return c.one(f, s)
}

func (c *checker) mustBeEmpty(f procedure.Field, raw any) error {
	if raw == nil || raw == "" {
		return nil
	}
	return errs.New(errs.Invalid, "casework.wrong_type").With(errs.Args{"Label": f.Label})
}

// one reads a value that is written as one string.
func (c *checker) one(f procedure.Field, s string) (any, error) {
	bad := func(key string) error {
		return errs.New(errs.Invalid, key).With(errs.Args{"Label": f.Label, "Max": f.Max})
	}
	switch f.Type {
	case "text", "line":
		if utf8.RuneCountInString(s) > f.Max {
			return nil, bad("casework.too_long")
		}
		if f.Type == "line" && strings.ContainsRune(s, '\n') {
			return nil, bad("casework.one_line")
		}
	case "date":
		if _, err := deadline.ParseDate(s); err != nil {
			return nil, bad("casework.bad_date")
		}
	case "choice":
		if choice, ok := c.p.Choice(f.Choices, s); !ok || choice.Import && !c.imports {
			return nil, bad("casework.bad_choice")
		}
	case "category":
		category, err := registry.GetCategory(c.ctx, c.q, s)
		if err != nil || category.Use != c.use(f) {
			return nil, bad("casework.bad_choice")
		}
	case "agency":
		return c.agency(f, s)
	case "number":
		return c.number(f, s)
	case "office":
		return c.sorter(f, s)
	case "case":
		return c.other(f, s)
	case "deputy":
		return c.deputy(f, s)
	case "session":
		return c.session(f, s)
	case "round":
		return c.round(f, s)
	}
	return s, nil
}

// use is what a category must be for: the kind of case, or what the field says.
func (c *checker) use(f procedure.Field) string {
	if f.Choices != "" {
		return f.Choices
	}
	return c.p.Kind
}

// number reads a whole number from 1 to the field's greatest.
func (c *checker) number(f procedure.Field, s string) (any, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > f.Max {
		return nil, errs.New(errs.Invalid, "casework.bad_number").With(errs.Args{"Label": f.Label, "Max": f.Max})
	}
	return n, nil
}

// sorter finds a receiving office above or below the one that has the case; one that passes everything on is none.
func (c *checker) sorter(f procedure.Field, id string) (any, error) {
	near, err := registry.OfficesAbove(c.ctx, c.q, c.office)
	if f.Choices == procedure.Below {
		near, err = registry.OfficesBelow(c.ctx, c.q, c.office)
	}
	if err != nil {
		return nil, err
	}
	office, err := registry.GetOffice(c.ctx, c.q, id)
	if err != nil || !office.Sorts || !slices.Contains(near, id) {
		return nil, errs.New(errs.Invalid, "casework.bad_office").With(errs.Args{"Label": f.Label})
	}
	return id, nil
}

// other finds another case of the same congress by its number.
func (c *checker) other(f procedure.Field, number string) (any, error) {
	n, err := store.One[int](c.ctx, c.q, "select count(*) from case_file where number = $1 and congress_id = $2", strings.ToUpper(number), c.congress)
	if err == nil && n == 0 {
		err = errs.New(errs.Invalid, "casework.bad_case").With(errs.Args{"Label": f.Label})
	}
	return strings.ToUpper(number), err
}

func boolean(f procedure.Field, raw any) (any, error) {
	switch raw {
	case nil, "", "false", "off", false:
		return nil, nil
	case "on", "true", true:
		return true, nil
	}
	return nil, errs.New(errs.Invalid, "casework.wrong_type").With(errs.Args{"Label": f.Label})
}

func (c *checker) agency(f procedure.Field, id string) (any, error) {
	a, err := registry.GetAgency(c.ctx, c.q, id)
	if err != nil || a.Congress != c.congress || f.Choices != "" && a.System != f.Choices {
		return nil, errs.New(errs.Invalid, "casework.bad_agency").With(errs.Args{"Label": f.Label})
	}
	return id, nil
}

// deputy finds a person who holds a mandate at the congress.
func (c *checker) deputy(f procedure.Field, id string) (any, error) {
	ok, err := registry.HoldsMandate(c.ctx, c.q, id, c.congress, c.on)
	if err == nil && !ok {
		err = errs.New(errs.Invalid, "casework.bad_deputy").With(errs.Args{"Label": f.Label})
	}
	return id, err
}

func (c *checker) session(f procedure.Field, id string) (any, error) {
	s, err := registry.GetSession(c.ctx, c.q, id)
	if err != nil || s.Congress != c.congress {
		return nil, errs.New(errs.Invalid, "casework.bad_choice").With(errs.Args{"Label": f.Label})
	}
	return id, nil
}

func (c *checker) round(f procedure.Field, id string) (any, error) {
	r, err := registry.GetRound(c.ctx, c.q, id)
	if err != nil || r.Congress != c.congress {
		return nil, errs.New(errs.Invalid, "casework.bad_choice").With(errs.Args{"Label": f.Label})
	}
	return id, nil
}

// several reads a list of references.
func (c *checker) several(f procedure.Field, raw any, one func(procedure.Field, string) (any, error)) (any, error) {
	var ids []string
	switch v := raw.(type) {
	case nil:
		return nil, nil
	case string:
		ids = strings.FieldsFunc(v, func(r rune) bool { return r == ',' })
	case []string:
		ids = v
	case []any:
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, errs.New(errs.Invalid, "casework.wrong_type").With(errs.Args{"Label": f.Label})
			}
			ids = append(ids, s)
		}
	default:
		return nil, errs.New(errs.Invalid, "casework.wrong_type").With(errs.Args{"Label": f.Label})
	}
	ids = slices.DeleteFunc(ids, func(s string) bool { return s == "" })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, id := range ids {
		if _, err := one(f, id); err != nil {
			return nil, err
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return ids, nil
}

// ParseClaimed reads the time an entry claims. It must not lie after now, nor on a day that is no civil date of ours.
func ParseClaimed(s string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		t, err := time.ParseInLocation(layout, strings.TrimSpace(s), deadline.Zone)
		if err != nil {
			continue
		}
		if t.After(now) {
			return t, errs.New(errs.Invalid, "casework.future").At(ClaimedAt)
		}
		if _, err := deadline.ParseDate(string(deadline.DateOf(t))); err != nil {
			break
		}
		return t, nil
	}
	return time.Time{}, errs.New(errs.Invalid, "casework.bad_time").At(ClaimedAt)
}

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"

	"lianxin/internal/errs"
)

// decode reads a JSON object strictly: unknown fields and wrong types are refused by name.
func decode[T any](body []byte) (T, error) {
	var v T
	if !utf8.Valid(body) {
		return v, errs.New(errs.Invalid, "zh.invalid_utf8")
	}
	var wrong *json.UnmarshalTypeError
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(&v)
	switch {
	case errors.As(err, &wrong):
		return v, errs.New(errs.Invalid, "api.wrong_type").With(errs.Args{"Field": wrong.Field, "Type": kindName(wrong.Type)}).At(wrong.Field)
	case err != nil && strings.HasPrefix(err.Error(), "json: unknown field "):
		name := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
		return v, errs.New(errs.Invalid, "errs.unknown_field").With(errs.Args{"Field": name}).At(name)
	case err != nil:
		return v, errs.New(errs.Invalid, "errs.bad_request").Because(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return v, errs.New(errs.Invalid, "errs.bad_request")
	}
	if name, found := twice(body); found {
		return v, errs.New(errs.Invalid, "api.twice").With(errs.Args{"Field": name}).At(name)
	}
	return v, nil
}

// twice finds a name that stands twice in one object: readers differ on which of the two counts. The body has been decoded before.
func twice(body []byte) (string, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	type level struct {
		names map[string]bool // nil in arrays
		value bool            // a name was read, its value comes next
	}
	var levels []level
	for {
		token, err := d.Token()
		if err != nil {
			return "", false
		}
		var now *level
		if len(levels) > 0 {
			now = &levels[len(levels)-1]
		}
		name, isText := token.(string)
		switch {
		case token == json.Delim('}') || token == json.Delim(']'):
			levels = levels[:len(levels)-1]
			continue
		case isText && now != nil && now.names != nil && !now.value:
			if now.value = true; now.names[strings.ToLower(name)] {
				return name, true
			}
			now.names[strings.ToLower(name)] = true
			continue
		case now != nil:
			now.value = false
		}
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{names: map[string]bool{}})
		case json.Delim('['):
			levels = append(levels, level{})
		}
	}
}

func kindName(t reflect.Type) string {
	if t == nil {
		return "object"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Slice:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Int, reflect.Int64:
		return "number"
	}
	return "string"
}

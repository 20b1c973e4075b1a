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
	if name, twice := repeated(body); twice {
		return v, errs.New(errs.Invalid, "api.field_twice").With(errs.Args{"Field": name}).At(name)
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
	return v, nil
}

// repeated finds a field that the outermost object names twice: which of the two would count is nobody's business to guess.
func repeated(body []byte) (string, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return "", false
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return "", false
		}
		if seen[name] {
			return name, true
		}
		seen[name] = true
		var skipped json.RawMessage
		if d.Decode(&skipped) != nil {
			return "", false
		}
	}
	return "", false
}

// maxKey is the longest Idempotency-Key, in characters (our default).
const maxKey = 200

// checkKey refuses a key that is too long or not plain.
func checkKey(key string) error {
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errs.New(errs.Invalid, "api.bad_key").With(errs.Args{"Max": maxKey}).At("Idempotency-Key")
	}
	return nil
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

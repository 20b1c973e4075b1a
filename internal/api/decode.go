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
	return v, nil
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

package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/errs"
)

// Names a form carries beside its fields.
const (
	keyName     = "_key"
	versionName = "_version"
)

// inMemory is how much of an upload is held in memory; the rest waits in temporary files that the server removes with the request.
const inMemory = 4 << 20

// Read takes in what was sent: it keeps every answer in its field and returns everything wrong with them.
// Fields the form does not have are refused by name, but for filters: messengers add parameters of their own to links.
func (f *Form) Read(r *http.Request) error {
	if f.Get {
		return f.readQuery(r)
	}
	if err := parse(r); err != nil {
		return err
	}
	wrong := f.readHead(r.PostForm)
	for name, values := range r.PostForm {
		if name != keyName && name != versionName && !f.asks(name, values) {
			wrong = append(wrong, unknownField(name))
		}
	}
	for _, fd := range f.Fields {
		if fd.Kind == File {
			wrong = append(wrong, fd.takeFiles(r)...)
		} else {
			wrong = append(wrong, fd.take(r.PostForm[fd.Name])...)
		}
	}
	if r.MultipartForm != nil {
		for name := range r.MultipartForm.File {
			if fd := f.Field(name); fd == nil || fd.Kind != File {
				wrong = append(wrong, unknownField(name))
			}
		}
	}
	return wrong.Or()
}

// asks reports whether the form has the field. A file field left empty arrives as an empty text.
func (f *Form) asks(name string, values []string) bool {
	fd := f.Field(name)
	return fd != nil && (fd.Kind != File || strings.Join(values, "") == "")
}

func (f *Form) readQuery(r *http.Request) error {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return errBadRequest(err)
	}
	var wrong errs.List
	for _, fd := range f.Fields {
		wrong = append(wrong, fd.take(q[fd.Name])...)
	}
	return wrong.Or()
}

// readHead takes the idempotency key and the version.
func (f *Form) readHead(sent url.Values) errs.List {
	if key := sent.Get(keyName); key != "" {
		if len(key) > 200 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return errs.List{unknownField(keyName)}
		}
		f.Key = key
	}
	if v := sent.Get(versionName); v != "" {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return errs.List{unknownField(versionName)}
		}
		f.Version = n
	}
	return nil
}

func unknownField(name string) *errs.Error {
	if len(name) > 100 {
		name = name[:100]
	}
	return errs.New(errs.Invalid, "errs.unknown_field").With(errs.Args{"Field": strings.ToValidUTF8(name, "")})
}

// parse reads the body as a form, of either encoding.
func parse(r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return errBadRequest(err)
	case kind == "multipart/form-data":
		return parseError(r.ParseMultipartForm(inMemory))
	case kind == "application/x-www-form-urlencoded":
		return parseError(r.ParseForm())
	}
	return errBadRequest(errors.New("content type is no form's"))
}

// parseError tells a body that is too large from one that cannot be read.
func parseError(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &tooLarge):
		return errTooLarge(tooLarge.Limit)
	}
	return errBadRequest(err)
}

func (fd *Field) takeFiles(r *http.Request) []*errs.Error {
	if r.MultipartForm != nil {
		fd.Files = slices.DeleteFunc(slices.Clone(r.MultipartForm.File[fd.Name]), func(u Upload) bool { return u.Size == 0 && u.Filename == "" })
	}
	switch {
	case fd.Required && len(fd.Files) == 0:
		return []*errs.Error{fd.refuse("web.required_file")}
	case len(fd.Files) > max(fd.Max, 1):
		return []*errs.Error{fd.refuse("web.too_many_files").With(errs.Args{"Label": fd.Label, "Max": max(fd.Max, 1)})}
	}
	return nil
}

package files

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"regexp"

	"lianxin/internal/errs"
)

// active names what a PDF must not hold: it could run programs, send what is in it, carry other files, or be unreadable to those who must check it.
var active = regexp.MustCompile(`/(JavaScript|JS|Launch|SubmitForm|ImportData|EmbeddedFile|EmbeddedFiles|RichMedia|XFA|Encrypt)[\x00\s/<>(){}\[\]%]`)

// escaped is one sign of a name written by its number (ISO 32000-1, 7.3.5).
var escaped = regexp.MustCompile(`#[0-9A-Fa-f]{2}`)

func cleanPDF(body []byte) (Cleaned, error) {
	if !bytes.Contains(body[max(0, len(body)-2048):], []byte("%%EOF")) {
		return Cleaned{}, errs.New(errs.Invalid, "files.broken_pdf")
	}
	if runs(body) || packed(body) {
		return Cleaned{}, errs.New(errs.Invalid, "files.active_pdf")
	}
	return Cleaned{MediaType: "application/pdf", Body: body}, nil
}

// runs reports whether a stretch of a PDF names something active, in whatever way the name is written.
func runs(b []byte) bool {
	return active.Match(b) || bytes.IndexByte(b, '#') >= 0 && active.Match(escaped.ReplaceAllFunc(b, func(sign []byte) []byte {
		plain := make([]byte, 1)
		_, _ = hex.Decode(plain, sign[1:]) // two figures, by the pattern
		return plain
	}))
}

// Limits on what is unpacked of one PDF (our default).
const (
	maxPacked  = 64 << 20 // bytes of object streams in all
	maxStreams = 20_000
)

// packed looks into the object streams, where dictionaries stand deflated (ISO 32000-1, 7.5.7); more than anybody could check counts as active.
func packed(body []byte) bool {
	left := int64(maxPacked)
	for n := 0; ; n++ {
		i := bytes.Index(body, []byte("stream"))
		if i < 0 {
			return false
		}
		body = body[i+len("stream"):]
		if runs(inflate(bytes.TrimLeft(body, "\r\n "), &left)) || left <= 0 || n > maxStreams {
			return true
		}
	}
}

// numbers is how the table of an object stream begins.
var numbers = regexp.MustCompile(`^[\x00\s]*[0-9]+[\x00\s]+[0-9]+`)

// inflate unpacks an object stream, as far as it can be read; what begins otherwise than with its table of numbers is none.
func inflate(b []byte, left *int64) []byte {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	defer z.Close() // reads only
	head := make([]byte, 64)
	n, _ := io.ReadFull(z, head) // a broken stream is read as far as it goes
	if !numbers.Match(head[:n]) {
		return nil
	}
	rest, _ := io.ReadAll(io.LimitReader(z, *left))
	*left -= int64(len(rest))
	return append(head[:n], rest...)
}

package files

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"lianxin/internal/errs"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

func picture(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 0, 255})
		}
	}
	return img
}

// photograph is a JPEG with an EXIF block that holds an orientation and a secret.
func photograph(t testing.TB, orientation uint16, secret string) []byte {
	t.Helper()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, picture(40, 20), nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00")
	exif = binary.LittleEndian.AppendUint16(exif, orientation)
	exif = append(exif, 0, 0, 0, 0, 0, 0)
	exif = append(exif, secret...)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return append(append(out, exif...), plain.Bytes()[2:]...)
}

func TestPicturesComeOutCleanAndUpright(t *testing.T) {
	const secret = "GPS 39.67N 106.79E 甲某某"
	for orientation, wide := range map[uint16]bool{1: true, 3: true, 6: false, 8: false, 99: true} {
		c, err := Clean(bytes.NewReader(photograph(t, orientation, secret)))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(c.Body, []byte(secret)) || bytes.Contains(c.Body, []byte("Exif")) {
			t.Errorf("orientation %d: the secret is still there", orientation)
		}
		if got := c.Width > c.Height; got != wide {
			t.Errorf("orientation %d: %d×%d", orientation, c.Width, c.Height)
		}
	}
}

func TestTurningPutsTheRightCornerFirst(t *testing.T) {
	img := picture(4, 2) // red grows to the right, green downwards
	for orientation, want := range map[int]image.Point{1: {0, 0}, 2: {3, 0}, 3: {3, 1}, 4: {0, 1}, 5: {0, 0}, 6: {0, 1}, 7: {3, 1}, 8: {3, 0}} {
		if got := upright(img, orientation).At(0, 0); got != img.At(want.X, want.Y) {
			t.Errorf("orientation %d: top left is %v", orientation, got)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	var bomb bytes.Buffer
	if err := png.Encode(&bomb, image.NewPaletted(image.Rect(0, 0, 12_001, 10), color.Palette{color.Black})); err != nil {
		t.Fatal(err)
	}
	var half bytes.Buffer
	if err := png.Encode(&half, picture(100, 100)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body []byte
		kind errs.Kind
		key  string
	}{
		"empty":             {nil, errs.Invalid, "files.empty"},
		"text":              {[]byte("hello, not a picture"), errs.Unsupported, "files.unsupported"},
		"program":           {[]byte("MZ\x90\x00\x03\x00\x00\x00\x04"), errs.Unsupported, "files.unsupported"},
		"svg":               {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), errs.Unsupported, "files.unsupported"},
		"heic":              {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), errs.Unsupported, "files.heic"},
		"half a picture":    {half.Bytes()[:half.Len()/2], errs.Invalid, "files.broken"},
		"too many pixels":   {bomb.Bytes(), errs.TooLarge, "files.too_many_pixels"},
		"too large":         {bytes.Repeat([]byte("x"), MaxBytes+1), errs.TooLarge, "files.too_large"},
		"pdf with a script": {[]byte("%PDF-1.4\n<< /JS (app.alert(1)) >>\n%%EOF"), errs.Invalid, "files.active_pdf"},
		"half a pdf":        {[]byte("%PDF-1.4\n<< /Type /Catalog >>"), errs.Invalid, "files.broken_pdf"},
	} {
		_, err := Clean(bytes.NewReader(c.body))
		var e *errs.Error
		if !errors.As(err, &e) || e.Kind != c.kind || e.Key != c.key {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestFolderKeepsWhatItAccepted(t *testing.T) {
	db := storetest.SQLite(t, Schema())
	f, err := OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const pdf = "%PDF-1.4\n<< /Type /Catalog >>\n%%EOF"
	kept, err := f.Accept(strings.NewReader(pdf))
	if err != nil {
		t.Fatal(err)
	}
	lost, err := f.Accept(bytes.NewReader(photograph(t, 1, "")))
	if err != nil {
		t.Fatal(err)
	}
	row := Attachment{CongressID: "c", ID: "1", OwnerID: "o", Purpose: PurposeSubmitted, SHA256: kept.SHA256, MediaType: kept.MediaType}
	if err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return Record(ctx, tx, row) }); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Sweep(t.Context(), db.Reader(), time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("swept %d fresh files, %v", n, err)
	}
	if n, err := f.Sweep(t.Context(), db.Reader(), time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	file, err := f.Open(row)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, err := io.ReadAll(file); string(got) != pdf || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := f.Open(Attachment{SHA256: lost.SHA256}); !errs.Is(err, errs.NotFound) {
		t.Errorf("swept content: %v", err)
	}
	if _, err := f.Open(Attachment{SHA256: "../../etc/passwd"}); err == nil {
		t.Error("left the folder")
	}
}

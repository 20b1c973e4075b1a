package files

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/gif"
	"image/png"
	"testing"

	"lianxin/internal/errs"
)

// boastful is a PNG that claims to be of some size and holds next to nothing.
func boastful(w, h uint32) []byte {
	head := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
	head = append(head, 8, 2, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

// packedPDF holds objects in a deflated stream.
func packedPDF(t testing.TB, objects string) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\r\n")
	z := zlib.NewWriter(&b)
	if _, err := z.Write([]byte(objects)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	b.WriteString("\nendstream\nendobj\n%%EOF")
	return b.Bytes()
}

func TestAProgramInAPDFIsFoundHoweverItIsWritten(t *testing.T) {
	for name, body := range map[string][]byte{
		"plain":          []byte("%PDF-1.4\n<< /S /JavaScript /JS (app.alert(1)) >>\n%%EOF"),
		"signs escaped":  []byte("%PDF-1.4\n<< /S /J#61vaScrip#74 /#4a#53 (app.alert(1)) >>\n%%EOF"),
		"a comment":      []byte("%PDF-1.4\n<< /S/JavaScript%x\n/JS%x\n(app.alert(1)) >>\n%%EOF"),
		"a NUL":          []byte("%PDF-1.4\n<< /JS\x00(app.alert(1)) >>\n%%EOF"),
		"packed":         packedPDF(t, "2 0 << /S /JavaScript /JS (app.alert(1)) >>"),
		"packed, signs":  packedPDF(t, "2 0 << /S /Java#53cript >>"),
		"packed endless": packedPDF(t, "2 0 "+string(bytes.Repeat([]byte{' '}, maxPacked+100))),
		"sends":          []byte("%PDF-1.4\n<< /S /SubmitForm /F (http://example.invalid) >>\n%%EOF"),
	} {
		if _, err := Clean(bytes.NewReader(body)); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, body := range map[string][]byte{"packed": packedPDF(t, "2 0 << /Type /Page >>"), "words": []byte("%PDF-1.4\n(JavaScript and #4a) /JSON /Launcher \n%%EOF")} {
		if _, err := Clean(bytes.NewReader(body)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzClean holds that what is kept is of a known type, within its sizes, clean of what stood beside the picture, and kept again as it is.
func FuzzClean(f *testing.F) {
	var gifs, pngs bytes.Buffer
	if err := gif.Encode(&gifs, picture(4, 4), nil); err != nil {
		f.Fatal(err)
	}
	if err := png.Encode(&pngs, picture(4, 4)); err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{photograph(f, 6, "x"), photograph(f, 99, "Exif"), []byte("%PDF-1.4\n%%EOF"), packedPDF(f, "2 0 << /Type /Page >>"), packedPDF(f, "2 0 << /JS () >>"), gifs.Bytes(), pngs.Bytes(), boastful(1<<31-1, 1<<31-1),
		boastful(12_000, 4_000), []byte("RIFF\x10\x00\x00\x00WEBPVP8L"), []byte("\x00\x00\x00\x18ftypheic"), []byte("<svg/>"), append(pngs.Bytes(), "trailing secret"...)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := Clean(bytes.NewReader(body))
		if err != nil {
			if errs.Is(err, errs.Internal) {
				t.Fatalf("%v is no fault of the file", err)
			}
			return
		}
		if c.MediaType == "application/pdf" {
			if runs(c.Body) || packed(c.Body) || !bytes.Equal(c.Body, body) {
				t.Fatal("an active PDF was taken, or a PDF was changed")
			}
			return
		}
		cfg, format, err := image.DecodeConfig(bytes.NewReader(c.Body))
		if err != nil || "image/"+format != c.MediaType || cfg.Width != c.Width || cfg.Height != c.Height || max(cfg.Width, cfg.Height) > storedSide {
			t.Fatalf("a cleaned picture is %s %+v, told as %s %d×%d: %v", format, cfg, c.MediaType, c.Width, c.Height, err)
		}
		if bytes.Contains(c.Body, []byte("Exif\x00\x00")) {
			t.Fatal("the picture has an EXIF block still")
		}
		if again, err := Clean(bytes.NewReader(c.Body)); err != nil || again.Width != c.Width || again.Height != c.Height {
			t.Fatalf("cleaned again: %d×%d, %v", again.Width, again.Height, err)
		}
	})
}

// TestOfAPictureThatBoastsNothingIsDrawn refuses by the size told, before memory is taken for it.
func TestOfAPictureThatBoastsNothingIsDrawn(t *testing.T) {
	for _, size := range [][2]uint32{{1<<31 - 1, 1<<31 - 1}, {12_001, 1}, {1, 12_001}, {10_000, 10_000}} {
		if _, err := Clean(bytes.NewReader(boastful(size[0], size[1]))); !errs.Is(err, errs.TooLarge) && !errs.Is(err, errs.Invalid) {
			t.Errorf("%v: %v", size, err)
		}
	}
}

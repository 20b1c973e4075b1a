package files

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // decoders, found by content
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"lianxin/internal/errs"
)

// Limits on what is taken (our default).
const (
	MaxBytes   = 10 << 20   // of one file as it comes in
	maxPixels  = 50_000_000 // more is taken for a bomb
	maxSide    = 12_000
	storedSide = 3_000 // pictures are made no larger than this
)

// Cleaned is a file fit to be stored: of a known type, pictures drawn anew so that nothing but the picture is left.
type Cleaned struct {
	MediaType     string
	Body          []byte
	Width, Height int // of pictures, after turning them upright
}

// Clean reads a file and takes it by what it is, never by its name: JPEG, PNG, GIF and WebP pictures, and PDF.
// Errors: errs.TooLarge, errs.Unsupported (HEIC is named), errs.Invalid (a broken picture, a document that runs programs).
func Clean(r io.Reader) (Cleaned, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Cleaned{}, fmt.Errorf("files: read: %w", err)
	}
	switch {
	case len(body) > MaxBytes:
		return Cleaned{}, errs.New(errs.TooLarge, "files.too_large").With(errs.Args{"Max": MaxBytes >> 20})
	case len(body) == 0:
		return Cleaned{}, errs.New(errs.Invalid, "files.empty")
	case isHEIC(body):
		return Cleaned{}, errs.New(errs.Unsupported, "files.heic")
	case bytes.HasPrefix(body, []byte("%PDF-")):
		return cleanPDF(body)
	}
	return cleanPicture(body)
}

// isHEIC knows the picture format of newer telephones by its brand (ISO/IEC 23008-12).
func isHEIC(b []byte) bool {
	if len(b) < 12 || string(b[4:8]) != "ftyp" {
		return false
	}
	switch string(b[8:12]) {
	case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1", "avif":
		return true
	}
	return false
}

// cleanPicture draws a picture anew: EXIF, GPS and whatever else was hidden in the file are gone; its orientation is honoured first.
func cleanPicture(body []byte) (Cleaned, error) {
	cfg, format, err := image.DecodeConfig(bytes.NewReader(body))
	if errors.Is(err, image.ErrFormat) {
		return Cleaned{}, errs.New(errs.Unsupported, "files.unsupported")
	}
	if err != nil {
		return Cleaned{}, errs.New(errs.Invalid, "files.broken").Because(err)
	}
	if cfg.Width > maxSide || cfg.Height > maxSide || cfg.Width*cfg.Height > maxPixels || cfg.Width < 1 || cfg.Height < 1 {
		return Cleaned{}, errs.New(errs.TooLarge, "files.too_many_pixels")
	}
	img, _, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		return Cleaned{}, errs.New(errs.Invalid, "files.broken").Because(err)
	}
	if format == "jpeg" {
		img = upright(img, orientation(body))
	}
	return encode(shrink(img), format)
}

// shrink makes a picture fit the stored size.
func shrink(img image.Image) image.Image {
	b := img.Bounds()
	side := max(b.Dx(), b.Dy())
	if side <= storedSide {
		return img
	}
	small := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()*storedSide/side), max(1, b.Dy()*storedSide/side)))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, b, draw.Src, nil)
	return small
}

// encode writes photographs as JPEG and everything else as PNG.
func encode(img image.Image, format string) (Cleaned, error) {
	var out bytes.Buffer
	c := Cleaned{Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
	var err error
	if format == "jpeg" || format == "webp" {
		c.MediaType = "image/jpeg"
		err = jpeg.Encode(&out, img, &jpeg.Options{Quality: 85})
	} else {
		c.MediaType = "image/png"
		err = png.Encode(&out, img)
	}
	if err != nil {
		return Cleaned{}, fmt.Errorf("files: encode: %w", err)
	}
	c.Body = out.Bytes()
	return c, nil
}

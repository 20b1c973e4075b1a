// Package render makes pictures and papers out of data: QR codes as SVG; official letters, lists, ledgers and forms as Word, as pages to print and as PDF.
// It never decides what they say: every word comes from its callers.
package render

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"

	"rsc.io/qr"
)

// QR draws a text as an SVG of the given title, four modules of margin round it (ISO/IEC 18004), scaling with its box.
func QR(text, title string) (string, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("render: qr: %w", err)
	}
	const margin = 4
	size := code.Size + 2*margin
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+margin, y+margin)
			}
		}
	}
	t := html.EscapeString(title)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges"><title>%s</title><rect width="%d" height="%d" fill="#fff"/><path d="%s" fill="#000"/></svg>`,
		size, size, t, t, size, size, path.String()), nil
}

// DataURI makes an SVG usable as the source of an image.
func DataURI(svg string) string {
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg))
}

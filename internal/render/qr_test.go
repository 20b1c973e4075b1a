package render

import (
	"encoding/xml"
	"strings"
	"testing"
)

func TestQRIsWellFormedAndEscapesItsTitle(t *testing.T) {
	svg, err := QR("https://example.org/track#WH-O-2026-000001", `a "title" <b>`)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
		t.Error(err)
	}
	if strings.Contains(svg, "<b>") {
		t.Error("the title is markup")
	}
	if other, _ := QR("https://example.org/other", ""); other == svg || !strings.Contains(svg, "h1v1h-1z") {
		t.Error("the picture does not depend on the text")
	}
	if _, err := QR(strings.Repeat("x", 10_000), ""); err == nil {
		t.Error("a text too long was drawn")
	}
}

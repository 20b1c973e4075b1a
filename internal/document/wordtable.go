package document

import (
	"encoding/xml"
	"strconv"
)

// row reads what can stand in a table; a row deleted under revision is not there any more.
func (r *reader) row(t *Table) visitor {
	var visit visitor
	visit = func(e xml.StartElement) error {
		switch name(e, word) {
		case "tr":
			row, deleted := Row{}, false
			err := r.each(r.cell(&row, &deleted))
			if !deleted {
				t.Rows = append(t.Rows, row)
			}
			return err
		case "sdt":
			return r.control(visit)
		case "customXml", "ins", "moveTo":
			return r.each(visit)
		}
		return r.skip()
	}
	return visit
}

func (r *reader) cell(row *Row, deleted *bool) visitor {
	var visit visitor
	visit = func(e xml.StartElement) error {
		switch name(e, word) {
		case "trPr":
			return r.each(func(e xml.StartElement) error {
				*deleted = *deleted || name(e, word) == "del"
				return r.skip()
			})
		case "tc":
			if err := r.another(); err != nil || len(*row) >= maxColumns {
				return tooLarge
			}
			c := Cell{Span: 1}
			block := r.block(&c.Blocks)
			err := r.each(func(e xml.StartElement) error {
				if name(e, word) == "tcPr" {
					return r.each(r.cellProperty(&c))
				}
				return block(e)
			})
			*row = append(*row, c)
			return err
		case "sdt":
			return r.control(visit)
		case "customXml":
			return r.each(visit)
		}
		return r.skip()
	}
	return visit
}

func (r *reader) cellProperty(c *Cell) visitor {
	return func(e xml.StartElement) error {
		switch name(e, word) {
		case "gridSpan":
			if n, err := strconv.Atoi(attr(e, "val")); err == nil {
				c.Span = min(max(n, 1), 100)
			}
		case "vMerge":
			c.Continues = attr(e, "val") != "restart"
		}
		return r.skip()
	}
}

package figure

import (
	"encoding/csv"
	"io"
	"strconv"
)

// Header is the columns of values as CSV.
func Header() []string {
	return []string{"id", "value", "numerator", "denominator", "unit", "as_of"}
}

// Row is a value under Header; word words a catalogue key, for the unit. What there is none of is empty.
func (v Value) Row(word func(key string) string) []string {
	return []string{v.ID, v.Value, number(v.Numerator), number(v.Denominator), word(v.Unit.Key()), string(v.AsOf)}
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// WriteCSV writes values under Header in UTF-8.
func WriteCSV(w io.Writer, values []Value, word func(key string) string) error {
	out := csv.NewWriter(w)
	rows := [][]string{Header()}
	for _, v := range values {
		rows = append(rows, v.Row(word))
	}
	return out.WriteAll(rows)
}

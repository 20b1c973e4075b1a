package suggestion

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed headings.json
var headingsFile []byte

// headings are the columns each field of an import is looked for under, and what cells say for none and for yes; yesCell is how the registry's sheets write a box that is ticked.
var headings, yesCell = mustHeadings()

func mustHeadings() (map[string][]string, string) {
	var all map[string][]string
	if err := json.Unmarshal(headingsFile, &all); err != nil {
		panic(fmt.Sprintf("suggestion: headings.json: %v", err)) // embedded: wrong in every run or in none
	}
	return all, all["yes"][0]
}

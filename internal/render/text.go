package render

import "strings"

// longestHeading is how many characters a heading that is run into its paragraph may have; a longer first sentence is taken for text (our default).
const longestHeading = 40

// Paragraphs cuts a text as typed into paragraphs, one a line, and sees which are headings by how the standard numbers them (7.3.3: 一、 in 黑体, （一） in 楷体, the rest as the text).
// A heading with more behind its first sentence is a lead.
func Paragraphs(text string) []Block {
	var blocks []Block
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			blocks = append(blocks, paragraphOf(line))
		}
	}
	return blocks
}

func paragraphOf(line string) Paragraph {
	level := headingLevel(line)
	if level == 0 {
		return Paragraph{Text: line}
	}
	first, rest, cut := strings.Cut(line, standard.sentenceEnd)
	switch {
	case ems(first) > longestHeading:
		return Paragraph{Text: line}
	case cut && rest != "":
		return Paragraph{Text: line, Lead: len(first) + len(standard.sentenceEnd)}
	}
	return Paragraph{Style: [...]Style{Heading, Heading2}[level-1], Text: line, Keep: true}
}

// headingLevel is 1 or 2 for a line that begins as a heading of that level, else 0.
func headingLevel(line string) int {
	for i, begins := range standard.headings {
		if begins.MatchString(line) {
			return i + 1
		}
	}
	return 0
}

package document

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"

	"lianxin/internal/zh"
)

//go:embed forms
var forms embed.FS

// Labels says by which labels a kind of paper form names its fields. Its zero value is of no use.
type Labels struct {
	fields   map[string]labelled
	byLabel  map[string]string
	headed   map[string]bool // labels whose words stay in the text as a heading
	names    map[string]bool
	nameOf   string
	headings []*regexp.Regexp
	title    *regexp.Regexp
	date     *regexp.Regexp
	inLine   *regexp.Regexp // a known label at the beginning of a line or after a blank, and its colon
}

// labelled is a field in a file of labels.
type labelled struct {
	Labels  []string `yaml:"labels"`
	Headed  []string `yaml:"headed"`
	Section bool     `yaml:"section"` // other labels can stand under it
	Head    bool     `yaml:"head"`    // it stands before the text only
	List    bool     `yaml:"list"`
	Text    bool     `yaml:"text"`
	Choice  bool     `yaml:"choice"`
}

// SuggestionLabels are those of a suggestion's paper form 代表建议.
func SuggestionLabels() (*Labels, error) {
	b, err := forms.ReadFile("forms/suggestion.yaml")
	if err != nil {
		return nil, err
	}
	return ParseLabels(b)
}

// ParseLabels reads a file of labels; forms/suggestion.yaml shows what stands in one. A label of two fields is an error.
func ParseLabels(file []byte) (*Labels, error) {
	var f struct {
		Fields map[string]labelled `yaml:"fields"`
		Names  struct {
			Labels []string `yaml:"labels"`
			Field  string   `yaml:"field"`
		} `yaml:"names"`
		Headings []string `yaml:"headings"`
		Title    string   `yaml:"title"`
		Date     string   `yaml:"date"`
	}
	if err := yaml.UnmarshalWithOptions(file, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("document: labels: %w", err)
	}
	l := &Labels{fields: f.Fields, byLabel: map[string]string{}, headed: map[string]bool{}, names: map[string]bool{}, nameOf: f.Names.Field}
	for field, of := range f.Fields {
		for _, label := range append(slices.Clone(of.Labels), of.Headed...) {
			if err := l.add(label, field); err != nil {
				return nil, err
			}
		}
		for _, label := range of.Headed {
			l.headed[normal(label)] = true
		}
	}
	for _, label := range f.Names.Labels {
		if err := l.add(label, f.Names.Field); err != nil {
			return nil, err
		}
		l.names[normal(label)] = true
	}
	return l, l.compile(f.Headings, f.Title, f.Date)
}

func (l *Labels) add(label, field string) error {
	key := normal(label)
	if _, twice := l.byLabel[key]; twice || key == "" {
		return fmt.Errorf("document: label %q of %s is empty or stands twice", label, field)
	}
	if _, ok := l.fields[field]; !ok {
		return fmt.Errorf("document: label %q is of no field %q", label, field)
	}
	l.byLabel[key] = field
	return nil
}

func (l *Labels) compile(headings []string, title, date string) (err error) {
	all := make([]*regexp.Regexp, len(headings))
	for i, h := range headings {
		if all[i], err = regexp.Compile(h); err != nil {
			return err
		}
	}
	l.headings = all
	if l.title, err = regexp.Compile(title); err != nil {
		return err
	}
	if l.date, err = regexp.Compile(date); err != nil {
		return err
	}
	var labels []string
	for label := range l.byLabel {
		if !l.headed[label] {
			labels = append(labels, spaced(label))
		}
	}
	slices.SortFunc(labels, func(a, b string) int { return len(b) - len(a) }) // the longest first
	l.inLine, err = regexp.Compile(`(?:^|[\s\p{Zs};；])((?:` + strings.Join(labels, "|") + `)(?:[(（][^()（）]{0,40}[)）])?)[\s\p{Zs}]*[:：]`)
	return err
}

// spaced matches a label with blanks between its characters, as they are set to a common width.
func spaced(label string) string {
	var b strings.Builder
	for i, r := range label {
		if i > 0 {
			b.WriteString(`[ \t\p{Zs}]*`)
		}
		b.WriteString(regexp.QuoteMeta(string(r)))
	}
	return b.String()
}

var bracketed = regexp.MustCompile(`[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]`)

// normal is a label as labels are compared: no blanks, brackets' contents, punctuation or leading number.
func normal(label string) string {
	s := bracketed.ReplaceAllString(zh.Normal(label), "")
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// field is the field that a text is the label of; empty where it is none.
func (l *Labels) field(text string) string {
	if len(text) > maxHead {
		return ""
	}
	return l.byLabel[normal(text)]
}

// maxHead is how many bytes a text may have to be a label or head a form.
const maxHead = 200

// within finds the labels in a line that begins with one, as the indices of the label with its colon and of the label; further ones near its beginning only.
func (l *Labels) within(line string) [][]int {
	line = line[:min(len(line), 4*maxHead)]
	if !strings.ContainsAny(line, ":：") {
		return nil
	}
	found := l.inLine.FindAllStringSubmatchIndex(line, -1)
	if len(found) == 0 || strings.TrimSpace(line[:found[0][2]]) != "" {
		return nil
	}
	return found
}

// dated tells a line that is a date.
func (l *Labels) dated(line string) bool {
	return len(line) <= maxHead && l.date.MatchString(strings.Join(strings.Fields(line), ""))
}

// heading tells the lines that head a form.
func (l *Labels) heading(line string) bool {
	if len(line) > maxHead {
		return false
	}
	line = strings.Join(strings.Fields(zh.Normal(line)), "")
	return slices.ContainsFunc(l.headings, func(h *regexp.Regexp) bool { return h.MatchString(line) })
}

// names splits a list of names: by signs where there are any, else by blanks. Names of two characters are often set apart to a common width.
func splitNames(s string) []string {
	signs := func(r rune) bool { return strings.ContainsRune("、,，;；/|\n\r\t", r) }
	var all []string
	for _, part := range strings.FieldsFunc(s, signs) {
		all = append(all, spacedNames(part)...)
	}
	return all
}

func spacedNames(part string) []string {
	var all []string
	single := false
	for _, word := range strings.Fields(part) {
		one := len([]rune(word)) == 1
		if one && single {
			all[len(all)-1] += word
			single = false
			continue
		}
		all, single = append(all, word), one
	}
	return all
}

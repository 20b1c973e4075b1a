package search

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"lianxin/internal/store"
	"lianxin/internal/zh"
)

// Hit is a document like a text. Score lies between 0 and 1, where 1 holds all of the text's telling words and few others; scores of different texts do not compare well.
type Hit struct {
	ID    string
	Score float64
}

// Limits on the work of one comparison (our default, by measurement: longer texts find no better).
const (
	maxFeatures   = 64  // words of the text that are looked at, from its beginning
	maxCandidates = 300 // documents that are ranked after the first look
	maxShare      = 20  // a word in more than one in so many documents tells nothing …
	fewDocuments  = 200 // … unless there are no more than so many
	titleWeight   = 3   // of a word in the first line against one in the others
)

// feature is a word of a text, or a pair of its characters, and what it weighs.
type feature struct {
	Word   string `json:"t"`
	N      int    `json:"n"`
	Weight int64  `json:"w"` // thousandths
	times  float64
}

// Similar lists documents of a kind that are like a text, the likest first, at most limit: its first line is taken for its title. Those excluded are left out.
// Both engines give the same: the words a text shares with a document are weighed by how rare they are, against the length of the document.
func Similar(ctx context.Context, db *store.DB, kind, text string, limit int, exclude ...string) ([]Hit, error) {
	all := features(text)
	if len(all) == 0 || limit <= 0 {
		return nil, nil
	}
	all, err := weigh(ctx, db, kind, all)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	telling := slices.DeleteFunc(slices.Clone(all), func(f feature) bool { return f.Weight == 0 })
	words, err := json.Marshal(telling)
	if err != nil {
		return nil, err
	}
	found, err := store.All[candidate](ctx, db.Reader(), overlap(db), string(words), kind, maxCandidates+len(exclude))
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(c candidate) bool { return slices.Contains(exclude, c.ID) })
	return rank(all, found, limit), nil
}

// features are the words of a text and the pairs of its Chinese characters, each once. Single characters tell nothing.
func features(text string) []feature {
	title, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	var all []feature
	at := map[string]int{}
	for i, part := range []string{title, rest} {
		for _, word := range zh.Tokens(part) {
			if utf8.RuneCountInString(word) < 2 {
				continue
			}
			n, known := at[word]
			if !known {
				if len(all) == maxFeatures {
					continue
				}
				n = len(all)
				at[word] = n
				all = append(all, feature{Word: word, N: n})
			}
			all[n].times += []float64{titleWeight, 1}[i]
		}
	}
	return all
}

// length is how many different words a document has.
func length(tokens []string) int64 {
	seen := map[string]bool{}
	for _, t := range tokens {
		if utf8.RuneCountInString(t) > 1 {
			seen[t] = true
		}
	}
	return int64(len(seen))
}

// frequency is in how many documents a feature is, as far as it is counted.
type frequency struct {
	N  int   `db:"n"`
	In int64 `db:"df"`
}

// weigh gives each feature the weight of its rarity; what no document has keeps a weight, against which the shared ones are measured, and what too many have gets none.
func weigh(ctx context.Context, db *store.DB, kind string, all []feature) ([]feature, error) {
	documents, err := store.One[int64](ctx, db.Reader(), "select count(*) from search_doc where kind = $1", kind)
	if err != nil || documents == 0 {
		return nil, err
	}
	most := max(documents/maxShare, fewDocuments)
	words, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	in, err := store.All[frequency](ctx, db.Reader(), frequencies(db), string(words), most+1)
	if err != nil {
		return nil, err
	}
	for _, f := range in {
		if f.In <= most {
			rarity := math.Log(1 + float64(documents)/(float64(f.In)+0.5))
			all[f.N].Weight = int64(math.Round(1000 * rarity * (1 + math.Log(all[f.N].times))))
		}
	}
	return all, nil
}

// candidate is a document that shares words with the text.
type candidate struct {
	ID     string `db:"doc_id"`
	Length int64  `db:"length"`
	Shared int64  `db:"shared"` // sum of the shared words' weights
}

// rank orders candidates by the share of the text's weight they hold, and of their own words that are shared, as far as their length tells: a cosine with the document's weight
// taken from its length. A document without a known length is taken for one as long as the text.
func rank(all []feature, found []candidate, limit int) []Hit {
	total := int64(0)
	for _, f := range all {
		total += f.Weight
	}
	hits := make([]Hit, len(found))
	for i, c := range found {
		longer := 1.0
		if c.Length > 0 {
			longer = max(float64(c.Length)/float64(len(all)), 0.1)
		}
		hits[i] = Hit{ID: c.ID, Score: min(float64(c.Shared)/float64(total)/math.Pow(longer, longerPower), 1)}
	}
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID)) })
	return hits[:min(limit, len(hits))]
}

const longerPower = 0.4

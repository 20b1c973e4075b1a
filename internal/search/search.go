// Package search is the full-text engine: documents cut into Chinese bigrams, found exactly, or by their likeness to a text, on either database.
// It never knows what a document is: owners hand in kind, id and words, and narrow their own lists by Narrow.
package search

import (
	"context"
	"embed"
	"strings"

	"lianxin/internal/store"
	"lianxin/internal/zh"
)

//go:embed migrations
var migrations embed.FS

// Schema is the tables of the index.
func Schema() store.Schema {
	return store.Schema{Room: "search", FS: migrations, Derived: []string{"search_doc", "search_words"}} // other tables on each engine, filled anew from the record
}

// Doc is what can be found.
type Doc struct {
	Kind string // of the owner
	ID   string
	Text string // all its words; free text stays in this index for staff
}

// Put makes a document findable, in place of an earlier one of the same kind and id.
func Put(ctx context.Context, tx *store.Tx, d Doc) error {
	if err := Remove(ctx, tx, d.Kind, d.ID); err != nil {
		return err
	}
	tokens := zh.Tokens(d.Text)
	return insert(ctx, tx, d, strings.Join(tokens, " "), length(tokens))
}

// Narrow adds to w that the document of the kind whose id the column holds contains every word of the query.
// A query without letters or digits matches nothing.
func Narrow(w *store.Where, db *store.DB, column, kind, query string) {
	phrases := zh.Phrases(query)
	if len(phrases) == 0 {
		w.And("1 = 0")
		return
	}
	w.And(column+" in ("+condition(db.Engine())+")", kind, expression(db.Engine(), phrases))
}

package search

import (
	"context"
	"strings"

	"lianxin/internal/store"
	"lianxin/internal/zh"
)

// Only this file knows that SQLite finds by an FTS5 table without content, and PostgreSQL by a tsvector of the dictionary "simple".

func insert(ctx context.Context, tx *store.Tx, d Doc, tokens string) error {
	if tx.Engine() == store.Postgres {
		_, err := store.Exec(ctx, tx, "insert into search_doc (kind, doc_id, words) values ($1, $2, to_tsvector('simple', $3))", d.Kind, d.ID, tokens)
		return err
	}
	row, err := store.One[int64](ctx, tx, "insert into search_doc (kind, doc_id) values ($1, $2) returning id", d.Kind, d.ID)
	if err != nil {
		return err
	}
	_, err = store.Exec(ctx, tx, "insert into search_words (rowid, words) values ($1, $2)", row, tokens)
	return err
}

// Remove makes a document unfindable; one that is not there is no error.
func Remove(ctx context.Context, tx *store.Tx, kind, id string) error {
	if tx.Engine() == store.SQLite {
		if _, err := store.Exec(ctx, tx, "delete from search_words where rowid in (select id from search_doc where kind = $1 and doc_id = $2)", kind, id); err != nil {
			return err
		}
	}
	_, err := store.Exec(ctx, tx, "delete from search_doc where kind = $1 and doc_id = $2", kind, id)
	return err
}

func condition(engine store.Engine) string {
	if engine == store.Postgres {
		return "select doc_id from search_doc where kind = ? and words @@ to_tsquery('simple', ?)"
	}
	return "select d.doc_id from search_doc d join search_words w on w.rowid = d.id where d.kind = ? and search_words match ?"
}

// expression is a query in the engine's own language. Tokens hold letters and digits only, so nothing in them is syntax; quotes guard its keywords.
func expression(engine store.Engine, phrases []zh.Phrase) string {
	quote, next, and, prefix := `"`, " ", " AND ", `"*`
	if engine == store.Postgres {
		quote, next, and, prefix = "'", "' <-> '", " & ", "':*"
	}
	parts := make([]string, len(phrases))
	for i, p := range phrases {
		parts[i] = quote + strings.Join(p.Tokens, next) + quote
		if p.Prefix {
			parts[i] = quote + p.Tokens[0] + prefix
		}
	}
	return strings.Join(parts, and)
}

package search

import (
	"context"
	"strings"

	"lianxin/internal/store"
	"lianxin/internal/zh"
)

// Only this file knows that SQLite finds by an FTS5 table without content, and PostgreSQL by a tsvector of the dictionary "simple".

func insert(ctx context.Context, tx *store.Tx, d Doc, tokens string, length int64) error {
	if tx.Engine() == store.Postgres {
		_, err := store.Exec(ctx, tx, "insert into search_doc (kind, doc_id, length, words) values ($1, $2, $3, to_tsvector('simple', $4))", d.Kind, d.ID, length, tokens)
		return err
	}
	row, err := store.One[int64](ctx, tx, "insert into search_doc (kind, doc_id, length) values ($1, $2, $3) returning id", d.Kind, d.ID, length)
	if err != nil {
		return err
	}
	_, err = store.Exec(ctx, tx, "insert into search_words (rowid, words) values ($1, $2)", row, tokens)
	return err
}

// Remove makes a document unfindable; one that is not there is no error.
func Remove(ctx context.Context, tx *store.Tx, kind, id string) error {
	if tx.Engine() == store.SQLite {
		rows, err := store.All[int64](ctx, tx, "select id from search_doc where kind = $1 and doc_id = $2", kind, id)
		if err != nil || len(rows) == 0 {
			return err // a delete, even of nothing, would have FTS5 write out what it holds back, at half the cost of indexing
		}
		if _, err := store.Exec(ctx, tx, "delete from search_words where rowid = $1", rows[0]); err != nil {
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

// frequencies tells of words $1 (JSON: n, t) in how many documents each is, counting to $2.
func frequencies(db *store.DB) string {
	if db.Engine() == store.Postgres {
		return `select t.n, (select least(count(*), $2) from search_doc where words @@ ('''' || t.t || '''')::tsquery) as df
			from jsonb_to_recordset($1::jsonb) as t(n bigint, t text)` // without a limit, for which it would read the whole table
	}
	return `with t as materialized (select value ->> 'n' as n, '"' || (value ->> 't') || '"' as t from json_each($1))
		select t.n, (select count(*) from (select 1 from search_words where search_words match t.t limit $2)) as df from t`
}

// overlap sums the weights of words $1 (JSON: t, w) that each document of kind $2 has, and gives the $3 heaviest.
func overlap(db *store.DB) string {
	if db.Engine() == store.Postgres {
		return `select d.doc_id, d.length, cast(sum(t.w) as bigint) as shared from jsonb_to_recordset($1::jsonb) as t(t text, w bigint)
			cross join lateral (select kind, doc_id, length from search_doc where words @@ ('''' || t.t || '''')::tsquery offset 0) d where d.kind = $2
			group by d.doc_id, d.length order by shared desc, d.doc_id collate "C" limit $3` // the offset keeps it from going through the kind first
	}
	return `with t as materialized (select '"' || (value ->> 't') || '"' as t, value ->> 'w' as w from json_each($1)),
		s as materialized (select f.rowid as id, sum(t.w) as shared from t cross join search_words f where f.search_words match t.t group by f.rowid)
		select d.doc_id, d.length, s.shared from s join search_doc d on d.id = s.id where d.kind = $2 order by s.shared desc, d.doc_id limit $3`
}

-- +goose Up
create table search_doc (
  id integer primary key,
  kind text not null,
  doc_id text not null,
  unique (kind, doc_id)
);
create virtual table search_words using fts5(words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0", prefix='1 2');

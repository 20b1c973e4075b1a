-- +goose Up
create table search_doc (
  kind text not null,
  doc_id text not null,
  words tsvector not null,
  primary key (kind, doc_id)
);
create index search_doc_words on search_doc using gin (words);

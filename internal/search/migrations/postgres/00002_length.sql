-- +goose Up
alter table search_doc add column length bigint not null default 0;
-- Otherwise every look-up reads the list of what was put in since the last vacuum; a comparison of texts makes a hundred look-ups.
alter index search_doc_words set (fastupdate = off);

-- +goose Up
create index case_file_published on case_file (kind, published_at, number) where publication = 'published';

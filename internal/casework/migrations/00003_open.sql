-- +goose Up
create index case_file_open on case_file (congress_id, due_at) where due_at > 0;
create index case_file_closed on case_file (closed_at) where closed_at > 0;

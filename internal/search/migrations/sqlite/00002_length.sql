-- +goose Up
alter table search_doc add column length bigint not null default 0;

-- +goose Up
create table attachment (
  congress_id text not null,
  id text not null,
  owner_id text not null,
  purpose text not null,
  sha256 text not null,
  media_type text not null,
  bytes bigint not null,
  width bigint not null,
  height bigint not null,
  at bigint not null,
  by_account text not null,
  primary key (congress_id, id)
);
create index attachment_owner on attachment (owner_id);
create index attachment_sha256 on attachment (sha256);

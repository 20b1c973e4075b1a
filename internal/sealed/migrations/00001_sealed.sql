-- +goose Up
create table sealed_field (
  congress_id text not null,
  owner_id text not null,
  name text not null,
  ciphertext text not null,
  lookup text not null,
  primary key (congress_id, owner_id, name)
);
create index sealed_field_lookup on sealed_field (lookup);

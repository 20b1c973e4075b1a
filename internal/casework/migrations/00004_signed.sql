-- +goose Up
alter table case_file add column signers text not null default 'null';
alter table case_file add column extra text not null default 'null';
alter table assignment add column extra text not null default 'null';
create table case_signer (
  congress_id text not null,
  case_id text not null,
  person_id text not null,
  state text not null,
  primary key (case_id, person_id)
);
create index case_signer_person on case_signer (person_id, state);
create table case_span (
  congress_id text not null,
  case_id text not null,
  kind text not null,
  name text not null,
  value text not null,
  from_at bigint not null,
  to_at bigint not null,
  event_id text not null,
  primary key (case_id, name, from_at, event_id)
);
create index case_span_open on case_span (case_id, name) where to_at = 0;
create table serial_series (
  congress_id text not null,
  series text not null,
  last bigint not null,
  locked_at bigint not null,
  primary key (congress_id, series)
);
-- The newest of a kind, for those who may read most of it.
create index case_file_received on case_file (kind, received_at, id);

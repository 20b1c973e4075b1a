-- +goose Up
create table congress_session (
  id text primary key,
  congress_id text not null,
  name text not null,
  term_id text not null,
  ordinal bigint not null,
  opens_on text not null,
  closes_on text not null,
  collect_until text not null,
  adjust_until text not null,
  batch_due text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create index congress_session_day on congress_session (congress_id, opens_on);
alter table category add column kind text not null default 'opinion';
alter table mandate add column head boolean not null default false;
alter table mandate add column standing boolean not null default false;
create table round (
  id text primary key,
  congress_id text not null,
  name text not null,
  starts_on text not null,
  due_on text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);

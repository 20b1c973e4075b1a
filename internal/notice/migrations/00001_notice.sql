-- +goose Up
create table notice (
  id text primary key,
  event_id text not null,
  account_id text not null,
  channel text not null,
  action text not null,
  kind text not null,
  congress_id text not null,
  case_id text not null,
  number text not null,
  n bigint not null,
  state text not null,
  at bigint not null,
  read_at bigint not null,
  queued_at bigint not null,
  unique (event_id, account_id, channel)
);
create index notice_inbox on notice (account_id, channel, id);
create index notice_unread on notice (account_id) where channel = 'in_app' and read_at = 0;
create index notice_waiting on notice (at) where channel <> 'in_app' and queued_at = 0;
create table notice_preference (
  account_id text primary key,
  channel text not null,
  sealed text not null,
  topics text not null,
  digest boolean not null,
  changed_at bigint not null,
  version bigint not null
);
create table notice_start (
  id bigint primary key,
  since bigint not null
);

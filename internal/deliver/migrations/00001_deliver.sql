-- +goose Up
create table deliver_channel (
  name text primary key,
  enabled boolean not null,
  sealed text not null,
  changed_at bigint not null,
  version bigint not null
);
create table delivery (
  id text primary key,
  dedup text not null unique,
  channel text not null,
  purpose text not null,
  sealed text not null,
  urgent boolean not null,
  status text not null,
  created_at bigint not null,
  due_at bigint not null,
  attempts bigint not null,
  tries_left bigint not null,
  claim text not null,
  lease_until bigint not null,
  done_at bigint not null,
  version bigint not null
);
create index delivery_due on delivery (status, due_at);
create index delivery_channel on delivery (channel, id);
create table delivery_attempt (
  delivery_id text not null,
  n bigint not null,
  started_at bigint not null,
  ended_at bigint not null,
  outcome text not null,
  error_kind text not null,
  code bigint not null,
  primary key (delivery_id, n)
);

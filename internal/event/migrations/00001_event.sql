-- +goose Up
create table event (
  stream text not null,
  seq bigint not null,
  id text not null unique,
  act text not null,
  topic text not null,
  congress_id text not null,
  action text not null,
  account text not null,
  role text not null,
  occurred_at bigint not null,
  recorded_at bigint not null,
  payload text not null,
  primary key (stream, seq)
);
create index event_topic on event (topic, id);
create index event_recorded on event (recorded_at, id);
create table event_pending (
  stream text not null,
  seq bigint not null,
  recorded_at bigint not null,
  primary key (stream, seq)
);
create table event_position (
  position bigint primary key,
  stream text not null,
  seq bigint not null,
  unique (stream, seq)
);
create table event_lease (
  name text primary key,
  holder text not null,
  until bigint not null
);
create table event_consumer (
  name text primary key,
  position bigint not null
);

-- +goose Up
create table account (
  id text primary key,
  name text not null unique,
  display text not null,
  person_id text not null,
  password text not null,
  must_change boolean not null,
  disabled boolean not null,
  failures bigint not null,
  locked_until bigint not null,
  last_sign_in bigint not null,
  created_at bigint not null,
  version bigint not null
);
create table account_grant (
  id text primary key,
  account_id text not null,
  role text not null,
  congress_id text not null,
  office_id text not null,
  agency_id text not null,
  station_id text not null,
  person_id text not null,
  valid_from text not null,
  valid_to text not null
);
create index account_grant_account on account_grant (account_id);
create table session (
  token_hash text primary key,
  id text not null unique,
  account_id text not null,
  created_at bigint not null,
  last_seen bigint not null,
  expires_at bigint not null,
  address text not null,
  device text not null,
  data text not null
);
create index session_account on session (account_id);
create table api_token (
  id text primary key,
  account_id text not null,
  name text not null,
  token_hash text not null unique,
  created_at bigint not null,
  expires_at bigint not null,
  revoked boolean not null
);
create table throttle (
  key text primary key,
  failures bigint not null,
  until bigint not null,
  at bigint not null
);

-- +goose Up
alter table account add column password_at bigint not null default 0;
alter table account add column enrolled boolean not null default false;
alter table account add column closes_on text not null default '';
update account set password_at = created_at;
alter table api_token add column scope text not null default 'write';
create table password_history (
  id text primary key,
  account_id text not null,
  hash text not null
);
create index password_history_account on password_history (account_id, id);
create table second_factor (
  account_id text primary key,
  secret text not null,
  confirmed_at bigint not null,
  last_step bigint not null
);
create table recovery_code (
  account_id text not null,
  hash text not null,
  used_at bigint not null,
  primary key (account_id, hash)
);
create table delegation (
  id text primary key,
  grant_id text not null,
  lender_id text not null,
  delegate_id text not null,
  valid_from text not null,
  valid_to text not null,
  created_at bigint not null,
  ended_at bigint not null,
  ended_by text not null
);
create index delegation_lender on delegation (lender_id);
create index delegation_delegate on delegation (delegate_id);
create table handover (
  id text primary key,
  from_id text not null,
  to_id text not null,
  on_date text not null,
  reason text not null,
  note text not null,
  by_id text not null,
  at bigint not null
);
create index handover_from on handover (from_id);
create index handover_to on handover (to_id);

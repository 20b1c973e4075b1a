-- +goose Up
create table procedure_version (
  hash text primary key,
  kind text not null,
  body text not null,
  first_used_at bigint not null
);
create table number_series (
  congress_id text not null,
  kind text not null,
  year bigint not null,
  last bigint not null,
  primary key (congress_id, kind, year)
);
create table case_file (
  congress_id text not null,
  id text not null,
  kind text not null,
  number text not null unique,
  procedure_hash text not null,
  state text not null,
  version bigint not null,
  office_id text not null,
  intake_office_id text not null,
  station_id text not null,
  grid_id text not null,
  deputy_id text not null,
  category text not null,
  urgent boolean not null,
  source text not null,
  hide_name boolean not null,
  may_publish boolean not null,
  has_contact boolean not null,
  code_counter bigint not null,
  lead_agency_id text not null,
  assignments bigint not null,
  class text not null,
  promise_on text not null,
  attitude text not null,
  result text not null,
  first_attitude text not null,
  first_result text not null,
  verdict text not null,
  publication text not null,
  publication_asked_by text not null,
  with_verdict boolean not null,
  published_at bigint not null,
  deputy_told boolean not null,
  confirmed text not null,
  title_text text not null,
  body_text text not null,
  place_text text not null,
  reply_text text not null,
  public_title_text text not null,
  public_body_text text not null,
  public_reply_text text not null,
  received_at bigint not null,
  accepted_at bigint not null,
  assigned_at bigint not null,
  answered_at bigint not null,
  fed_back_at bigint not null,
  closed_at bigint not null,
  import_key text not null,
  inferred boolean not null,
  clocks text not null,
  counters text not null,
  entries text not null,
  unchecked bigint not null,
  correction text not null,
  correcting boolean not null,
  due_at bigint not null,
  amber_at bigint not null,
  primary key (congress_id, id)
);
create unique index case_file_id on case_file (id);
create index case_file_office on case_file (office_id, state, due_at);
create index case_file_list on case_file (congress_id, kind, received_at, id);
create index case_file_due on case_file (kind, state, due_at);
create index case_file_intake on case_file (intake_office_id, received_at);
create index case_file_station on case_file (station_id, received_at);
create index case_file_grid on case_file (grid_id, received_at);
create index case_file_deputy on case_file (deputy_id, received_at);
create unique index case_file_import on case_file (import_key) where import_key <> '';
create table assignment (
  congress_id text not null,
  id text not null,
  case_id text not null,
  kind text not null,
  n bigint not null,
  parent_id text not null,
  procedure_hash text not null,
  agency_id text not null,
  part text not null,
  assigner_office_id text not null,
  assigner_agency_id text not null,
  state text not null,
  version bigint not null,
  class text not null,
  promise_on text not null,
  reply_text text not null,
  promise_text text not null,
  better_agency_id text not null,
  approved_how text not null,
  signed_on text not null,
  assigned_at bigint not null,
  signed_at bigint not null,
  replied_at bigint not null,
  answered_at bigint not null,
  clocks text not null,
  counters text not null,
  entries text not null,
  unchecked bigint not null,
  due_at bigint not null,
  amber_at bigint not null,
  primary key (congress_id, id)
);
create unique index assignment_n on assignment (case_id, n);
create index assignment_agency on assignment (agency_id, state, due_at);
create index assignment_assigner on assignment (assigner_office_id, state, due_at);
create table case_text (
  congress_id text not null,
  id text not null,
  case_id text not null,
  stream text not null,
  seq bigint not null,
  name text not null,
  body text not null,
  salt text not null,
  hash text not null,
  shown text not null,
  primary key (congress_id, id)
);
create index case_text_case on case_text (case_id);
create table idempotency (
  account text not null,
  key text not null,
  request_hash text not null,
  number text not null,
  at bigint not null,
  primary key (account, key)
);
create index idempotency_at on idempotency (at);

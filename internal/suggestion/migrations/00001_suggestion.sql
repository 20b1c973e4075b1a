-- +goose Up
create table suggestion (
  congress_id text not null,
  case_id text primary key,
  number text not null,
  session_id text not null,
  phase text not null,
  serial bigint not null,
  state text not null,
  deputy_id text not null,
  delegation text not null,
  signers bigint not null,
  category text not null,
  category_region text not null,
  addressee text not null,
  system text not null,
  agency_id text not null,
  wide boolean not null,
  express boolean not null,
  key boolean not null,
  key_committee text not null,
  leader_text text not null,
  counted boolean not null,
  raised_at bigint not null,
  ended_at bigint not null,
  dispatched_at bigint not null,
  signed_at bigint not null,
  answered_at bigint not null,
  due_at bigint not null,
  batch_due text not null,
  met boolean not null,
  contacted boolean not null,
  proposed text not null,
  class text not null,
  first_class text not null,
  verdict text not null,
  attitude text not null,
  result text not null,
  first_result text not null,
  promise_state text not null,
  promise_on text not null,
  sampled boolean not null,
  called_back text not null,
  publication text not null,
  shape text not null
);
create index suggestion_session on suggestion (congress_id, session_id, serial);
create index suggestion_deputy on suggestion (deputy_id);
-- Boards read one of these from end to end, and no row (board.go).
create index suggestion_by_session on suggestion (congress_id, session_id, shape, case_id);
create index suggestion_by_phase on suggestion (congress_id, phase, shape, case_id);
create index suggestion_by_category on suggestion (congress_id, category, shape, case_id);
create index suggestion_by_category_region on suggestion (congress_id, category_region, shape, case_id);
create index suggestion_by_delegation on suggestion (congress_id, delegation, shape, case_id);
create index suggestion_by_addressee on suggestion (congress_id, addressee, shape, case_id);
create index suggestion_by_agency on suggestion (congress_id, agency_id, shape, case_id);
create index suggestion_by_committee on suggestion (congress_id, key_committee, shape, case_id);
create index suggestion_by_leader on suggestion (congress_id, leader_text, shape, case_id);
-- What few have is found by these.
create index suggestion_open on suggestion (congress_id, due_at) where answered_at = 0 and dispatched_at > 0;
create index suggestion_unsatisfied on suggestion (congress_id) where result = 'unsatisfied';
create index suggestion_lapsed on suggestion (congress_id) where verdict = 'lapsed';
create index suggestion_missed on suggestion (congress_id) where promise_state = 'missed';
create index suggestion_key on suggestion (congress_id) where key;
create index suggestion_express on suggestion (congress_id) where express;
create index suggestion_wide on suggestion (congress_id) where wide;
create index suggestion_sampled on suggestion (congress_id) where sampled;
create table suggestion_round (
  congress_id text not null,
  case_id text not null,
  round_id text not null,
  agency_id text not null,
  settled boolean not null,
  before_class text not null,
  after_class text not null,
  found text not null,
  verified text not null,
  drawn boolean not null,
  visited text not null,
  reanswered boolean not null,
  promise_state text not null,
  primary key (round_id, case_id)
);
create index suggestion_round_case on suggestion_round (case_id);

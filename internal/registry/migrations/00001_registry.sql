-- +goose Up
create table congress (
  id text primary key,
  congress_id text not null,
  name text not null,
  level text not null,
  prefix text not null,
  parent_id text not null,
  region text not null,
  outside boolean not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table office (
  id text primary key,
  congress_id text not null,
  name text not null,
  level text not null,
  parent_id text not null,
  sorts boolean not null,
  region text not null,
  phone text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table term (
  id text primary key,
  congress_id text not null,
  name text not null,
  ordinal bigint not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table agency (
  id text primary key,
  congress_id text not null,
  name text not null,
  system text not null,
  level text not null,
  parent_id text not null,
  distributor boolean not null,
  handles text not null,
  phone text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table liaison (
  id text primary key,
  congress_id text not null,
  agency_id text not null,
  name text not null,
  duty text not null,
  phone text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table station (
  id text primary key,
  congress_id text not null,
  name text not null,
  type text not null,
  office_id text not null,
  address text not null,
  phone text not null,
  reception text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table grid (
  id text primary key,
  congress_id text not null,
  name text not null,
  community text not null,
  street text not null,
  district text not null,
  station_id text not null,
  office_id text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table person (
  id text primary key,
  congress_id text not null,
  name text not null,
  work_unit text not null,
  duty text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table mandate (
  id text primary key,
  congress_id text not null,
  person_id text not null,
  of_congress_id text not null,
  term_id text not null,
  delegation text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table grid_deputy (
  id text primary key,
  congress_id text not null,
  grid_id text not null,
  person_id text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table station_deputy (
  id text primary key,
  congress_id text not null,
  station_id text not null,
  person_id text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create table category (
  id text primary key,
  congress_id text not null,
  name text not null,
  parent_id text not null,
  external_code text not null,
  valid_from text not null,
  valid_to text not null,
  version bigint not null
);
create index liaison_agency on liaison (agency_id);
create index grid_deputy_grid on grid_deputy (grid_id);
create index grid_deputy_person on grid_deputy (person_id);
create index station_deputy_station on station_deputy (station_id);
create index station_deputy_person on station_deputy (person_id);
create index mandate_person on mandate (person_id);
create table calendar_day (
  date text primary key,
  name text not null,
  off boolean not null
);
create table calendar_year (
  year bigint primary key
);
create table setting (
  name text primary key,
  value text not null,
  version bigint not null
);

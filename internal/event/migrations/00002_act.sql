-- +goose Up
create index event_act on event (act);

-- breaking: no
-- What a version of a monitor would change, as it was found; a move to that version stands on it.

create table monitor_report (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  monitor text not null,
  version text not null,
  -- What is judged by the version, whatever it is called.
  definition_hash text not null,
  -- Null: of all practices.
  practice text,
  enrolments int not null,
  unknown int not null,
  unchanged int not null,
  changes jsonb not null
);
create index monitor_report_newest on monitor_report (monitor, definition_hash, id);

-- One row an act: who moved whom to which version, why, and on which report.
create table monitor_move (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  monitor text not null,
  version text not null,
  practice text,
  -- The versions those moved were on: going back to one of them needs no report.
  from_versions text[] not null,
  moved int not null,
  actor text not null,
  confirmed_by text,
  why text not null,
  report bigint references monitor_report
);
create index monitor_move_newest on monitor_move (monitor, id);

-- Whose jump it is: a tube may be sent one analyte a message, and both belong together. Of what is checked from now on.
alter table jump add column patient bytea;
create index jump_patient on jump (patient, received_at) where patient is not null;

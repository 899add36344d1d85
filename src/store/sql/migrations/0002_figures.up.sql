-- breaking: no
-- Figures for people: what happened an hour, added up from sealed blocks; the course of every backlog, one line a minute.

create table tally (
  hour timestamptz not null,
  service text not null,
  what text not null,
  form_kind text not null,
  destination text not null,
  code text not null,
  count bigint not null,
  last_at timestamptz not null,
  primary key (hour, service, what, form_kind, destination, code)
);

-- The block up to which the tally of a service has come.
create table tally_place (
  service text primary key,
  block bigint not null
);

create table flow_minute (
  at timestamptz not null,
  destination text not null,
  waiting bigint not null,
  owed bigint not null,
  answered bigint not null,
  primary key (destination, at)
);

create index urgent_mark_at on urgent_mark (at);

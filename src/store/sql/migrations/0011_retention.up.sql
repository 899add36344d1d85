-- breaking: no
-- Retention: how long each service keeps contents, the periods that were closed, and their books, which outlive them.

-- The newest row of a service counts; null keeps everything. Days count from the end of a period.
create table retention (
  id bigint generated always as identity primary key,
  service text not null,
  days int check (days >= 7),
  actor text not null,
  why text not null,
  at timestamptz not null default now()
);
create trigger retention_append_only before update or delete or truncate on retention
  for each statement execute function refuse_change();

-- One row a service and period, oldest first: its partitions taken out, then dropped, then its key destroyed.
create table closed_period (
  service text not null,
  period text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  -- Taken out and to be dropped.
  tables text[] not null,
  -- The newest block of which no entry is left.
  block bigint not null,
  closed_at timestamptz not null default now(),
  dropped_at timestamptz,
  key_destroyed_at timestamptz,
  primary key (service, period)
);

-- The lines of the books of what was closed. Counts add up and set hashes combine with those of what is still there.
create table closed_line (
  service text not null,
  period text not null,
  what text not null check (what in ('messages', 'records', 'deliveries', 'destinations')),
  day date not null,
  line jsonb not null,
  foreign key (service, period) references closed_period (service, period)
);
create index closed_line_day on closed_line (day);

-- Leaves of dropped entries whose block has other entries left: so that the block can still be recomputed.
create table closed_leaf (
  service text not null,
  xid xid8 not null,
  id bigint not null,
  hash bytea not null,
  primary key (service, xid, id)
);

-- breaking: no
-- How each node's probe went: a row when it has arrived, or when nobody waits for it any longer.

create table probe (
  id bigint generated always as identity primary key,
  node text not null,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  ok boolean not null,
  -- Where it stopped: intake, reading, checking, planning, or a destination; null when it arrived.
  stop text,
  code text,
  receipt uuid,
  check (ok = (stop is null))
);
create index probe_latest on probe (node, started_at);
create index probe_age on probe (started_at);

-- breaking: no
-- Nodes that never come back under their name, and what their disk held neither: who said so and why. A sign of life that is
-- newer ends it.
create table node_gone (
  id bigint generated always as identity primary key,
  name text not null,
  actor text not null,
  why text not null,
  at timestamptz not null default now()
);
create trigger node_gone_append_only before update or delete or truncate on node_gone
  for each statement execute function refuse_change();

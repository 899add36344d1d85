-- breaking: no
-- Rule packs: which version counts for which sender, what that withholds, what people decided beside it, how a version
-- was tried on history, and the proof of an undo. Visibility is worked out from rows; nothing is written per record.

alter table activation drop constraint activation_mode_check;
alter table activation add constraint activation_mode_check
  check (mode in ('draft', 'dry-run', 'shadow', 'canary', 'active', 'retired'));
alter table activation add column report bigint;
alter table activation add column confirmed_by text;
alter table activation add column reverts bigint references activation (id);
alter table activation add column emergency boolean not null default false;
create trigger activation_append_only before update or delete or truncate on activation
  for each statement execute function refuse_change();
create unique index setting_version on setting (kind, name, (body ->> 'version'));

alter table verdict add column sender_id int not null default 0;
alter table verdict add column patient bytea;
-- What the text of the rule needs, with values of the record: sealed like the record.
alter table verdict add column evidence bytea;
drop index verdict_rule;
create index verdict_withhold on verdict (rule_hash, patient) include (record, sender_id, at) where outcome = 'withhold';
create index verdict_patient on verdict (patient) where outcome = 'withhold' and patient is not null;

-- The rules that count now; written anew with every activation of their pack, in its transaction. Sender 0 is everyone.
create table active_rule (
  rule_hash bytea not null,
  pack text not null,
  rule text not null,
  sender_id int not null,
  except_senders int[] not null,
  setting bigint not null references setting (id),
  activation bigint not null references activation (id),
  since timestamptz not null,
  primary key (rule_hash, pack, sender_id)
);

-- The rules whose effect an activation changed: those that began or ceased to count with it.
create table activation_rule (
  activation bigint not null references activation (id),
  rule_hash bytea not null,
  primary key (activation, rule_hash)
);

-- What a person decided of one record; it outranks packs and outlives their versions.
create table override (
  id bigint generated always as identity primary key,
  record bigint not null,
  service text not null,
  received_at timestamptz not null,
  sender_id int not null,
  patient bytea,
  decision text not null check (decision in ('release', 'confirm')),
  actor text not null,
  why text not null,
  at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by text,
  ended_why text
);
create unique index override_running on override (record) where ended_at is null;
create index override_patient on override (patient) where patient is not null;
create index override_at on override (at);
create index override_ended on override (ended_at) where ended_at is not null;

create view withheld as
  select v.service, v.record, v.received_at, v.sender_id, v.patient, v.rule_hash, v.rule, v.evidence,
    a.pack, a.setting, a.activation, greatest(a.since, v.at) as since, null::bigint as override
  from verdict v
  join active_rule a on a.rule_hash = v.rule_hash
    and (a.sender_id = v.sender_id or (a.sender_id = 0 and v.sender_id <> all (a.except_senders)))
  where v.outcome = 'withhold' and not exists (
    select from override o where o.record = v.record and o.ended_at is null)
  union all
  select o.service, o.record, o.received_at, o.sender_id, o.patient, null, '', null,
    '', null, null, o.at, o.id
  from override o where o.decision = 'confirm' and o.ended_at is null;

-- How many records were checked and withheld under an activation, by hour: what the guard looks at. Rule '' counts records.
create table check_count (
  hour timestamptz not null,
  service text not null,
  pack text not null,
  activation bigint not null,
  origin text not null check (origin in ('arrival', 'stored')),
  sender_id int not null,
  form_kind text not null,
  rule text not null,
  records bigint not null,
  primary key (pack, hour, activation, origin, sender_id, form_kind, rule)
);

-- A version judged over stored history: tried, checked again by schedule, or caught up with after an activation.
create table impact_report (
  id bigint generated always as identity primary key,
  purpose text not null check (purpose in ('try', 'regular', 'catch-up')),
  service text not null,
  pack text not null,
  setting bigint not null references setting (id),
  against bigint references setting (id),
  senders int[],
  state text not null check (state in ('running', 'stopped', 'done')),
  from_at timestamptz not null,
  cursor_at timestamptz not null,
  cursor_id bigint not null,
  last_at timestamptz not null,
  total bigint not null,
  seen bigint not null default 0,
  actor text not null,
  at timestamptz not null default now(),
  ended_at timestamptz,
  worker text,
  worked_until timestamptz,
  -- What it means for people; worked out when the last record was judged.
  meaning jsonb
);
create index impact_report_pack on impact_report (pack, id);
create index impact_report_running on impact_report (id) where state = 'running';
create table impact_line (
  report bigint not null references impact_report (id),
  sender_id int not null,
  form_kind text not null,
  rule text not null,
  records bigint not null,
  withheld_before bigint not null,
  withheld_after bigint not null,
  newly_withheld bigint not null,
  newly_visible bigint not null,
  errors bigint not null,
  primary key (report, sender_id, form_kind, rule)
);
create table impact_change (
  report bigint not null references impact_report (id),
  record bigint not null,
  received_at timestamptz not null,
  sender_id int not null,
  rule_hash bytea not null,
  change text not null check (change in ('newly-withheld', 'newly-visible', 'error')),
  patient bytea,
  primary key (report, record, rule_hash, change)
);
create index impact_change_patient on impact_change (report, patient) where patient is not null;

-- Counts and set hashes of what was there and visible, by sender, around an activation.
create table manifest (
  activation bigint not null references activation (id),
  moment text not null check (moment in ('before', 'during', 'after')),
  sender_id int not null,
  records bigint not null,
  visible bigint not null,
  content_hash text not null,
  visible_hash text not null,
  at timestamptz not null default now(),
  primary key (activation, moment, sender_id)
);
create table revert_proof (
  revert bigint primary key references activation (id),
  holds boolean not null,
  proof jsonb not null,
  at timestamptz not null default now()
);

-- When stored records are checked again without anybody asking, in hours and minutes of Europe/Brussels.
create table check_schedule (
  pack text primary key,
  at_time time not null,
  actor text not null,
  why text not null,
  changed_at timestamptz not null default now()
);

-- Has a withhold verdict of any version: whether it may go is asked when it is claimed.
alter table delivery add column held boolean not null default false;
drop index delivery_due;
create index delivery_due on delivery (destination, service, form_kind, due_at, id)
  where state in ('waiting', 'unknown', 'pending') and not held;
create index delivery_held on delivery (destination, due_at, id)
  where held and state in ('waiting', 'unknown', 'pending');
create index delivery_record on delivery (record) where state in ('blocked', 'waiting', 'unknown', 'pending');

grant select on active_rule, override to sluis_checking;
grant select, insert, update on check_count to sluis_checking;

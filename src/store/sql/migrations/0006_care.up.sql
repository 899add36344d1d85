-- breaking: no
-- What monitors need: an index of results by patient, who is enrolled, how each item stands, what is to be looked at again,
-- and how each source usually sends. Contents are sealed; plain are indexes, codes, days and states.

-- One row a laboratory result, written with its record. What counts of several versions of one result (result_key) is
-- worked out from all of them when they are read, so that the order of arrival never matters.
create table result (
  patient bytea not null,
  record bigint not null,
  received_at timestamptz not null,
  receipt uuid not null,
  ordinal int not null,
  sender_id int not null,
  source text not null,
  -- Index of birth date and family name, for who knows no number.
  named bytea,
  code text not null,
  loinc text,
  analyte text,
  -- Every code it can be asked by, in the words of monitors (loinc:59261-8, nhg45:2816), under the tables of its day.
  terms text[] not null,
  result_key bytea not null,
  status text not null,
  collected_at timestamptz,
  result_at timestamptz,
  content_sha bytea not null,
  primary key (patient, record)
) partition by hash (patient);
create table result_0 partition of result for values with (modulus 4, remainder 0);
create table result_1 partition of result for values with (modulus 4, remainder 1);
create table result_2 partition of result for values with (modulus 4, remainder 2);
create table result_3 partition of result for values with (modulus 4, remainder 3);
create index result_record on result (record);
create index result_named on result (named) where named is not null;

create table enrolment (
  patient bytea not null,
  monitor text not null,
  version text not null,
  practice text not null,
  from_day date not null,
  to_day date,
  zone text not null,
  -- Birth date, diagnosis, targets, exemptions, features: sealed with a key that outlives every partition.
  content bytea not null,
  data_key int not null,
  at timestamptz not null default now(),
  actor text not null,
  primary key (patient, monitor)
);
create index enrolment_practice on enrolment (practice, patient);

-- The sources a practice's results came from: who would deliver to a patient that has none yet.
create table practice_source (
  practice text not null,
  kind text not null check (kind in ('lab', 'practice')),
  source text not null,
  primary key (practice, kind, source)
);

-- What is to be evaluated again; the key makes many causes one piece of work.
create table dirty (
  patient bytea not null,
  monitor text not null,
  item text not null,
  cause text not null check (cause in ('record', 'time', 'definition', 'activation', 'enrolment', 'override')),
  -- The record that caused it, 0 for another cause; it is awaited until it is checked.
  record bigint not null default 0,
  received_at timestamptz not null,
  since timestamptz not null default clock_timestamp(),
  due_at timestamptz not null default now(),
  primary key (patient, monitor, item)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
create index dirty_due on dirty (due_at, patient);

create table item_state (
  patient bytea not null,
  monitor text not null,
  item text not null,
  practice text not null,
  item_hash text not null,
  state text not null,
  basis text not null,
  state_hash text not null,
  -- What deciding whether a feed can be trusted needs, without values: now and after the next change.
  outline jsonb not null,
  since timestamptz not null,
  next_change_at timestamptz,
  next_state text,
  -- Highest activation it was evaluated under.
  activation_mark bigint not null,
  cause_seq bigint not null,
  evaluated_at timestamptz not null,
  content bytea not null,
  data_key int not null,
  primary key (patient, monitor, item)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index item_state_next on item_state (next_change_at) where next_change_at is not null;
create index item_state_practice on item_state (practice, patient);

create table transition (
  id bigint generated always as identity primary key,
  patient bytea not null,
  monitor text not null,
  item text not null,
  from_state text,
  to_state text not null,
  at timestamptz not null default clock_timestamp(),
  cause text not null,
  cause_seq bigint not null,
  -- Arrival of the record that caused it; null for another cause.
  received_at timestamptz
);
create index transition_item on transition (patient, monitor, item, id);

create index verdict_error_patient on verdict (patient) where outcome = 'error' and patient is not null;

-- How far the patients touched by an activation have been marked; no row: not begun.
create table care_activation (
  activation bigint primary key,
  patient bytea,
  done_at timestamptz
);

-- What a source sent in an hour, and what it released in that hour, whenever it arrived.
create table feed_hour (
  source text not null,
  kind text not null check (kind in ('lab', 'practice')),
  hour timestamptz not null,
  results int not null default 0,
  released int not null default 0,
  quantities int not null default 0,
  without_unit int not null default 0,
  abnormal int not null default 0,
  -- From release to arrival, summed over the results that say when they were released.
  timed int not null default 0,
  delay_seconds bigint not null default 0,
  analytes jsonb not null default '{}',
  last_at timestamptz,
  primary key (source, kind, hour)
);

-- The sources that ever sent, so that a reader need not look through their hours.
create table feed_source (
  source text not null,
  kind text not null check (kind in ('lab', 'practice')),
  since timestamptz not null default now(),
  primary key (source, kind)
);

-- One row a stretch of time in which a source did not send as usual, however many patients.
create table feed_disturbance (
  id bigint generated always as identity primary key,
  source text not null,
  kind text not null check (kind in ('lab', 'practice')),
  reason text not null check (reason in ('silent', 'late', 'thin', 'changed-mix', 'backlog')),
  from_at timestamptz not null,
  to_at timestamptz,
  repaired_until timestamptz,
  expected double precision not null default 0,
  noticed_at timestamptz not null default now(),
  -- Who said that nothing is missing, and why; null while the counts decide.
  settled_by text,
  settled_why text
);
create unique index feed_disturbance_running on feed_disturbance (source, kind) where to_at is null;
create index feed_disturbance_open on feed_disturbance (from_at) where to_at is null or repaired_until is null;

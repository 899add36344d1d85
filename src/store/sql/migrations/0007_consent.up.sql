-- breaking: no
-- Who may read a patient's results: the patient's consent to exchange, whom the patient excluded, and which client has a
-- therapeutic relation. Rows end; none is changed or removed.

create table consent (
  id bigint generated always as identity primary key,
  patient bytea not null,
  kind text not null check (kind in ('exchange', 'exclusion')),
  -- The client an exclusion is about; null for consent to exchange.
  sender_id int references sender (id),
  from_at timestamptz not null,
  to_at timestamptz,
  actor text not null,
  at timestamptz not null default now(),
  check ((kind = 'exclusion') = (sender_id is not null))
);
create index consent_patient on consent (patient);

create table relation (
  id bigint generated always as identity primary key,
  patient bytea not null,
  sender_id int not null references sender (id),
  from_at timestamptz not null,
  to_at timestamptz,
  actor text not null,
  at timestamptz not null default now()
);
create index relation_patient on relation (patient, sender_id);

-- The versions of one result are read together.
create index result_key on result (result_key);
-- What was read of a patient, for the patient.
create index access_log_patient on access_log (patient, at) where patient is not null;

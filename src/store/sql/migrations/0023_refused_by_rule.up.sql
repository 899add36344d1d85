-- breaking: yes
-- A node of before this would pass what a form refuses for its meaning: it reads such records whole and leaves them to rules.

-- Whether what this rule withholds is refused: its sender was told, and nothing is owed.
alter table active_rule add column refuses boolean not null default false;

create or replace view withheld as
  select v.service, v.record, v.received_at, v.sender_id, v.patient, v.rule_hash, v.rule, v.evidence,
    a.pack, a.setting, a.activation, greatest(a.since, v.at) as since, null::bigint as override, a.refuses
  from verdict v
  join active_rule a on a.rule_hash = v.rule_hash
    and (a.sender_id = v.sender_id or (a.sender_id = 0 and v.sender_id <> all (a.except_senders)))
  where v.outcome = 'withhold' and not exists (
    select from override o where o.record = v.record and o.ended_at is null)
  union all
  select o.service, o.record, o.received_at, o.sender_id, o.patient, null, '', null,
    '', null, null, o.at, o.id, exists (
      select from verdict v join active_rule a on a.rule_hash = v.rule_hash and a.refuses
        and (a.sender_id = v.sender_id or (a.sender_id = 0 and v.sender_id <> all (a.except_senders)))
      where v.service = o.service and v.received_at = o.received_at and v.record = o.record and v.outcome = 'withhold')
  from override o where o.decision = 'confirm' and o.ended_at is null;

-- Records a rule refused, and what their sender was told last: with what counts now they say whom to tell otherwise.
create table rule_refusal (
  record bigint primary key,
  service text not null,
  received_at timestamptz not null,
  message bigint not null,
  sender_id int not null,
  form_kind text not null,
  faults text[] not null,
  refused boolean not null
);
create index rule_refusal_period on rule_refusal (service, received_at);
grant select, insert on rule_refusal to sluis_checking;

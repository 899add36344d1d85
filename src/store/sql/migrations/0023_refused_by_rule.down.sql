drop table rule_refusal;
drop view withheld;
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
alter table active_rule drop column refuses;

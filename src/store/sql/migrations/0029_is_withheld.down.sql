create or replace function is_withheld(of_service text, at timestamptz, of_record bigint) returns boolean
language plpgsql stable parallel safe as $$
begin
  return exists (
    select from verdict v join active_rule a on a.rule_hash = v.rule_hash
      and (a.sender_id = v.sender_id or (a.sender_id = 0 and v.sender_id <> all (a.except_senders)))
    where v.service = of_service and v.received_at = at and v.record = of_record and v.outcome = 'withhold'
      and not exists (select from override o where o.record = v.record and o.ended_at is null))
  or exists (select from override o where o.record = of_record and o.ended_at is null and o.decision = 'confirm');
end
$$;

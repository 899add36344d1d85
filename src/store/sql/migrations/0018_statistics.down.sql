alter table item_state alter column content set statistics default, alter column outline set statistics default,
  alter column state_hash set statistics default, alter column fingerprint set statistics default;
alter table enrolment alter column content set statistics default;

-- breaking: no
-- What is sealed or a hash says nothing to the planner, and taking its statistics sorts thousands of long values each time a
-- table that grows is looked at: most of what PostgreSQL did besides writing states.
alter table item_state alter column content set statistics 0, alter column outline set statistics 0,
  alter column state_hash set statistics 0, alter column fingerprint set statistics 0;
alter table enrolment alter column content set statistics 0;

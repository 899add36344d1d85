-- breaking: no
-- A report over all laboratory results goes patient by patient: what was stored before a result is then at hand, and every
-- result is opened once. What has no line in the index of results is judged after them, by time of receipt.

alter table impact_report
  add column by_patient boolean not null default false,
  -- How many had no line when it began: looking for them goes over everything, and is left out where there are none.
  add column without_line bigint not null default 0,
  -- The patient it has come to, with `cursor_id` the result; null where it goes by time of receipt.
  add column cursor_patient bytea;

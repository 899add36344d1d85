-- breaking: no
-- What was sent to one that does not remember our numbers may still be on its way to it: it is not asked before this.
alter table delivery add column not_before timestamptz;
alter table delivery alter column not_before set statistics 0;

-- breaking: no
-- The last event of the call under way or failed: it is tried again with the same events, and so under the same number.
alter table webhook add column tried_xid xid8, add column tried_id bigint;

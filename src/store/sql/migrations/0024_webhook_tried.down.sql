alter table webhook drop column tried_xid, drop column tried_id;

-- breaking: no
-- Which results jump and which fit when exchanged is what a rule with its tables says, so it is kept by the hash of that
-- rule. Of those found before it is not known: they count for all, and pairs of them are judged anew when they are met.

alter table jump add column rule_hash bytea not null default '';
alter table jump drop constraint jump_pkey;
alter table jump add primary key (sender_id, analyte, received_at, record, rule_hash);
alter table swap add column rule_hash bytea not null default '';
alter table swap drop constraint swap_pkey;
alter table swap add primary key (record, rule_hash);

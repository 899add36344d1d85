drop index urgent_mark_at;
drop table flow_minute;
drop table tally_place;
drop table tally;

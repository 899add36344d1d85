drop table control_id;

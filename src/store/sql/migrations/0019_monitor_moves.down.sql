drop index jump_patient;
alter table jump drop column patient;
drop table monitor_move;
drop table monitor_report;

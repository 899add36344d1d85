drop index delivery_record, delivery_held, delivery_due;
alter table delivery drop column held;
create index delivery_due on delivery (destination, service, form_kind, due_at, id)
  where state in ('waiting', 'unknown', 'pending');
drop table check_schedule, revert_proof, manifest, impact_change, impact_line, impact_report, check_count;
drop view withheld;
drop table override, activation_rule, active_rule;
drop index verdict_patient, verdict_withhold;
create index verdict_rule on verdict (rule_hash);
alter table verdict drop column evidence, drop column patient, drop column sender_id;
drop index setting_version;
drop trigger activation_append_only on activation;
alter table activation drop column emergency, drop column reverts, drop column confirmed_by, drop column report;
alter table activation drop constraint activation_mode_check;
delete from activation where mode = 'retired';
alter table activation add constraint activation_mode_check
  check (mode in ('draft', 'dry-run', 'shadow', 'canary', 'active'));

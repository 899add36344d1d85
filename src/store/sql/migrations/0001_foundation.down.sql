drop table if exists alert, activation, setting, access_log, session, person, used_assertion, signing_key, webhook,
  spooled_missing, turned_away, certificate_revocation, certificate, replay, destination_state, pause, replacement, urgent_mark, delivery_rate, delivery, block,
  entry, verdict, record_check, record, step, message_conflict, message_key, message, data_key, sender, node cascade;
drop function if exists refuse_change() cascade;
drop sequence if exists entry_id, record_id, message_id;
revoke all on schema public from sluis_checking;

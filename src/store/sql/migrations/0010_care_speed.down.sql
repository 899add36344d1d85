alter table item_state reset (toast_tuple_target);
alter table item_state drop column fingerprint;

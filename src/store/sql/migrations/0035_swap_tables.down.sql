delete from jump a using jump b where (a.sender_id, a.analyte, a.received_at, a.record)
  = (b.sender_id, b.analyte, b.received_at, b.record) and a.rule_hash > b.rule_hash;
alter table jump drop constraint jump_pkey;
alter table jump drop column rule_hash;
alter table jump add primary key (sender_id, analyte, received_at, record);
delete from swap a using swap b where a.record = b.record and a.rule_hash > b.rule_hash;
alter table swap drop constraint swap_pkey;
alter table swap drop column rule_hash;
alter table swap add primary key (record);

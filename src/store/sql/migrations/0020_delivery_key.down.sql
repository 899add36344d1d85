alter table delivery add constraint delivery_uid_key unique (uid);
drop table delivery_key;

-- breaking: yes
-- The number a delivery goes by is kept apart from it. A hash has its place anywhere in an index, and a settled row went into
-- every index once more: the one over these numbers was a third of settling. A node of an older version cannot plan meanwhile.
create table delivery_key (
  uid uuid primary key,
  delivery bigint not null
);
insert into delivery_key (uid, delivery) select uid, id from delivery;
alter table delivery drop constraint delivery_uid_key;

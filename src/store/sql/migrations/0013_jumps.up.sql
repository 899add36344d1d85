-- breaking: no
-- Results far from their patient's last one, by sender and analyte: among these are the ones that changed places with
-- another patient's. It begins with what is checked from now on.

create table jump (
  sender_id int not null,
  analyte text not null,
  received_at timestamptz not null,
  record bigint not null,
  -- The value and the one before it, sealed like the record.
  content bytea not null,
  primary key (sender_id, analyte, received_at, record)
);
-- Pairs that were found, each from both sides.
create table swap (
  record bigint primary key,
  other bigint not null
);
grant select, insert on jump, swap to sluis_checking;

-- breaking: no
-- The first message of each control id (MSH-10) of a laboratory: a later one with other bytes is a new message, and says so.
-- Unique for ever and read without a date, so beside the partitions by time. It begins with what is read from now on: which
-- laboratory an older message names stands in its sealed bytes only.

create table control_id (
  sender_id int not null,
  -- The laboratory as the message names it: one sender may carry several, each with numbers of its own.
  source text not null,
  control text not null,
  message bigint not null,
  received_at timestamptz not null,
  primary key (sender_id, source, control)
) partition by hash (sender_id, source, control);
create table control_id_0 partition of control_id for values with (modulus 4, remainder 0);
create table control_id_1 partition of control_id for values with (modulus 4, remainder 1);
create table control_id_2 partition of control_id for values with (modulus 4, remainder 2);
create table control_id_3 partition of control_id for values with (modulus 4, remainder 3);

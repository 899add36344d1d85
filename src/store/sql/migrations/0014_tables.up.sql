-- breaking: no
-- With another version of a pack other tables of codes and units may come to count for its senders: then the lines of their
-- results in the index are written anew, patient by patient.

create table tables_change (
  activation bigint not null references activation (id),
  -- 0 for all but some.
  sender_id int not null,
  except_senders int[] not null default '{}',
  -- Up to which patient the lines are written.
  patient bytea not null default '',
  done_at timestamptz,
  primary key (activation, sender_id)
);
create index tables_change_open on tables_change (activation) where done_at is null;

-- breaking: no
-- What is owed, read by its index alone: with 2 million settled rows the figures of a backlog visited every page of it.

create index delivery_open on delivery (destination, received_at)
  include (service, form_kind, sender_id, state, urgent, owed_at)
  where state in ('blocked', 'waiting', 'unknown', 'pending');
drop index delivery_blocked;

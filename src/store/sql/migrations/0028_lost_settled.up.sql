-- breaking: no
-- Receipts of a spool that nobody waits for any longer: who said that its message never comes, and why. The books leave them
-- out, and the contents of their time may go.
create table lost_settled (
  id bigint generated always as identity primary key,
  receipt uuid not null references spooled_missing (receipt),
  actor text not null,
  why text not null,
  at timestamptz not null default now()
);
create index lost_settled_receipt on lost_settled (receipt);
create trigger lost_settled_append_only before update or delete or truncate on lost_settled
  for each statement execute function refuse_change();

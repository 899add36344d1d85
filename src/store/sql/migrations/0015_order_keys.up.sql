-- breaking: no
-- The order number, code and minute of a result without its patient: one number that is used for two patients is found by it.
-- It begins with what is read from now on: an order number stands in the sealed bytes only.

alter table result add column order_key bytea;
-- Another patient had a result with this order key before; so that nothing is looked up for all others.
alter table result add column order_shared boolean not null default false;
create index result_order on result (order_key) where order_key is not null;

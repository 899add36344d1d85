drop index result_order;
alter table result drop column order_shared, drop column order_key;

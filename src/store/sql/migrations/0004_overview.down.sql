create index delivery_blocked on delivery (destination, service, form_kind) where state = 'blocked';
drop index delivery_open;

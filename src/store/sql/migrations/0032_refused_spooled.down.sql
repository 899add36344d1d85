alter table lost_settled drop column given_until;
alter table spooled_missing drop column refused;

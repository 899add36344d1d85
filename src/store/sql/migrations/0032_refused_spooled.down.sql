alter table spooled_missing drop column refused;

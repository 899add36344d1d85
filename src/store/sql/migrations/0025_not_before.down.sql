alter table delivery drop column not_before;

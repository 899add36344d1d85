alter table migration drop column breaking;

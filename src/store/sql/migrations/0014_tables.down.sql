drop table tables_change;

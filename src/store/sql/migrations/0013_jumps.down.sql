drop table swap, jump;

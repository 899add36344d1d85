drop table closed_leaf;
drop table closed_line;
drop table closed_period;
drop table retention;

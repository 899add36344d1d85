drop table lost_settled;

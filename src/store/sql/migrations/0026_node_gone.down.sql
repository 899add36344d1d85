drop table node_gone;

-- breaking: no
-- What an item was evaluated from, as a hash: evaluated from the same again it need not be written again. A sealed
-- evaluation is as good as random: kept in its row, not pressed together in vain and moved beside it.
alter table item_state add column fingerprint text;
alter table item_state set (toast_tuple_target = 8160);

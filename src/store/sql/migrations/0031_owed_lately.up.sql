-- breaking: no
-- What became owed in the last minute, whenever its message was received: by the moment of receipt a spool that drains, or
-- reading that was resumed, brought nothing in.

create index delivery_owed on delivery using brin (owed_at) with (pages_per_range = 32, autosummarize = on);

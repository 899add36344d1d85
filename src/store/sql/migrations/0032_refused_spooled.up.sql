-- breaking: no
-- A receipt without a message is lost with a disk, or its message is there and the database refuses it: then the node keeps
-- it until the database takes it or somebody says that it never comes.
alter table spooled_missing add column refused boolean not null default false;
-- The last time its receipt was given when somebody settled it; a later one is another matter.
alter table lost_settled add column given_until timestamptz;

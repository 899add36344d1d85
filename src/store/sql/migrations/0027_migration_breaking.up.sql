-- breaking: no
-- Whether a migration breaks nodes of before it, for versions that do not have its text; null is not told. Every start and
-- `sluis migrate` writes it.
alter table migration add column breaking boolean;

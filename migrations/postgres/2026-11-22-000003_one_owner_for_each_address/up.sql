-- SQLite's migration of this name takes the index away. Here several write at the same time, and a change of an index is
-- a small record in the log, not a page: the index stays, and both engines have the same migrations.
COMMENT ON INDEX users_owned_email_key IS 'Whoever proves an address first has it.';

-- SQLite's migration of this name lists the addresses of several users, among which a verification looks for another owner.
-- Here a unique index decides, and both engines have the same migrations.
COMMENT ON INDEX users_owned_email_key IS 'Whoever proves an address first has it; this index decides.';

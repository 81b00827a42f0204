-- When housekeeping next looks whether the session has expired. An index of `expires_at` itself would have a new entry,
-- as would every other index of the row, for each refresh that replaces its token. 0 for the sessions that are here
-- already: housekeeping sets theirs in small batches, where an UPDATE here would lock the table for as long as it takes.
ALTER TABLE sessions ADD COLUMN expiry_check_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sessions_expiry_check_at ON sessions (expiry_check_at);
DROP INDEX sessions_expires_at;

-- Room in each page for the new version of a row, which then needs no new entry in any index (HOT).
ALTER TABLE sessions SET (fillfactor = 85);

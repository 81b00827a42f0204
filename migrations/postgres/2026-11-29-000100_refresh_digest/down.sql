UPDATE sessions SET digest = refresh_digest WHERE refresh_digest IS NOT NULL;
ALTER TABLE sessions DROP COLUMN refresh_digest;

ALTER TABLE sessions RESET (fillfactor);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
ALTER TABLE sessions DROP COLUMN expiry_check_at;

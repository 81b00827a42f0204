DROP TABLE sessions;
ALTER TABLE users DROP COLUMN last_login_at;

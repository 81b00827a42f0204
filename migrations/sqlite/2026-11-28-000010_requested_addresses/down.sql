ALTER TABLE users DROP COLUMN used_reset_at;
ALTER TABLE users DROP COLUMN used_reset_secret;
ALTER TABLE users DROP COLUMN used_email_secret;
ALTER TABLE users DROP COLUMN pending_email_secret;
ALTER TABLE users DROP COLUMN pending_email;

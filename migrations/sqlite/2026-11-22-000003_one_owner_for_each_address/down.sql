DROP TRIGGER users_owned_email_key_update;
DROP TRIGGER users_owned_email_key_insert;

CREATE UNIQUE INDEX users_owned_email_key ON users (owned_email_key) WHERE owned_email_key IS NOT NULL;

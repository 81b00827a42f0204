COMMENT ON INDEX users_owned_email_key IS NULL;

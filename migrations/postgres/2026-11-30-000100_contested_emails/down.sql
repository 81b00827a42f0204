COMMENT ON INDEX users_owned_email_key IS 'Whoever proves an address first has it.';

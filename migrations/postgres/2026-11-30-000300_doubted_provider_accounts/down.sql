ALTER TABLE provider_accounts DROP COLUMN doubted_at;

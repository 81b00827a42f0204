-- Since when a person other than the owner of the user's address may have connected it, in Unix seconds: its provider had
-- not verified the user's address then, or the address was replaced since. A reset of the password disconnects it. NULL for
-- all others, and for those that an older program connects while it still runs.
ALTER TABLE provider_accounts ADD COLUMN doubted_at BIGINT;

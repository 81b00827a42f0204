-- Since when a person other than the owner of the user's address may have connected it, in Unix seconds: the address was
-- replaced, or nobody had proved it. A reset of the password disconnects it. NULL for all others, and for those that an
-- older program connects while it still runs.
ALTER TABLE provider_accounts ADD COLUMN doubted_at INTEGER;

-- The address that the user asked for last and has not proved yet. NULL if there is none. An unverified user has one once
-- the address of the registration was corrected; it equals `email` then, and links of the registration are void.
ALTER TABLE users ADD COLUMN pending_email TEXT;

-- 128 random bits in hex, bound into the link that proves `pending_email`; another for each address that is asked for. NULL
-- until the first: links that an older program mailed are bound to `link_secret`.
ALTER TABLE users ADD COLUMN pending_email_secret TEXT
    CHECK (length(pending_email_secret) = 32)
    CHECK (pending_email IS NULL OR pending_email_secret IS NOT NULL);

-- What the links that were used last had been bound to, so that a second use can be told from a forgery.
ALTER TABLE users ADD COLUMN used_email_secret TEXT CHECK (length(used_email_secret) = 32);
ALTER TABLE users ADD COLUMN used_reset_secret TEXT CHECK (length(used_reset_secret) = 32);
-- The timestamp in the reset link that was used last: others may have been bound to the same secret.
ALTER TABLE users ADD COLUMN used_reset_at INTEGER;

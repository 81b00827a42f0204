-- The user's values of declared fields: one JSON object; NULL where nothing is stored.
ALTER TABLE users ADD COLUMN profile TEXT;
-- When the user's profile was changed last, in Unix seconds; NULL if it never was.
ALTER TABLE users ADD COLUMN profile_updated_at BIGINT;

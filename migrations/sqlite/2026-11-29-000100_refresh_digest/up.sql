-- SHA-256 of the current refresh token's id, in hex; NULL for sessions of other kinds. A column of its own: the digest
-- is the primary key, and a replacement would move the row and its entry in every index.
ALTER TABLE sessions ADD COLUMN refresh_digest TEXT CHECK (length(refresh_digest) = 64);
UPDATE sessions SET refresh_digest = digest WHERE kind = 'jwt';

-- What the user of the session holds: a token, whose digest is kept, or JSON Web Tokens, of which the digest of the
-- current refresh token's id is kept.
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'token' CHECK (kind IN ('token', 'jwt'));
-- When the refresh token was replaced last, in Unix seconds; NULL where it never was.
ALTER TABLE sessions ADD COLUMN rotated_at BIGINT;

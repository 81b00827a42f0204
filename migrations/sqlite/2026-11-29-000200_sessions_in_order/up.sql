-- Sessions with a rowid, so that they lie in the order of their logins. Without one they lay in the order of the digests,
-- which is none: each refresh that replaces its token changed a page of its own, and every index held the whole digest.
ALTER TABLE sessions RENAME TO sessions_without_rowid;

-- One row per login. The token itself is nowhere: only its digest is kept.
CREATE TABLE sessions (
    -- SHA-256, in hex, of the token, or of the first refresh token's id.
    digest          TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    -- The name by which its user can end it; useless for logging in.
    id              TEXT NOT NULL,
    user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at      INTEGER NOT NULL,
    -- Written at most once a minute, and by each refresh that replaces its token.
    last_used_at    INTEGER NOT NULL,
    -- The end, however much it is used. In no index, because a refresh moves it.
    expires_at      INTEGER NOT NULL,
    -- As sent at login, cut to 200 characters; for people to recognise their devices by.
    user_agent      TEXT NOT NULL,
    -- The client's address at login.
    address         TEXT NOT NULL,
    -- What its user holds: a token, or JSON Web Tokens.
    kind            TEXT NOT NULL DEFAULT 'token' CHECK (kind IN ('token', 'jwt')),
    -- When the refresh token was replaced last, in Unix seconds; NULL where it never was.
    rotated_at      INTEGER,
    -- SHA-256 of the current refresh token's id, in hex; NULL for sessions of other kinds.
    refresh_digest  TEXT CHECK (length(refresh_digest) = 64),
    -- When housekeeping next looks whether the session has expired; 0 for a session of an older program.
    expiry_check_at INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO sessions
    SELECT digest, id, user_id, created_at, last_used_at, expires_at, user_agent, address, kind, rotated_at,
           refresh_digest, expires_at
    FROM sessions_without_rowid ORDER BY created_at, id;
DROP TABLE sessions_without_rowid;

CREATE UNIQUE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_user_id_created_at ON sessions (user_id, created_at);
CREATE INDEX sessions_expiry_check_at ON sessions (expiry_check_at);

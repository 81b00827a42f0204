ALTER TABLE users ADD COLUMN last_login_at BIGINT;

-- One row per login. The token itself is nowhere: only its digest is kept.
CREATE TABLE sessions (
    -- SHA-256 of the token, in hex.
    digest       TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    -- The name by which its user can end it; useless for logging in.
    id           TEXT NOT NULL,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    -- Written at most once a minute.
    last_used_at BIGINT NOT NULL,
    -- The end, however much it is used.
    expires_at   BIGINT NOT NULL,
    -- As sent at login, cut to 200 characters; for people to recognise their devices by.
    user_agent   TEXT NOT NULL,
    -- The client's address at login.
    address      TEXT NOT NULL
);

CREATE UNIQUE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

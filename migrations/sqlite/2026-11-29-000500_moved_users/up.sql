-- What was taken over from another system. Times are Unix seconds (UTC).

-- Users who were imported. Links and tokens that the old system signed work for them until `users.link_secret` changes.
CREATE TABLE moved_users (
    user_id     TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- `users.link_secret` as it was at the import: each change of password or address replaces that one.
    link_secret TEXT NOT NULL CHECK (length(link_secret) = 32),
    moved_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The addresses that the old system kept in a table of their own. Its confirmation keys name the row.
CREATE TABLE moved_emails (
    -- The old row's primary key.
    id      TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX moved_emails_user_id ON moved_emails (user_id);

-- Refresh tokens of the old system that must not be accepted any more: revoked there, or exchanged for a session here.
CREATE TABLE moved_tokens (
    -- SHA-256 of the token's id (`jti`), in hex.
    digest     TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    -- When the token expires. Housekeeping deletes the row then.
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX moved_tokens_expires_at ON moved_tokens (expires_at);

-- One row for each imported file: how far its import got, so that it can be resumed.
CREATE TABLE imports (
    -- SHA-256 of the file and of the choices that decide what is made of it, in hex.
    digest      TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    began_at    INTEGER NOT NULL,
    -- How many of the file's entries have been imported or skipped. Updated in the transaction that inserts the users.
    done        INTEGER NOT NULL CHECK (done >= 0),
    finished_at INTEGER
) STRICT, WITHOUT ROWID;

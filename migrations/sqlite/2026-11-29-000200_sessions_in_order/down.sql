ALTER TABLE sessions RENAME TO sessions_with_rowid;

CREATE TABLE sessions (
    digest         TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    id             TEXT NOT NULL,
    user_id        TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at     INTEGER NOT NULL,
    last_used_at   INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    user_agent     TEXT NOT NULL,
    address        TEXT NOT NULL,
    kind           TEXT NOT NULL DEFAULT 'token' CHECK (kind IN ('token', 'jwt')),
    rotated_at     INTEGER,
    refresh_digest TEXT CHECK (length(refresh_digest) = 64)
) STRICT, WITHOUT ROWID;

INSERT INTO sessions
    SELECT digest, id, user_id, created_at, last_used_at, expires_at, user_agent, address, kind, rotated_at,
           refresh_digest
    FROM sessions_with_rowid ORDER BY digest;
DROP TABLE sessions_with_rowid;

CREATE UNIQUE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_user_id_created_at ON sessions (user_id, created_at);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

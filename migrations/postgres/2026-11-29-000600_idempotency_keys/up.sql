-- Registrations that came with an idempotency key: a client that got no answer may send the request again.
CREATE TABLE idempotency_keys (
    -- A MAC of the key, in hex. The key itself, which the client has chosen, is kept nowhere.
    digest     TEXT NOT NULL CHECK (length(digest) = 64),
    -- A MAC of the key and of the registration, but for its password, in hex.
    content    TEXT NOT NULL CHECK (length(content) = 64),
    -- The user whom the registration created.
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    -- Named like a unique index, by which the program tells which column refused a row.
    CONSTRAINT idempotency_keys_digest PRIMARY KEY (digest)
);

CREATE INDEX idempotency_keys_user_id ON idempotency_keys (user_id);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);

-- By which accounts at identity providers users log in. No token of a provider is kept.
CREATE TABLE provider_accounts (
    -- The name by which its user can disconnect it; useless for logging in.
    id            TEXT NOT NULL PRIMARY KEY,
    -- The provider, by its name in the settings.
    provider      TEXT NOT NULL,
    -- How the provider calls the account. It never calls another one so.
    subject       TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at    INTEGER NOT NULL,
    last_login_at INTEGER
) STRICT, WITHOUT ROWID;

-- A provider account logs in one user.
CREATE UNIQUE INDEX provider_accounts_subject ON provider_accounts (provider, subject);
CREATE INDEX provider_accounts_user_id ON provider_accounts (user_id);

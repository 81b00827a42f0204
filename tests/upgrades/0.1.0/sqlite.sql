-- One row per person. Times are Unix seconds (UTC); ids are UUIDv7, so rows of one time lie together. Has a rowid, unlike
-- the other tables: with four indexes beside it, each entry of which would hold the whole id, it is a fifth smaller so.
CREATE TABLE users (
    id              TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
    -- As the person typed it, after NFKC. NULL for accounts that go by their e-mail address alone.
    username        TEXT,
    -- The name in the form that is compared: case-folded.
    username_key    TEXT,
    email           TEXT,
    -- The address in the form that is compared: case-folded, its domain in ASCII.
    email_key       TEXT,
    -- The same key, set when this user has proved the address: whoever proves an address first has it.
    owned_email_key TEXT,
    first_name      TEXT NOT NULL,
    last_name       TEXT NOT NULL,
    -- PHC string.
    password_hash   TEXT NOT NULL,
    -- 128 random bits in hex, bound into links that can take the account over; replaced when one is used.
    link_secret     TEXT NOT NULL CHECK (length(link_secret) = 32),
    created_at      INTEGER NOT NULL,
    verified_at     INTEGER,
    disabled_at     INTEGER,
    CHECK ((username IS NULL) = (username_key IS NULL)),
    CHECK ((email IS NULL) = (email_key IS NULL)),
    CHECK (username IS NOT NULL OR email IS NOT NULL),
    CHECK (owned_email_key IS NULL OR (owned_email_key = email_key AND verified_at IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX users_username_key ON users (username_key);
CREATE UNIQUE INDEX users_owned_email_key ON users (owned_email_key) WHERE owned_email_key IS NOT NULL;
CREATE INDEX users_email_key ON users (email_key);
CREATE INDEX users_unverified ON users (created_at) WHERE verified_at IS NULL;

-- Mails still to be sent, written in the transaction that caused them. Never holds a link or a signature:
-- the link is signed when the mail is sent.
CREATE TABLE outbox (
    id         TEXT NOT NULL PRIMARY KEY,
    -- What to send; a decoy makes an unknown address cost what a known one does, and is never sent.
    mail       TEXT NOT NULL,
    -- NULL for a decoy.
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
    -- Where to, if not to the user's own address.
    recipient  TEXT,
    created_at INTEGER NOT NULL,
    -- Not to be tried before this; a claim moves it to the end of the lease.
    due_at     INTEGER NOT NULL,
    -- Counts claims, and tells a claim that has outlived its lease from the one that came after.
    attempts   INTEGER NOT NULL,
    parked_at  INTEGER,
    last_error TEXT,
    CHECK ((mail = 'decoy') = (user_id IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_due ON outbox (due_at) WHERE parked_at IS NULL;
CREATE INDEX outbox_user_id ON outbox (user_id);
ALTER TABLE users ADD COLUMN last_login_at INTEGER;

-- One row per login. The token itself is nowhere: only its digest is kept.
CREATE TABLE sessions (
    -- SHA-256 of the token, in hex.
    digest       TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    -- The name by which its user can end it; useless for logging in.
    id           TEXT NOT NULL,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    -- Written at most once a minute.
    last_used_at INTEGER NOT NULL,
    -- The end, however much it is used.
    expires_at   INTEGER NOT NULL,
    -- As sent at login, cut to 200 characters; for people to recognise their devices by.
    user_agent   TEXT NOT NULL,
    -- The client's address at login.
    address      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
-- How much of what an account, or a name that nobody has, may be asked is used up. Holds across restarts and replicas.
CREATE TABLE budgets (
    -- SHA-256, in hex, of what is counted and for whom: names that were only typed are kept nowhere.
    digest         TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    -- When the budget will be whole again, in Unix milliseconds. A row that lies in the past says nothing.
    whole_again_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX budgets_whole_again_at ON budgets (whole_again_at);

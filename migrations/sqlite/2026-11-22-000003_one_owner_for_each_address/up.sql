-- Whoever proves an address first has it. An index that holds proved addresses only is written at each verification, and at
-- another page each time, since addresses come in no order: most of what a verification wrote to the log. These triggers
-- only read, through `users_email_key`, and nobody else writes meanwhile, because SQLite has one writer. Verification sets
-- `owned_email_key` alone and looks by itself: a trigger would have SQLite keep a journal of each such statement.
-- The words are those with which SQLite reports a unique index.
DROP INDEX users_owned_email_key;

CREATE TRIGGER users_owned_email_key_insert BEFORE INSERT ON users
WHEN new.owned_email_key IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'UNIQUE constraint failed: users.owned_email_key')
    FROM users AS owner
    WHERE owner.email_key = new.owned_email_key AND owner.owned_email_key IS NOT NULL;
END;

CREATE TRIGGER users_owned_email_key_update BEFORE UPDATE OF email_key ON users
WHEN new.owned_email_key IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'UNIQUE constraint failed: users.owned_email_key')
    FROM users AS owner
    WHERE owner.email_key = new.owned_email_key AND owner.rowid <> old.rowid AND owner.owned_email_key IS NOT NULL;
END;

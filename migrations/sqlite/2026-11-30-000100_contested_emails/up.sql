-- The addresses that more than one user has, proved or not. A verification looks for another owner of its address only if
-- the address is here. Addresses come in no order, so each of these looks reads another page of `users_email_key`, more of
-- them than a cache holds; this table is nearly empty. PostgreSQL has a unique index on owned addresses instead.
CREATE TABLE contested_emails (
    email_key TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

INSERT INTO contested_emails (email_key)
SELECT email_key FROM users WHERE email_key IS NOT NULL GROUP BY email_key HAVING count(*) > 1;

-- Triggers keep it, so that no program can give a user an address past it.
CREATE TRIGGER users_contested_email_insert AFTER INSERT ON users
WHEN new.email_key IS NOT NULL
BEGIN
    INSERT INTO contested_emails (email_key)
    SELECT new.email_key
    WHERE EXISTS (SELECT 1 FROM users AS other WHERE other.email_key = new.email_key AND other.rowid <> new.rowid)
        AND NOT EXISTS (SELECT 1 FROM contested_emails AS known WHERE known.email_key = new.email_key);
END;

CREATE TRIGGER users_contested_email_update AFTER UPDATE OF email_key ON users
WHEN new.email_key IS NOT old.email_key
BEGIN
    INSERT INTO contested_emails (email_key)
    SELECT new.email_key
    WHERE EXISTS (SELECT 1 FROM users AS other WHERE other.email_key = new.email_key AND other.rowid <> new.rowid)
        AND NOT EXISTS (SELECT 1 FROM contested_emails AS known WHERE known.email_key = new.email_key);
    DELETE FROM contested_emails
    WHERE email_key = old.email_key AND (SELECT count(*) FROM users WHERE users.email_key = old.email_key) < 2;
END;

-- An address must not outlast its users.
CREATE TRIGGER users_contested_email_delete AFTER DELETE ON users
WHEN old.email_key IS NOT NULL
BEGIN
    DELETE FROM contested_emails
    WHERE email_key = old.email_key AND (SELECT count(*) FROM users WHERE users.email_key = old.email_key) < 2;
END;

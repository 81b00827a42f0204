-- The identity provider that the mail is about, by its name in the settings. NULL for all other mails, and for those that
-- an older program stores while it still runs.
ALTER TABLE outbox ADD COLUMN provider TEXT CHECK (provider <> '');

-- The HTTP contract whose page the mail's link leads to. NULL for the pages of the site itself; so are the mails that an
-- older program stores while it still runs.
ALTER TABLE outbox ADD COLUMN contract TEXT CHECK (contract <> '');

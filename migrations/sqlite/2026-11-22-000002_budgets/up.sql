-- How much of what an account, or a name that nobody has, may be asked is used up. Holds across restarts and replicas.
CREATE TABLE budgets (
    -- SHA-256, in hex, of what is counted and for whom: names that were only typed are kept nowhere.
    digest         TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    -- When the budget will be whole again, in Unix milliseconds. A row that lies in the past says nothing.
    whole_again_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX budgets_whole_again_at ON budgets (whole_again_at);

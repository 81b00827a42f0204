-- Since when the user is staff, in Unix seconds; NULL for all others. Only an operator sets it.
ALTER TABLE users ADD COLUMN staff_at INTEGER;

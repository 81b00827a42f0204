-- When an operator last had the mail sent again, in Unix seconds; NULL for all others. It is given up as long after this
-- as a new mail after `created_at`.
ALTER TABLE outbox ADD COLUMN retried_at BIGINT;

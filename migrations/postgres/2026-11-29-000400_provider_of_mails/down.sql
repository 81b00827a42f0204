ALTER TABLE outbox DROP COLUMN provider;

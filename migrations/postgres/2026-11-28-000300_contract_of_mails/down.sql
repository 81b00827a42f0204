ALTER TABLE outbox DROP COLUMN contract;

ALTER TABLE users DROP COLUMN staff_at;

CREATE INDEX sessions_user_id ON sessions (user_id);
DROP INDEX sessions_user_id_created_at;
DROP INDEX users_created_at;

-- Users are listed in the order they registered, and the ids of one second come in no order.
CREATE INDEX users_created_at ON users (created_at);

-- A user's oldest sessions end when there are too many. Finds them without reading all; serves `user_id` alone as well.
CREATE INDEX sessions_user_id_created_at ON sessions (user_id, created_at);
DROP INDEX sessions_user_id;

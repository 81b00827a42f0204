DROP TABLE outbox;
DROP TABLE users;

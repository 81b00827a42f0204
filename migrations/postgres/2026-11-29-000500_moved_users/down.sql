DROP TABLE imports;
DROP TABLE moved_tokens;
DROP TABLE moved_emails;
DROP TABLE moved_users;

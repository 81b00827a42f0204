DROP TRIGGER users_contested_email_delete;
DROP TRIGGER users_contested_email_update;
DROP TRIGGER users_contested_email_insert;
DROP TABLE contested_emails;

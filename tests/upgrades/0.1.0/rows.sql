-- What a database of 0.1.0 may hold: one row for each way in which rows differ. Both engines read this.
CREATE TABLE __diesel_schema_migrations (
    version VARCHAR(50) PRIMARY KEY NOT NULL,
    run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO __diesel_schema_migrations (version) VALUES ('20261122000000'), ('20261122000001'), ('20261122000002');

INSERT INTO users (id, username, username_key, email, email_key, owned_email_key, first_name, last_name, password_hash,
                   link_secret, created_at, verified_at, disabled_at, last_login_at) VALUES
    -- Verified, with everything there is; the password is the one of all tests.
    ('018bcfe1-0000-7000-8000-000000000001', 'Ann', 'ann', 'ann@mail.example', 'ann@mail.example', 'ann@mail.example',
     'Ann', 'Ünïcode-Çelik', '$argon2id$v=19$m=19456,t=2,p=1$1NR3PTH8fp6JaGctVTqxnA$UJP6kmjD/ZsiXNHFeloeMbHdEIJqBWl/s9HuiI1/hWM',
     '00112233445566778899aabbccddeeff', 1699990000, 1699990060, NULL, 1699999000),
    -- Has not followed the link yet, which was mailed at 1699999000.
    ('018bcfe1-0000-7000-8000-000000000002', 'bob', 'bob', 'bob@mail.example', 'bob@mail.example', NULL,
     '', '', '$argon2id$v=19$m=19456,t=2,p=1$1NR3PTH8fp6JaGctVTqxnA$UJP6kmjD/ZsiXNHFeloeMbHdEIJqBWl/s9HuiI1/hWM',
     'ffeeddccbbaa99887766554433221100', 1699999000, NULL, NULL, NULL),
    -- Claims an address that somebody else has proved.
    ('018bcfe1-0000-7000-8000-000000000003', 'eve', 'eve', 'Ann@mail.example', 'ann@mail.example', NULL,
     '', '', '$argon2id$v=19$m=19456,t=2,p=1$1NR3PTH8fp6JaGctVTqxnA$UJP6kmjD/ZsiXNHFeloeMbHdEIJqBWl/s9HuiI1/hWM',
     '0123456789abcdef0123456789abcdef', 1699999100, NULL, NULL, NULL),
    -- Has no username; shut by an administrator.
    ('018bcfe1-0000-7000-8000-000000000004', NULL, NULL, 'carol@bücher.example', 'carol@xn--bcher-kva.example',
     'carol@xn--bcher-kva.example', 'Carol', '', '$argon2id$v=19$m=19456,t=2,p=1$1NR3PTH8fp6JaGctVTqxnA$UJP6kmjD/ZsiXNHFeloeMbHdEIJqBWl/s9HuiI1/hWM',
     'fedcba9876543210fedcba9876543210', 1600000000, 1600000001, 1600000002, NULL),
    -- Has no address.
    ('018bcfe1-0000-7000-8000-000000000005', 'Straße', 'strasse', NULL, NULL, NULL,
     '', '', '$argon2id$v=19$m=19456,t=2,p=1$1NR3PTH8fp6JaGctVTqxnA$UJP6kmjD/ZsiXNHFeloeMbHdEIJqBWl/s9HuiI1/hWM',
     '00000000000000000000000000000000', 0, 1, NULL, NULL);

-- The token is "ab", 32 times.
INSERT INTO sessions (digest, id, user_id, created_at, last_used_at, expires_at, user_agent, address) VALUES
    ('271a413bd339c5709fdceaec41f14f11e9fbfb5042d72d331c65f32b284cd09a', '018bcfe1-0000-7000-8000-00000000000a',
     '018bcfe1-0000-7000-8000-000000000001', 1699999000, 1699999900, 1702591000, 'Browser/1.0', '192.0.2.1');

INSERT INTO outbox (id, mail, user_id, recipient, created_at, due_at, attempts, parked_at, last_error) VALUES
    ('018bcfe1-0000-7000-8000-0000000000a1', 'verify-registration', '018bcfe1-0000-7000-8000-000000000002', NULL,
     1699999000, 1699999000, 0, NULL, NULL),
    ('018bcfe1-0000-7000-8000-0000000000a2', 'email-changed', '018bcfe1-0000-7000-8000-000000000001',
     'old@mail.example', 1699990000, 1699990000, 12, 1699995000, '550 no such user'),
    ('018bcfe1-0000-7000-8000-0000000000a3', 'decoy', NULL, NULL, 1699999000, 1699999000, 0, NULL, NULL);

INSERT INTO budgets (digest, whole_again_at) VALUES
    ('271a413bd339c5709fdceaec41f14f11e9fbfb5042d72d331c65f32b284cd09a', 1700003600000);

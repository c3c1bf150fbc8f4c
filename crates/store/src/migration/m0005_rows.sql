-- A row or two in each table as m0005_files left it, for the test that brings them through all later changes. The text suits both
-- engines: numbers that count up are given by them, from 1.

INSERT INTO settings (name, value, updated_at) VALUES ('external_hosts', '["db.example.org"]', 1800000000000000);

INSERT INTO users (username, email, full_name, password_hash, is_superuser, is_active, password_change_needed, display_language,
        created_at, updated_at, last_sign_in_at) VALUES
    ('ann', 'ann@example.org', 'Ann Example', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA', TRUE, TRUE, FALSE, 'en',
        1800000000000001, 1800000000000002, 1800000000000003),
    ('bob', '', '', 'pbkdf2_sha256$600000$salt$hash', FALSE, FALSE, TRUE, 'de', 1800000000000004, 1800000000000005, NULL);

INSERT INTO first_superuser (id, user_id, created_at) VALUES (1, 1, 1800000000000006);
INSERT INTO setup_tokens (id, token_hash, created_at, expires_at) VALUES (1, 'hash of a token', 1800000000000007, 1800000000000008);
INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at, user_agent, address) VALUES
    ('hash of a session', 1, 1800000000000009, 1800000000000010, 1900000000000000, 'Firefox', '192.0.2.1');
INSERT INTO user_preferences (user_id, name, value, updated_at) VALUES (1, 'theme', '"dark"', 1800000000000011);

INSERT INTO servers (host, port, sslmode, ca_pem, managed, created_at, updated_at) VALUES
    ('db.example.org', 5432, 'verify-full', 'a certificate', FALSE, 1800000000000012, 1800000000000013),
    ('/run/postgresql', NULL, 'prefer', NULL, TRUE, 1800000000000014, 1800000000000015);
INSERT INTO databases (server_id, name, nickname, managed, created_at, updated_at) VALUES
    (1, 'shop', 'The shop', FALSE, 1800000000000016, 1800000000000017),
    (2, 'library', NULL, TRUE, 1800000000000018, 1800000000000019);
INSERT INTO configured_roles (server_id, name, sealed_password, created_at, updated_at) VALUES
    (1, 'clerk', 'a sealed password', 1800000000000020, 1800000000000021), (2, 'librarian', NULL, 1800000000000022, 1800000000000023);
INSERT INTO collaborators (user_id, database_id, configured_role_id, server_id, created_at, updated_at) VALUES
    (1, 1, 1, 1, 1800000000000024, 1800000000000025), (2, 2, 2, 2, 1800000000000026, 1800000000000027);

-- Who edited a row last was stored before it did anything, and so is found in one of the databases.
INSERT INTO table_metadata (database_id, table_oid, schema_name, table_name, settings, updated_at) VALUES
    (1, 4294967295, 'public', 'goods', '{"user_tracking_attnum": 7, "column_order": [2, 1]}', 1800000000000028),
    (2, 16385, 'public', 'books', '{"record_summary_template": ["#", [1]]}', 1800000000000029);
INSERT INTO column_metadata (database_id, table_oid, attnum, schema_name, table_name, column_name, settings, updated_at) VALUES
    (1, 4294967295, 2, 'public', 'goods', 'price', '{"num_grouping": "always"}', 1800000000000030);

INSERT INTO data_files (user_id, name, spool_path, size_bytes, dialect, created_at) VALUES
    (1, 'goods.csv', 'ab/cd', 123, '{"delimiter": ","}', 1800000000000031);
INSERT INTO jobs (kind, state, user_id, database_id, payload, result, progress_done, progress_total, claimed_by, heartbeat_at,
        cancel_asked, created_at, updated_at) VALUES
    ('import', 'done', 1, 1, '{"file": 1}', '{"rows": 5}', 5, 5, NULL, NULL, FALSE, 1800000000000032, 1800000000000033),
    ('import', 'queued', 2, NULL, '{}', NULL, 0, NULL, 'a server', 1800000000000034, TRUE, 1800000000000035, 1800000000000036);

INSERT INTO explorations (database_id, schema_oid, schema_name, name, base_table_oid, definition, created_at, updated_at) VALUES
    (1, 2200, 'public', 'Sold out', 4294967295, '{"initial_columns": [{"alias": "n", "attnum": 1}], "n": 1.10}', 1800000000000037, 1800000000000038);
INSERT INTO forms (database_id, schema_oid, schema_name, base_table_oid, associated_role_id, token, publish_public, name, definition,
        created_at, updated_at) VALUES
    (1, 2200, 'public', 4294967295, 1, 'a token', TRUE, 'Order', '{"fields": []}', 1800000000000039, 1800000000000040),
    (2, 2200, 'public', 16385, NULL, 'another token', FALSE, 'Wishes', '{"fields": []}', 1800000000000041, 1800000000000042);
INSERT INTO api_tokens (token_hash, user_id, name, methods, databases, read_only, created_at, expires_at, last_used_at) VALUES
    ('hash of an API token', 1, 'nightly', '["records.*"]', '[1]', TRUE, 1800000000000043, NULL, 1800000000000044);
INSERT INTO files (mash, uri, name, media_type, size_bytes, user_id, form_id, created_at) VALUES
    ('a mark', 'file:ab/cd', 'photo.png', 'image/png', 456, 1, NULL, 1000000000000000),
    ('another mark', 'file:ef/gh', 'letter.pdf', 'application/pdf', 789, NULL, 1, 1000000000000001);

SELECT pg_catalog.current_setting('server_version_num'),
       pg_catalog.current_setting('server_version'),
       CURRENT_USER::text,
       pg_catalog.current_database()::text,
       (pg_catalog.pg_is_in_recovery() OR pg_catalog.current_setting('default_transaction_read_only')::pg_catalog.bool)::text,
       pg_catalog.current_setting('server_encoding')

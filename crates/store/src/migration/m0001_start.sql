-- One text for both engines: words in braces are replaced by what the engine calls it (see mod.rs).
-- A moment is microseconds since 1970 in UTC.

CREATE TABLE settings (
    name text PRIMARY KEY,
    value {json} NOT NULL,
    updated_at {moment} NOT NULL
) {strict};

CREATE TABLE users (
    id {id},
    username text NOT NULL UNIQUE CHECK (length(username) BETWEEN 1 AND 63),
    email text NOT NULL,
    full_name text NOT NULL,
    password_hash text NOT NULL,
    is_superuser {bool} NOT NULL,
    is_active {bool} NOT NULL,
    password_change_needed {bool} NOT NULL,
    display_language text NOT NULL,
    created_at {moment} NOT NULL,
    updated_at {moment} NOT NULL,
    last_sign_in_at {moment}
) {strict};

-- The one row says that set-up is over. Its primary key makes two concurrent first superusers impossible.
CREATE TABLE first_superuser (
    id {int} PRIMARY KEY CHECK (id = 1),
    user_id {bigint} REFERENCES users ON DELETE SET NULL,
    created_at {moment} NOT NULL
) {strict};

CREATE TABLE setup_tokens (
    id {int} PRIMARY KEY CHECK (id = 1),
    token_hash text NOT NULL,
    created_at {moment} NOT NULL,
    expires_at {moment} NOT NULL
) {strict};

CREATE TABLE sessions (
    id {id},
    token_hash text NOT NULL UNIQUE,
    user_id {bigint} NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at {moment} NOT NULL,
    last_seen_at {moment} NOT NULL,
    expires_at {moment} NOT NULL,
    user_agent text,
    address text
) {strict};

CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE user_preferences (
    user_id {bigint} NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    value {json} NOT NULL,
    updated_at {moment} NOT NULL,
    PRIMARY KEY (user_id, name)
) {strict};

CREATE TABLE servers (
    id {id},
    host text NOT NULL CHECK (length(host) BETWEEN 1 AND 255),
    port {bigint} CHECK (port BETWEEN 1 AND 65535),
    sslmode text NOT NULL CHECK (sslmode IN ('disable', 'prefer', 'require', 'verify-ca', 'verify-full')),
    ca_pem text,
    managed {bool} NOT NULL,
    created_at {moment} NOT NULL,
    updated_at {moment} NOT NULL
) {strict};

CREATE UNIQUE INDEX servers_address ON servers (host, coalesce(port, 0));

CREATE TABLE databases (
    id {id},
    server_id {bigint} NOT NULL REFERENCES servers ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    nickname text,
    managed {bool} NOT NULL,
    created_at {moment} NOT NULL,
    updated_at {moment} NOT NULL,
    UNIQUE (server_id, name),
    UNIQUE (id, server_id)
) {strict};

CREATE TABLE configured_roles (
    id {id},
    server_id {bigint} NOT NULL REFERENCES servers ON DELETE CASCADE,
    name text NOT NULL,
    sealed_password text,
    created_at {moment} NOT NULL,
    updated_at {moment} NOT NULL,
    UNIQUE (server_id, name),
    UNIQUE (id, server_id)
) {strict};

-- server_id stands here only so that the two composite references force the role onto the database's own server.
CREATE TABLE collaborators (
    id {id},
    user_id {bigint} NOT NULL REFERENCES users ON DELETE CASCADE,
    database_id {bigint} NOT NULL,
    configured_role_id {bigint} NOT NULL,
    server_id {bigint} NOT NULL,
    created_at {moment} NOT NULL,
    updated_at {moment} NOT NULL,
    UNIQUE (user_id, database_id),
    FOREIGN KEY (database_id, server_id) REFERENCES databases (id, server_id) ON DELETE CASCADE,
    FOREIGN KEY (configured_role_id, server_id) REFERENCES configured_roles (id, server_id)
) {strict};

CREATE INDEX collaborators_database ON collaborators (database_id);
CREATE INDEX collaborators_role ON collaborators (configured_role_id);

CREATE TABLE table_metadata (
    id {id},
    database_id {bigint} NOT NULL REFERENCES databases ON DELETE CASCADE,
    table_oid {bigint} NOT NULL,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    settings {json} NOT NULL,
    updated_at {moment} NOT NULL,
    UNIQUE (database_id, table_oid)
) {strict};

CREATE INDEX table_metadata_name ON table_metadata (database_id, schema_name, table_name);

CREATE TABLE column_metadata (
    id {id},
    database_id {bigint} NOT NULL REFERENCES databases ON DELETE CASCADE,
    table_oid {bigint} NOT NULL,
    attnum {int} NOT NULL,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    column_name text NOT NULL,
    settings {json} NOT NULL,
    updated_at {moment} NOT NULL,
    UNIQUE (database_id, table_oid, attnum)
) {strict};

CREATE INDEX column_metadata_name ON column_metadata (database_id, schema_name, table_name);

CREATE TABLE data_files (
    id {id},
    user_id {bigint} NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    spool_path text NOT NULL,
    size_bytes {bigint} NOT NULL,
    dialect {json} NOT NULL,
    created_at {moment} NOT NULL
) {strict};

CREATE INDEX data_files_user ON data_files (user_id);
CREATE INDEX data_files_created ON data_files (created_at);

CREATE TABLE jobs (
    id {id},
    kind text NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    user_id {bigint} NOT NULL REFERENCES users ON DELETE CASCADE,
    database_id {bigint} REFERENCES databases ON DELETE CASCADE,
    payload {json} NOT NULL,
    result {json},
    progress_done {bigint} NOT NULL,
    progress_total {bigint},
    claimed_by text,
    heartbeat_at {moment},
    cancel_asked {bool} NOT NULL,
    created_at {moment} NOT NULL,
    updated_at {moment} NOT NULL
) {strict};

CREATE INDEX jobs_queue ON jobs (state, id);
CREATE INDEX jobs_user ON jobs (user_id, id);

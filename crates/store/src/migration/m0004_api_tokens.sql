CREATE TABLE api_tokens (
    id {id},
    token_hash text NOT NULL UNIQUE,
    user_id {bigint} NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    methods {json} NOT NULL,
    databases {json},
    read_only {bool} NOT NULL,
    created_at {moment} NOT NULL,
    expires_at {moment},
    last_used_at {moment},
    UNIQUE (user_id, name)
) {strict};

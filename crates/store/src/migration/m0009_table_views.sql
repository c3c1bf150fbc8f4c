-- How people look at tables, as they keep it. The definition is JSON as it was checked, kept as a text. Whose a view is, and what others may
-- do with it, is as with explorations.

CREATE TABLE table_views (
    id {id},
    database_id {bigint} NOT NULL REFERENCES databases ON DELETE CASCADE,
    table_oid {bigint} NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    definition text NOT NULL,
    created_at {moment} NOT NULL,
    updated_at {moment} NOT NULL,
    owner_id {bigint} REFERENCES users ON DELETE SET NULL,
    access text NOT NULL CHECK (access IN ('none', 'read', 'write'))
) {strict};

CREATE INDEX table_views_table ON table_views (database_id, table_oid);
CREATE INDEX table_views_owner ON table_views (owner_id);

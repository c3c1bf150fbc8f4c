-- The definition is JSON as it was checked, kept as a text. The schema has its name here too, as in explorations.
-- A form whose role is forgotten stays, and does not work.

CREATE TABLE forms (
    id {id},
    database_id {bigint} NOT NULL REFERENCES databases ON DELETE CASCADE,
    schema_oid {bigint} NOT NULL,
    schema_name text NOT NULL,
    base_table_oid {bigint} NOT NULL,
    associated_role_id {bigint} REFERENCES configured_roles ON DELETE SET NULL,
    token text NOT NULL UNIQUE,
    publish_public {bool} NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    definition text NOT NULL,
    created_at {moment} NOT NULL,
    updated_at {moment} NOT NULL
) {strict};

CREATE INDEX forms_database ON forms (database_id, schema_oid);
CREATE INDEX forms_role ON forms (associated_role_id);

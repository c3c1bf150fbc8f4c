-- The definition is JSON as it arrived, kept as a text: the JSON of either engine would change the numbers in it.
-- The schema has its name here too, which a dump and restore keeps while it changes the identifiers.

CREATE TABLE explorations (
    id {id},
    database_id {bigint} NOT NULL REFERENCES databases ON DELETE CASCADE,
    schema_oid {bigint} NOT NULL,
    schema_name text NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    base_table_oid {bigint} NOT NULL,
    definition text NOT NULL,
    created_at {moment} NOT NULL,
    updated_at {moment} NOT NULL,
    UNIQUE (database_id, schema_oid, name)
) {strict};

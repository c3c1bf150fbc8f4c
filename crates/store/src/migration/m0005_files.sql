-- Files in cells: what a cell's mark leads to. A file whose user or form is gone stays, since cells may hold it.

CREATE TABLE files (
    id {id},
    mash text NOT NULL UNIQUE,
    uri text NOT NULL UNIQUE,
    name text NOT NULL,
    media_type text NOT NULL,
    size_bytes {bigint} NOT NULL,
    user_id {bigint} REFERENCES users ON DELETE SET NULL,
    form_id {bigint} REFERENCES forms ON DELETE SET NULL,
    created_at {moment} NOT NULL
) {strict};

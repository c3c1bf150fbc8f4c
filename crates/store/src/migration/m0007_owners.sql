-- Whose an exploration or a form is, and what the other collaborators of its database may do with it. What nobody owns is everybody's,
-- whatever the word: what was saved before, what another installation brought, and what a deleted user leaves.

ALTER TABLE explorations ADD COLUMN owner_id {bigint} REFERENCES users ON DELETE SET NULL;
ALTER TABLE explorations ADD COLUMN access text NOT NULL DEFAULT 'write' CHECK (access IN ('none', 'read', 'write'));
ALTER TABLE forms ADD COLUMN owner_id {bigint} REFERENCES users ON DELETE SET NULL;
ALTER TABLE forms ADD COLUMN access text NOT NULL DEFAULT 'write' CHECK (access IN ('none', 'read', 'write'));

CREATE INDEX explorations_owner ON explorations (owner_id);
CREATE INDEX forms_owner ON forms (owner_id);

-- Who may set what is kept about the tables of a database: its collaborators, or of each table its owners.
ALTER TABLE databases ADD COLUMN metadata_access text NOT NULL DEFAULT 'collaborators'
    CHECK (metadata_access IN ('collaborators', 'owners'));

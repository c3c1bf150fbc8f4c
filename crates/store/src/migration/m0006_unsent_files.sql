-- Files that came by a form which was not sent yet, and may never be. Of those that are there already nobody knows.

ALTER TABLE files ADD COLUMN awaits_submission {bool} NOT NULL DEFAULT FALSE;

CREATE INDEX files_awaiting ON files (created_at) WHERE awaits_submission;

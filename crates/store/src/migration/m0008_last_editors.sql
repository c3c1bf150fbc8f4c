-- Whether some table of a database may keep who wrote a row last, so that an edit need not ask for the metadata of a table that does not.

ALTER TABLE databases ADD COLUMN keeps_last_editors {bool} NOT NULL DEFAULT FALSE;

UPDATE databases SET keeps_last_editors = TRUE
 WHERE id IN (SELECT database_id FROM table_metadata WHERE CAST(settings AS text) LIKE '%"user_tracking_attnum"%');

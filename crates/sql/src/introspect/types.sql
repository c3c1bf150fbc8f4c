-- The types of a table's columns and all that they are made of: bases of domains and elements of arrays.
-- OFFSET 0 keeps the planner from reading all of pg_type for a handful of rows.
WITH RECURSIVE needed (oid) AS (
    SELECT a.atttypid
      FROM pg_catalog.pg_attribute AS a
     WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = 
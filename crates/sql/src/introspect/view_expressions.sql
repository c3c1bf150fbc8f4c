-- Columns of a view that take no value, since they are no columns of the table behind it. Where triggers or rules decide, or
-- PostgreSQL changes nothing through the view at all, it is not for us to say.
SELECT a.attnum::text
  FROM pg_catalog.pg_attribute AS a
 WHERE a.attnum > 0
   AND NOT pg_catalog.pg_column_is_updatable(a.attrelid, a.attnum, false)
   -- UPDATE and DELETE, as bits of CmdType.
   AND pg_catalog.pg_relation_is_updatable(a.attrelid, false) & 20 = 20
   -- INSTEAD OF.
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = a.attrelid AND g.tgtype & 64 = 64)
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_rewrite AS u WHERE u.ev_class = a.attrelid AND u.ev_type <> '1')
   AND a.attrelid = 
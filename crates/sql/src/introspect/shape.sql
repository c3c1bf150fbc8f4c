SELECT ARRAY[n.nspname::text, c.relname::text]
       || ARRAY(SELECT a.attnum::text || ' ' || a.atttypid::text || ' ' || a.attname::text
                  FROM pg_catalog.pg_attribute AS a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 ORDER BY a.attnum)
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.oid = 
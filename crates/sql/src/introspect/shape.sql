SELECT a.attnum::text || ' ' || a.atttypid::text || ' ' || a.attname::text
  FROM pg_catalog.pg_attribute AS a
 WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = 
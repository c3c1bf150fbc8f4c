SELECT a.attnum::text,
       a.attname::text,
       a.atttypid::text,
       a.atttypmod::text,
       pg_catalog.format_type(a.atttypid, a.atttypmod),
       a.attnotnull::text,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid),
       a.attidentity::text,
       a.attgenerated::text,
       pg_catalog.col_description(a.attrelid, a.attnum),
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')::text,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'INSERT')::text,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'UPDATE')::text,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'REFERENCES')::text,
       EXISTS (SELECT
                 FROM pg_catalog.pg_depend AS p
                WHERE p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                  AND p.refobjid = a.attrelid
                  AND p.refobjsubid = a.attnum
                  AND p.deptype = 'n')::text
  FROM pg_catalog.pg_attribute AS a
  LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped

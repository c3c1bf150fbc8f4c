SELECT a.attrelid::text,
       a.attname::text,
       (SELECT pg_catalog.array_agg(x.grantee || ':' || x.privilege_type)::text FROM pg_catalog.aclexplode(a.attacl) AS x)
  FROM pg_catalog.pg_attribute AS a
 WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped

SELECT r.oid::text,
       r.rolname::text,
       x.privilege_type,
       pg_catalog.pg_get_userbyid(x.grantor)::text,
       a.attnum::text
  FROM pg_catalog.pg_attribute AS a
 CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) AS x
  JOIN pg_catalog.pg_roles AS r ON r.oid = x.grantee
 WHERE r.rolname !~ '^pg_' AND a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = 
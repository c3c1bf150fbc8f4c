SELECT d.defaclrole::text,
       nullif(d.defaclnamespace, 0::pg_catalog.oid)::text,
       d.defaclobjtype::text,
       (SELECT pg_catalog.array_agg(a.grantee || ':' || a.privilege_type)::text FROM pg_catalog.aclexplode(d.defaclacl) AS a)
  FROM pg_catalog.pg_default_acl AS d
 WHERE d.defaclobjtype IN ('r', 'S', 'f', 'T', 'n', 'L')
 ORDER BY pg_catalog.pg_get_userbyid(d.defaclrole), pg_catalog.strpos('rSfTnL', d.defaclobjtype::text)

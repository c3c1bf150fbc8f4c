SELECT d.oid::text,
       d.datname::text,
       d.datdba::text,
       (SELECT pg_catalog.array_agg(a.grantee || ':' || a.privilege_type)::text
          FROM pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) AS a)
  FROM pg_catalog.pg_database AS d
 WHERE d.datname = pg_catalog.current_database()

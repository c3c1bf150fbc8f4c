SELECT n.oid::text,
       n.nspname::text,
       n.nspowner::text,
       (SELECT pg_catalog.array_agg(a.grantee || ':' || a.privilege_type)::text
          FROM pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) AS a)
  FROM pg_catalog.pg_namespace AS n
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY n.nspname

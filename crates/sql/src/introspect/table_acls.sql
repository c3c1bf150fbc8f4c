SELECT c.oid::text,
       c.relname::text,
       c.relowner::text,
       (SELECT pg_catalog.array_agg(a.grantee || ':' || a.privilege_type)::text
          FROM pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) AS a),
       c.relnamespace::text,
       c.relkind::text,
       c.relrowsecurity::text,
       c.relforcerowsecurity::text
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'

SELECT n.oid::text,
       n.nspname::text,
       n.nspowner::text,
       pg_catalog.pg_has_role(n.nspowner, 'USAGE')::text,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE')::text,
       pg_catalog.has_schema_privilege(n.oid, 'CREATE')::text,
       pg_catalog.obj_description(n.oid, 'pg_namespace'),
       (SELECT pg_catalog.count(*)::text
          FROM pg_catalog.pg_class AS c
         WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition)
  FROM pg_catalog.pg_namespace AS n
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'

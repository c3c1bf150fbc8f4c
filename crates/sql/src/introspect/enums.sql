SELECT t.oid::text,
       n.oid::text,
       n.nspname::text,
       t.typname::text,
       pg_catalog.format_type(t.oid, NULL),
       pg_catalog.pg_has_role(t.typowner, 'USAGE')::text,
       (SELECT pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder)::text
          FROM pg_catalog.pg_enum AS e
         WHERE e.enumtypid = t.oid)
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
 WHERE t.typtype = 'e' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY t.typname, n.nspname

SELECT p.oid::text,
       p.polrelid::text,
       p.polname::text,
       p.polcmd::text,
       p.polpermissive::text,
       -- The number 0 stands for PUBLIC.
       pg_catalog.array_remove(p.polroles, 0::pg_catalog.oid)::text,
       pg_catalog.pg_get_expr(p.polqual, p.polrelid),
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
  FROM pg_catalog.pg_policy AS p

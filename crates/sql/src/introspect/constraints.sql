SELECT k.oid::text,
       k.conname::text,
       k.contype::text,
       k.conkey::text,
       pg_catalog.pg_get_constraintdef(k.oid),
       k.condeferrable::text,
       f.oid::text,
       fn.nspname::text,
       f.relname::text,
       k.confkey::text,
       (k.confmatchtype = 'f')::text,
       k.confupdtype::text,
       k.confdeltype::text
  FROM pg_catalog.pg_constraint AS k
  LEFT JOIN pg_catalog.pg_class AS f ON f.oid = k.confrelid
  LEFT JOIN pg_catalog.pg_namespace AS fn ON fn.oid = f.relnamespace
 WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')

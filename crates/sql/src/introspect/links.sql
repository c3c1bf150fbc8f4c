SELECT k.oid::text,
       k.conrelid::text,
       k.conkey::text,
       k.confrelid::text,
       k.confkey::text
  FROM pg_catalog.pg_constraint AS k
 WHERE k.contype = 'f'
   AND k.conparentid = 0
 ORDER BY k.oid

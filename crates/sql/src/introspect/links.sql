SELECT k.oid::text,
       k.conrelid::text,
       k.conkey[1]::text,
       k.confrelid::text,
       k.confkey[1]::text
  FROM pg_catalog.pg_constraint AS k
 WHERE k.contype = 'f'
   AND pg_catalog.cardinality(k.conkey) = 1
   AND k.conparentid = 0
 ORDER BY k.oid

SELECT i.indexrelid::text,
       c.relname::text,
       m.amname::text,
       i.indisunique::text,
       i.indnkeyatts::text,
       i.indkey::text,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid),
       pg_catalog.pg_get_indexdef(i.indexrelid),
       (SELECT k.oid::text
          FROM pg_catalog.pg_constraint AS k
         WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')),
       i.indisvalid::text
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
 WHERE i.indrelid = 
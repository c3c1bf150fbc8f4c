-- Unique indexes that hold for every row at every moment; a deferrable primary key is still the key of its table.
SELECT i.indisprimary::text,
       i.indisprimary::text,
       i.indnkeyatts::text,
       i.indkey::text
  FROM pg_catalog.pg_index AS i
 WHERE i.indisunique
   AND i.indisvalid
   AND (i.indimmediate OR i.indisprimary)
   AND i.indpred IS NULL
   AND i.indexprs IS NULL

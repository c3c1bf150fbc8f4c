
    UNION
    SELECT part.oid
      FROM needed
      JOIN pg_catalog.pg_type AS t ON t.oid = needed.oid
      CROSS JOIN LATERAL (VALUES (t.typbasetype), (t.typelem)) AS part (oid)
     WHERE part.oid <> 0
)
SELECT t.oid::text,
       n.nspname::text,
       t.typname::text,
       t.typtype::text,
       CASE WHEN t.typtype = 'd' THEN t.typbasetype::text END,
       -- Some base types (point, name) have parts without being arrays; a true array type is the one its element names.
       (SELECT e.oid::text FROM pg_catalog.pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid),
       (SELECT pg_catalog.array_agg(l.enumlabel ORDER BY l.enumsortorder)::text
          FROM pg_catalog.pg_enum AS l
         WHERE l.enumtypid = t.oid),
       t.typnotnull::text
  FROM needed
  JOIN pg_catalog.pg_type AS t ON t.oid = needed.oid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace

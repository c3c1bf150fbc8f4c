
    UNION
    SELECT part.oid
      FROM needed
      CROSS JOIN LATERAL (SELECT t.typbasetype, t.typelem
                            FROM pg_catalog.pg_type AS t
                           WHERE t.oid = needed.oid
                          OFFSET 0) AS t
      CROSS JOIN LATERAL (VALUES (t.typbasetype), (t.typelem)) AS part (oid)
     WHERE part.oid <> 0
)
SELECT t.oid::text,
       (SELECT n.nspname::text FROM pg_catalog.pg_namespace AS n WHERE n.oid = t.typnamespace),
       t.typname::text,
       t.typtype::text,
       CASE WHEN t.typtype = 'd' THEN t.typbasetype::text END,
       -- Some base types (point, name) have parts without being arrays; a true array type is the one its element names.
       (SELECT e.oid::text FROM pg_catalog.pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid),
       CASE WHEN t.typtype = 'e' THEN (SELECT pg_catalog.array_agg(l.enumlabel ORDER BY l.enumsortorder)::text
                                         FROM pg_catalog.pg_enum AS l
                                        WHERE l.enumtypid = t.oid) END,
       t.typnotnull::text
  FROM needed
  CROSS JOIN LATERAL (SELECT t.oid, t.typnamespace, t.typname, t.typtype, t.typbasetype, t.typelem, t.typnotnull
                        FROM pg_catalog.pg_type AS t
                       WHERE t.oid = needed.oid
                      OFFSET 0) AS t

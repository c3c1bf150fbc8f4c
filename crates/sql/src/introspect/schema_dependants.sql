]::pg_catalog.oid[])),
inside (classid, objid) AS (
    -- Row types, array types, indexes and the like belong to their schema through something else in it.
    SELECT d.classid, d.objid
      FROM pg_catalog.pg_depend AS d
      JOIN schema AS s ON d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.refobjid = s.oid
    UNION
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid
      FROM pg_catalog.pg_class AS c JOIN schema AS s ON c.relnamespace = s.oid
    UNION
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid
      FROM pg_catalog.pg_type AS t JOIN schema AS s ON t.typnamespace = s.oid
),
dependants (classid, objid) AS (
    -- Parts of a table or view stand for the whole, which people know.
    SELECT DISTINCT CASE WHEN r.relid IS NULL THEN d.classid ELSE 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid END,
           COALESCE(r.relid, d.objid)
      FROM inside AS i
      JOIN pg_catalog.pg_depend AS d
        ON d.refclassid = i.classid AND d.refobjid = i.objid AND d.deptype IN ('n', 'a')
      CROSS JOIN LATERAL (SELECT COALESCE(
          (SELECT w.ev_class FROM pg_catalog.pg_rewrite AS w
            WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = d.objid),
          (SELECT NULLIF(k.conrelid, 0) FROM pg_catalog.pg_constraint AS k
            WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.oid = d.objid),
          (SELECT f.adrelid FROM pg_catalog.pg_attrdef AS f
            WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND f.oid = d.objid),
          (SELECT g.tgrelid FROM pg_catalog.pg_trigger AS g
            WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND g.oid = d.objid),
          (SELECT p.polrelid FROM pg_catalog.pg_policy AS p
            WHERE d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND p.oid = d.objid)) AS relid) AS r
     -- These end with the table without a loss of their own.
     WHERE d.classid NOT IN ('pg_catalog.pg_publication_rel'::pg_catalog.regclass,
                             'pg_catalog.pg_default_acl'::pg_catalog.regclass)
)
SELECT o.type, pg_catalog.pg_describe_object(x.classid, x.objid, 0)
  FROM dependants AS x
  CROSS JOIN LATERAL pg_catalog.pg_identify_object(x.classid, x.objid, 0) AS o
 WHERE NOT EXISTS (SELECT FROM inside AS i WHERE i.classid = x.classid AND i.objid = x.objid)
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n JOIN schema AS s ON n.oid = s.oid WHERE n.nspname = o.schema)
 ORDER BY 2

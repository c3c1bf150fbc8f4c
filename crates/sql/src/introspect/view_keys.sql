::pg_catalog.oid),
-- Where each column of the view comes from, if PostgreSQL changes the rows of a table through it. The view's parse tree notes that;
-- the columns of subqueries look the same there, so that these are all places that a column can come from.
origin (attnum, relation, at) AS (
    SELECT a.attnum, a.attrelid, a.attnum
      FROM asked AS v
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = v.oid
     WHERE a.attnum > 0
       AND pg_catalog.pg_column_is_updatable(a.attrelid, a.attnum, false)
    UNION
    SELECT o.attnum, e.part[2]::pg_catalog.oid, e.part[3]::pg_catalog.int2
      FROM origin AS o
      JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = o.relation AND w.ev_type = '1'
     CROSS JOIN LATERAL pg_catalog.regexp_matches(
               w.ev_action::text,
               E':resno (\\d+) :resname (?:\\\\.|[^ \\\\])+ :ressortgroupref \\d+ :resorigtbl (\\d+) :resorigcol (\\d+)',
               'g') AS e (part)
     WHERE e.part[1] = o.at::text
       -- Changes through a view with rules are whatever the rules say, and it may show a row more than once.
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_rewrite AS u WHERE u.ev_class = o.relation AND u.ev_type <> '1')
),
-- The table behind the view is among those that all of these columns can come from; where there are more, nobody knows.
behind (oid) AS (
    SELECT o.relation
      FROM origin AS o
      JOIN pg_catalog.pg_class AS c ON c.oid = o.relation
     WHERE c.relkind IN ('r', 'p')
     GROUP BY o.relation
    HAVING pg_catalog.count(DISTINCT o.attnum) = (SELECT pg_catalog.count(DISTINCT a.attnum) FROM origin AS a)
),
shown (attnum, relation, at) AS (
    SELECT o.attnum, o.relation, pg_catalog.min(o.at)
      FROM origin AS o
     WHERE o.relation = (SELECT pg_catalog.min(b.oid) FROM behind AS b HAVING pg_catalog.count(*) = 1)
     GROUP BY o.attnum, o.relation
    HAVING pg_catalog.count(*) = 1
)
-- Such a view shows each row of the table once at most, so that the keys of the table are keys of the view.
SELECT 'false',
       'true',
       i.indnkeyatts::text,
       pg_catalog.string_agg(k.attnum::text, ' ' ORDER BY k.place)
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
 CROSS JOIN LATERAL (
           SELECT p.place, pg_catalog.min(s.attnum), pg_catalog.bool_and(a.attnotnull)
             FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) AS p (place)
             JOIN shown AS s ON s.relation = i.indrelid AND s.at = i.indkey[p.place]
             JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = s.at
            GROUP BY p.place) AS k (place, attnum, not_null)
 WHERE i.indrelid IN (SELECT s.relation FROM shown AS s)
   AND i.indisunique
   AND i.indisvalid
   AND (i.indimmediate OR i.indisprimary)
   AND i.indpred IS NULL
   AND i.indexprs IS NULL
   -- Keys of an inheritance parent do not hold for the rows of its children.
   AND (c.relkind = 'p' OR NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhparent = c.oid))
 GROUP BY i.indexrelid, i.indisprimary, i.indnkeyatts
HAVING pg_catalog.count(*) = i.indnkeyatts AND pg_catalog.bool_and(k.not_null)
 ORDER BY i.indisprimary DESC, i.indexrelid

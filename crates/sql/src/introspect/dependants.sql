SELECT DISTINCT o.type, pg_catalog.pg_describe_object(x.classid, x.objid, 0)
  FROM pg_catalog.pg_depend AS d
  LEFT JOIN pg_catalog.pg_rewrite AS w
    ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = d.objid
  -- A view depends through its rule; people know the view.
  CROSS JOIN LATERAL (SELECT CASE WHEN w.oid IS NULL THEN d.classid ELSE d.refclassid END AS classid,
                             CASE WHEN w.oid IS NULL THEN d.objid ELSE w.ev_class END AS objid) AS x
  CROSS JOIN LATERAL pg_catalog.pg_identify_object(x.classid, x.objid, 0) AS o
 WHERE d.deptype = 'n'
   AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass

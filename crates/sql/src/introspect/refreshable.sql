SELECT (c.relispopulated
           AND EXISTS (SELECT
                         FROM pg_catalog.pg_index AS i
                         JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
                         JOIN pg_catalog.pg_am AS a ON a.oid = x.relam
                        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND a.amname = 'btree'
                          AND i.indpred IS NULL AND i.indexprs IS NULL))::text
  FROM pg_catalog.pg_class AS c
 WHERE c.relkind = 'm'

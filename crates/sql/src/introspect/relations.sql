SELECT c.oid::text,
       n.oid::text,
       n.nspname::text,
       c.relname::text,
       c.relkind::text,
       c.relowner::text,
       pg_catalog.pg_has_role(c.relowner, 'USAGE')::text,
       pg_catalog.has_table_privilege(c.oid, 'SELECT')::text,
       pg_catalog.has_table_privilege(c.oid, 'INSERT')::text,
       pg_catalog.has_table_privilege(c.oid, 'UPDATE')::text,
       pg_catalog.has_table_privilege(c.oid, 'DELETE')::text,
       pg_catalog.has_table_privilege(c.oid, 'TRUNCATE')::text,
       pg_catalog.has_table_privilege(c.oid, 'REFERENCES')::text,
       pg_catalog.has_table_privilege(c.oid, 'TRIGGER')::text,
       -- Older ones do not know the word.
       CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 170000
            THEN pg_catalog.has_table_privilege(c.oid, 'MAINTAIN') ELSE false END::text,
       pg_catalog.obj_description(c.oid, 'pg_class'),
       -- A table that was never analysed says -1, which is not an estimate.
       CASE WHEN c.reltuples >= 0 THEN c.reltuples::pg_catalog.int8::text END,
       -- A partitioned table that was analysed says -1, since it has no pages of its own.
       greatest(c.relpages, 0)::text,
       c.relrowsecurity::text,
       (c.relkind <> 'p' AND EXISTS (SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhparent = c.oid))::text,
       (SELECT h.inhparent::text FROM pg_catalog.pg_inherits AS h WHERE c.relispartition AND h.inhrelid = c.oid)
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')

SELECT d.oid::text,
       d.datname::text,
       d.datdba::text,
       pg_catalog.pg_has_role(d.datdba, 'USAGE')::text,
       pg_catalog.has_database_privilege(d.oid, 'CONNECT')::text,
       pg_catalog.has_database_privilege(d.oid, 'CREATE')::text,
       pg_catalog.has_database_privilege(d.oid, 'TEMPORARY')::text,
       pg_catalog.shobj_description(d.oid, 'pg_database')
  FROM pg_catalog.pg_database AS d
 WHERE d.datallowconn AND NOT d.datistemplate

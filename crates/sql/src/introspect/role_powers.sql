SELECT r.oid::text,
       r.rolname::text,
       r.rolsuper::text,
       r.rolbypassrls::text
  FROM pg_catalog.pg_roles AS r

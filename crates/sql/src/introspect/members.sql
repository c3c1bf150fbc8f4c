-- Before PostgreSQL 16 it is the member who inherits or does not, and every member may become the role; the columns are not there.
SELECT m.roleid::text,
       m.member::text,
       pg_catalog.bool_or(coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit))::text,
       pg_catalog.bool_or(coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true))::text
  FROM pg_catalog.pg_auth_members AS m
  JOIN pg_catalog.pg_roles AS r ON r.oid = m.member
 GROUP BY m.roleid, m.member
 UNION ALL
-- Whoever owns the database is a member of this role without being listed.
SELECT r.oid::text,
       d.datdba::text,
       (pg_catalog.current_setting('server_version_num')::int >= 160000 OR o.rolinherit)::text,
       'false'
  FROM pg_catalog.pg_database AS d
  JOIN pg_catalog.pg_roles AS r ON r.rolname = 'pg_database_owner'
  JOIN pg_catalog.pg_roles AS o ON o.oid = d.datdba
 WHERE d.datname = pg_catalog.current_database()

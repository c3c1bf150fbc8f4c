SELECT r.oid::text,
       r.rolname::text,
       r.rolsuper::text,
       r.rolinherit::text,
       r.rolcreaterole::text,
       r.rolcreatedb::text,
       r.rolcanlogin::text,
       pg_catalog.shobj_description(r.oid, 'pg_authid'),
       -- From PostgreSQL 16 on a membership may be granted by several roles: one of them with the option is enough.
       (SELECT pg_catalog.array_agg(m.member || ':' || m.admin ORDER BY m.member)::text
          FROM (SELECT a.member::text AS member, pg_catalog.bool_or(a.admin_option)::text AS admin
                  FROM pg_catalog.pg_auth_members AS a
                 WHERE a.roleid = r.oid
                 GROUP BY a.member) AS m),
       (r.rolname = CURRENT_USER)::text,
       pg_catalog.pg_has_role(r.oid, 'MEMBER')::text
  FROM pg_catalog.pg_roles AS r
 WHERE r.rolname !~ '^pg_'

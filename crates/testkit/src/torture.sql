-- A database with everything that PostgreSQL lets people make of tables, in three schemas: torture, "Cross.Schema" and far_away.
-- Every table has at least one row. Nothing in it needs a role of its own; extensions are used where the server has them.

CREATE SCHEMA torture;
CREATE SCHEMA "Cross.Schema";
CREATE SCHEMA far_away;

-- ── Types ──

CREATE TYPE torture.mood AS ENUM ('sad', 'so so', 'it''s "ok"', 'a,b', '{}', 'NULL', '');
CREATE TYPE "Cross.Schema"."Ünïque ""Type""" AS ENUM ('one', 'two');
CREATE DOMAIN torture.amount AS numeric(12, 3) CHECK (value >= 0);
CREATE DOMAIN torture.small_amount AS torture.amount NOT NULL CHECK (value < 1000);
CREATE DOMAIN torture.list AS int[] CHECK (pg_catalog.cardinality(value) < 5);
CREATE DOMAIN torture.code AS char(4);
CREATE TYPE torture.part AS (a int, "b c" text, d torture.mood);
CREATE TYPE torture.whole AS (one torture.part, many torture.part[], at timestamptz);
CREATE TYPE torture.temperature AS RANGE (subtype = float8);

-- ── Keys ──

CREATE TABLE torture.key_composite (a int, b text, c timestamptz, note text, PRIMARY KEY (c, a, b));
INSERT INTO torture.key_composite VALUES
    (1, 'x', '2024-01-01 00:00:00.000001+00', 'one'), (1, 'x', '2024-01-01 00:00:00.000002+00', 'two'),
    (1, '', 'infinity', NULL), (-1, 'y;''"', '0044-03-15 12:00:00+00 BC', '');
CREATE TABLE torture.key_natural (name text COLLATE "C" PRIMARY KEY, note text);
INSERT INTO torture.key_natural VALUES ('', 'the empty text'), ('Ä', NULL), (' leading', 'x'), ('null', 'x'), ('{"a": 1}', 'x'), ('1', 'x');
CREATE TABLE torture.key_none (a int, b text, c xml, d json);
INSERT INTO torture.key_none VALUES (1, 'one', '<a/>', '{"a":  1}'), (1, 'one', '<a/>', '{"a":  1}'), (NULL, NULL, NULL, NULL), (2, '', '', 'null');
CREATE TABLE torture.key_unique (label text, code uuid NOT NULL UNIQUE, maybe int UNIQUE);
INSERT INTO torture.key_unique VALUES ('a', '00000000-0000-0000-0000-000000000001', NULL), ('a', '00000000-0000-0000-0000-000000000002', 1);
CREATE TABLE torture.key_unique_nullable (a int UNIQUE, b text);
INSERT INTO torture.key_unique_nullable VALUES (NULL, 'x'), (NULL, 'x'), (1, 'y');
CREATE TABLE torture.key_partial (a int NOT NULL, b text);
CREATE UNIQUE INDEX ON torture.key_partial (a) WHERE a > 0;
INSERT INTO torture.key_partial VALUES (0, 'x'), (0, 'y'), (1, 'z');
CREATE TABLE torture.key_deferred (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, t text);
INSERT INTO torture.key_deferred VALUES (1, 'a'), (2, 'b');
CREATE TABLE torture.key_excluding (during tstzrange NOT NULL, room int NOT NULL, EXCLUDE USING gist (during WITH &&));
INSERT INTO torture.key_excluding VALUES ('[2024-01-01 00:00+00,2024-01-02 00:00+00)', 1), ('[2024-01-02 00:00+00,)', 2);
CREATE TABLE torture.no_column ();
INSERT INTO torture.no_column DEFAULT VALUES;
CREATE TABLE torture.dropped_column (gone int, id int PRIMARY KEY, also_gone text, t text);
ALTER TABLE torture.dropped_column DROP COLUMN gone, DROP COLUMN also_gone;
INSERT INTO torture.dropped_column VALUES (1, 'a'), (2, NULL);

-- A table with a key of each type that PostgreSQL can index, with two rows.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT * FROM (VALUES
        ('int2', '-32768', '32767'), ('int4', '-2147483648', '2147483647'),
        ('int8', '-9223372036854775808', '9223372036854775807'),
        ('numeric', '123456789012345678901234567890.0123456789', 'NaN'), ('numeric(6,2)', '0.10', '-0.01'),
        ('float4', '0.1', '-Infinity'), ('float8', '5e-324', 'NaN'), ('bool', 'true', 'false'),
        ('text', 'it''s "so"', E'line\nbreak\t\\'), ('varchar(5)', 'abc', ''), ('char(5)', 'ab', 'abcde'), ('name', 'a name', 'b'),
        ('"char"', 'x', ''), ('bytea', '\x00ff', ''), ('date', '0044-03-15 BC', 'infinity'), ('time', '24:00:00', '00:00:00.000001'),
        ('timetz', '12:00:00+14', '12:00:00.5-09:30'), ('timestamp', '0001-01-01 00:00:00 BC', '-infinity'),
        ('timestamptz', '294276-12-31 23:59:59.999999+00', '2024-02-29 23:59:59.999999+00'),
        ('interval', '1 year -2 mons +3 days -04:05:06.7', '0'), ('money', '92233720368547758.07', '-0.01'),
        ('uuid', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
        ('inet', '::ffff:1.2.3.4/128', '10.1.2.3/8'), ('cidr', '10.0.0.0/8', '2001:db8::/32'),
        ('macaddr', '08:00:2b:01:02:03', '00:00:00:00:00:00'), ('macaddr8', '08:00:2b:01:02:03:04:05', '00:00:00:00:00:00:00:00'),
        ('bit(3)', '101', '000'), ('varbit', '', '10101'), ('jsonb', '{"a": [1, null]}', 'null'), ('oid', '0', '4294967295'),
        ('tsvector', '''a'':1 ''cat'':2', ''), ('tsquery', '''fat'' & ''cat''', ''), ('pg_lsn', '0/0', 'FFFFFFFF/FFFFFFFF'), ('tid', '(0,1)', '(1,2)'),
        ('int4range', 'empty', '[1,5)'), ('tstzrange', '(,)', '["2024-01-01 00:00:00+00",)'), ('nummultirange', '{}', '{[1,2),[3,)}'),
        ('torture.temperature', '[-1.5,2)', 'empty'), ('torture.mood', '', 'NULL'), ('"Cross.Schema"."Ünïque ""Type"""', 'one', 'two'),
        ('torture.amount', '0.000', '12.300'), ('torture.code', 'a', ''), ('torture.list', '{}', '{1,NULL}'),
        ('int[]', '{}', '{{1,2},{3,NULL}}'), ('text[]', '{NULL,"NULL","",a}', '{"a,b","c\"d","e\\f","{}"}'), ('torture.mood[]', '{sad,""}', '{}'),
        ('torture.part', '(,,)', '(1,"a ""b"", (c)",sad)')
    ) AS v (ty, first, second)
    LOOP
        EXECUTE pg_catalog.format('CREATE TABLE torture.%I (id %s PRIMARY KEY, note text)', 'key ' || one.ty, one.ty);
        EXECUTE pg_catalog.format('INSERT INTO torture.%I VALUES (%L, ''first''), (%L, NULL)', 'key ' || one.ty, one.first, one.second);
    END LOOP;
END $$;

-- ── Columns that PostgreSQL fills ──

CREATE TABLE torture.filled (
    always int GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5) PRIMARY KEY,
    by_default bigint GENERATED BY DEFAULT AS IDENTITY UNIQUE,
    price torture.amount DEFAULT 1.5,
    tax numeric GENERATED ALWAYS AS (price * 0.19) STORED,
    label text NOT NULL DEFAULT 'it''s "new"',
    mood torture.mood DEFAULT 'so so',
    made timestamptz NOT NULL DEFAULT now(),
    tags text[] DEFAULT '{a,"b c"}',
    unique_code uuid DEFAULT gen_random_uuid());
INSERT INTO torture.filled DEFAULT VALUES;
INSERT INTO torture.filled (price, mood, tags) VALUES (NULL, NULL, NULL);
CREATE TABLE torture.only_generated (id serial PRIMARY KEY, twice int GENERATED ALWAYS AS (2) STORED);
INSERT INTO torture.only_generated DEFAULT VALUES;
DO $$
BEGIN
    IF pg_catalog.current_setting('server_version_num')::int >= 180000 THEN
        EXECUTE 'CREATE TABLE torture.generated_virtual (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL)';
        EXECUTE 'INSERT INTO torture.generated_virtual VALUES (1, 21), (2, NULL)';
    END IF;
END $$;

-- ── Types of columns ──

CREATE TABLE torture.every_type (
    id int PRIMARY KEY,
    i2 int2, i4 int4, i8 int8, n numeric, n2 numeric(20, 4), f4 float4, f8 float8, b bool, t text, v varchar(20), c char(6), ch "char", nm name,
    d date, tm time, tm2 time(2), ttz timetz, ts timestamp, ts0 timestamp(0), tstz timestamptz, iv interval, ivy interval year to month, m money,
    u uuid, j json, jb jsonb, jp jsonpath, x xml, by bytea, bt bit(5), vb varbit, ip inet, ci cidr, ma macaddr, ma8 macaddr8,
    e torture.mood, am torture.amount, sm torture.small_amount, li torture.list, pa torture.part, wh torture.whole,
    r4 int4range, r8 int8range, rn numrange, rd daterange, rts tsrange, rtz tstzrange, rf torture.temperature,
    m4 int4multirange, mn nummultirange, mtz tstzmultirange,
    a4 int[], a8 bigint[], an numeric[], at text[], ae torture.mood[], ap torture.part[], ad date[], atz timestamptz[], ab bytea[], aj jsonb[], ar int4range[],
    tv tsvector, tq tsquery, po point, lin line, lse lseg, bx box, pth path, pol polygon, cir circle, o oid, rc regclass, ls pg_lsn, sn pg_snapshot,
    ti tid);
INSERT INTO torture.every_type (id, sm) VALUES (1, 0);
INSERT INTO torture.every_type VALUES (
    2, -32768, 2147483647, -9223372036854775808, 1234567890123456789012345678901234567890.09876543210, -0.0100, 1e-40, 1.7976931348623157e308, true,
    E'a\nb\t"c" \\ ''d'' 😀', 'v', 'c ', '!', 'a "name"',
    '0044-03-15 BC', '24:00:00', '12:34:56.78', '12:34:56.789012+05:45', '0001-12-31 23:59:59.999999 BC', '2024-01-01 00:00:00', '2024-06-30 23:59:59.999999+00',
    '-1 year -2 mons +3 days -04:05:06.789012', '3 years 2 mons', '-92233720368547758.08',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b":1,  "a":[1.10,null], "a": 2}', '{"b": 1.10, "a": null}', '$."a"[*] ? (@ > 1)', '<a b="c">d &amp; e</a>',
    '\x00de5c27ff', '10110', '', '10.1.2.3/8', '2001:db8::/32', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05',
    'it''s "ok"', 12345.678, 999.999, '{1,NULL,3}', '(1,"x ""y"", (z)","a,b")', '("(1,,sad)","{""(2,\\""p q\\"",)"",NULL}","2024-01-01 00:00:00+00")',
    '(,5]', '[1,)', '(1.50,2.5]', '[2024-01-01,infinity)', '(,"2024-01-01 12:00:00"]', 'empty', '(-1.5,2.25]',
    '{[1,3),[5,7)}', '{}', '{(,"2024-01-01 00:00:00+00"],["2025-01-01 00:00:00+00",)}',
    '[0:1]={7,NULL}', '{9223372036854775807}', '{1.10,NaN,NULL}', '{"",NULL,"NULL","a,b","c\"d","e\\f","{g}"," h "}', '{sad,"a,b","{}","",NULL,"NULL"}',
    '{"(1,\"x \"\"y\"\"\",sad)",NULL}', '{"0044-03-15 BC",infinity}', '{"2024-01-01 00:00:00.5+00",-infinity}', '{"\\x00ff",""}', '{"{\"a\": [1, \"b\"]}","null",NULL}',
    '{empty,"[1,2)","(,)"}',
    '''it''''s'':1A ''two words'':2,3B', '''fat'':AB & ( !''rat'' | ''c d'':* )', '(1.5,-2)', '{1,-1,0.5}', '[(0,0),(1,1)]', '(2,2),(1,1)', '[(0,0),(1,1),(2,0)]',
    '((0,0),(1,1),(2,0))', '<(1,2),3.5>', 4294967295, 'torture.every_type', 'FFFFFFFF/0', '10:20:10,14,15', '(42,7)');
INSERT INTO torture.every_type (id, n, f4, f8, t, v, c, d, ts, tstz, iv, m, j, jb, x, by, bt, vb, sm, r4, rn, m4, at, a4, tv, tq, u) VALUES (
    3, 'NaN', 'NaN', '-Infinity', '', '', '', 'infinity', '-infinity', 'infinity', '0', 0, 'null', 'null', 'text only', '', '00000', '1', 0, 'empty', '(,)', '{(,)}',
    '{{a,b},{c,NULL}}', '{{{1},{2}}}', '', '', '00000000-0000-0000-0000-000000000000');

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'citext') THEN
        CREATE EXTENSION citext SCHEMA "Cross.Schema";
        CREATE EXTENSION hstore SCHEMA "Cross.Schema";
        CREATE EXTENSION ltree SCHEMA "Cross.Schema";
        CREATE TABLE torture.of_extensions (id "Cross.Schema".citext PRIMARY KEY, h "Cross.Schema".hstore, l "Cross.Schema".ltree, a "Cross.Schema".citext[]);
        INSERT INTO torture.of_extensions VALUES
            ('Case', '"a b"=>"c\"d", e=>NULL', 'Top.Science.Astronomy', '{A,NULL,"b c"}'), ('other', '', '', '{}'), ('null', NULL, NULL, NULL);
    END IF;
END $$;

-- ── Foreign keys ──

CREATE TABLE "Cross.Schema".person (id int PRIMARY KEY, email text NOT NULL UNIQUE, boss int REFERENCES "Cross.Schema".person, UNIQUE (id, email));
INSERT INTO "Cross.Schema".person VALUES (1, 'ann@example.org', 1), (2, 'bob@example.org', 1), (3, 'eve@example.org', NULL);
CREATE TABLE torture.letter (
    id int PRIMARY KEY,
    sender int NOT NULL REFERENCES "Cross.Schema".person,
    receiver int REFERENCES "Cross.Schema".person ON DELETE SET NULL,
    copy_to text REFERENCES "Cross.Schema".person (email) ON UPDATE CASCADE,
    both_id int, both_email text,
    answers int REFERENCES torture.letter ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (both_id, both_email) REFERENCES "Cross.Schema".person (id, email) MATCH FULL);
INSERT INTO torture.letter VALUES (1, 1, 2, 'eve@example.org', 2, 'bob@example.org', NULL), (2, 2, NULL, NULL, NULL, NULL, 1), (3, 1, 1, 'ann@example.org', NULL, NULL, 3);

-- ── Tables that are more than one ──

CREATE TABLE torture.measured (id int, at date, value numeric, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE torture.measured_2023 PARTITION OF torture.measured FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE torture.measured_2024 PARTITION OF torture.measured FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (id);
CREATE TABLE torture.measured_2024_odd PARTITION OF torture.measured_2024 FOR VALUES IN (1, 3, 5) PARTITION BY HASH (id);
CREATE TABLE torture.measured_2024_odd_0 PARTITION OF torture.measured_2024_odd FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE torture.measured_2024_odd_1 PARTITION OF torture.measured_2024_odd FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE torture.measured_2024_even PARTITION OF torture.measured_2024 DEFAULT;
-- A partition that was made elsewhere has its columns in another order.
CREATE TABLE far_away.measured_old (value numeric, gone text, at date NOT NULL, id int NOT NULL);
ALTER TABLE far_away.measured_old DROP COLUMN gone;
ALTER TABLE torture.measured ATTACH PARTITION far_away.measured_old DEFAULT;
INSERT INTO torture.measured VALUES (1, '2023-06-01', 1), (1, '2024-06-01', 2), (3, '2024-06-01', 3), (5, '2024-06-01', 3), (2, '2024-06-01', 4), (2, '1999-12-31', NULL);
CREATE TABLE torture.measured_unkeyed (id int, t text) PARTITION BY LIST (id);
CREATE TABLE torture.measured_unkeyed_1 PARTITION OF torture.measured_unkeyed FOR VALUES IN (1);
CREATE TABLE torture.measured_unkeyed_2 PARTITION OF torture.measured_unkeyed FOR VALUES IN (2, NULL);
INSERT INTO torture.measured_unkeyed VALUES (1, 'one'), (2, 'one'), (NULL, 'one');

CREATE TABLE torture.place (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE torture.town (population int) INHERITS (torture.place);
CREATE TABLE torture.capital (id int PRIMARY KEY, country text) INHERITS (torture.town);
-- The keys of a parent do not hold for its children.
INSERT INTO torture.place VALUES (1, 'a place');
INSERT INTO torture.town VALUES (1, 'a town', 7), (1, 'a town', 7);
INSERT INTO torture.capital VALUES (1, 'a capital', 9, 'X');

-- ── Views ──

CREATE TABLE torture.book (id int GENERATED BY DEFAULT AS IDENTITY (START WITH 100) PRIMARY KEY, title text NOT NULL, price numeric, author int, isbn text NOT NULL UNIQUE);
INSERT INTO torture.book VALUES (1, 'Dune', 9.90, 1, 'i1'), (2, 'Emma', NULL, 2, 'i2'), (3, 'Ulysses', 20, 1, 'i3');
CREATE VIEW torture.view_by_unique_key AS SELECT title, isbn FROM torture.book;
CREATE VIEW torture.view_updatable AS SELECT b.isbn, b.title AS "Book title", b.id, b.author, b.price FROM torture.book AS b;
CREATE VIEW torture.view_of_view AS SELECT "Book title" AS t, id AS "the id (x) \ {}", isbn FROM torture.view_updatable WHERE id < 3;
CREATE VIEW torture.view_with_expression AS SELECT id, upper(title) AS loud, title, isbn, (SELECT min(p.email) FROM "Cross.Schema".person AS p) AS first_email FROM torture.book AS b
    WHERE EXISTS (SELECT id, isbn, title FROM torture.book AS other WHERE other.id = b.id);
CREATE VIEW torture.view_checked AS SELECT title, id, isbn, price FROM torture.book WHERE price < 15 WITH LOCAL CHECK OPTION;
CREATE VIEW torture.view_without_key AS SELECT title, price FROM torture.book;
CREATE VIEW torture.view_joined AS SELECT b.id, b.title, p.email FROM torture.book AS b JOIN "Cross.Schema".person AS p ON p.id = b.author;
CREATE VIEW torture.view_grouped AS SELECT author, count(*) AS books FROM torture.book GROUP BY author;
CREATE VIEW torture.view_of_inherited AS SELECT id, name FROM torture.place;
CREATE VIEW torture.view_of_partitioned AS SELECT at, id, value FROM torture.measured;
CREATE VIEW torture.view_with_triggers AS SELECT b.id, b.title, p.email FROM torture.book AS b LEFT JOIN "Cross.Schema".person AS p ON p.id = b.author;
CREATE FUNCTION torture.add_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO torture.book (id, title, isbn) VALUES (new.id, new.title, 'by trigger');
    RETURN new;
END $$;
CREATE TRIGGER add_book INSTEAD OF INSERT ON torture.view_with_triggers FOR EACH ROW EXECUTE FUNCTION torture.add_book();
CREATE VIEW torture.view_with_rules AS SELECT b.id, b.title FROM torture.book AS b CROSS JOIN torture.book AS other;
CREATE RULE change AS ON UPDATE TO torture.view_with_rules DO INSTEAD UPDATE torture.book SET title = new.title WHERE id = old.id;
CREATE RULE remove AS ON DELETE TO torture.view_with_rules DO INSTEAD DELETE FROM torture.book WHERE id = old.id;
CREATE VIEW torture.view_of_rules AS SELECT id, title FROM torture.view_with_rules;
CREATE MATERIALIZED VIEW torture.view_materialized AS SELECT * FROM torture.book;
CREATE UNIQUE INDEX ON torture.view_materialized (id);

-- ── Foreign tables: another database's, which is this one, and a file ──

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'postgres_fdw') THEN
        CREATE EXTENSION postgres_fdw SCHEMA far_away;
        EXECUTE pg_catalog.format(
            'CREATE SERVER here FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)',
            pg_catalog.current_setting('unix_socket_directories'), pg_catalog.current_setting('port'), pg_catalog.current_database());
        EXECUTE pg_catalog.format('CREATE USER MAPPING FOR %I SERVER here OPTIONS (user %L)', current_user, current_user);
        CREATE FOREIGN TABLE far_away.foreign_book (id int NOT NULL, title text, isbn text DEFAULT 'from afar')
            SERVER here OPTIONS (schema_name 'torture', table_name 'book');
        CREATE EXTENSION file_fdw SCHEMA far_away;
        CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
        EXECUTE pg_catalog.format(
            'CREATE FOREIGN TABLE far_away.foreign_file (version text) SERVER files OPTIONS (filename %L)',
            pg_catalog.current_setting('data_directory') || '/PG_VERSION');
    END IF;
END $$;

-- ── Triggers ──

CREATE TABLE torture.corrected (id int PRIMARY KEY, name text, changes int NOT NULL DEFAULT 0);
CREATE FUNCTION torture.correct() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.name := upper(new.name);
    new.changes := coalesce(old.changes, -1) + 1;
    RETURN new;
END $$;
CREATE TRIGGER correct BEFORE INSERT OR UPDATE ON torture.corrected FOR EACH ROW EXECUTE FUNCTION torture.correct();
INSERT INTO torture.corrected VALUES (1, 'ann');
CREATE TABLE torture.refused (id int PRIMARY KEY, name text);
INSERT INTO torture.refused VALUES (1, 'ann');
CREATE FUNCTION torture.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the books are closed' USING HINT = 'Ask the accountant.', ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON torture.refused FOR EACH ROW EXECUTE FUNCTION torture.refuse();
CREATE TABLE torture.swallowed (id int PRIMARY KEY, name text);
INSERT INTO torture.swallowed VALUES (1, 'ann');
CREATE FUNCTION torture.swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER swallow BEFORE INSERT OR UPDATE OR DELETE ON torture.swallowed FOR EACH ROW EXECUTE FUNCTION torture.swallow();
CREATE TABLE torture.redirected (id int PRIMARY KEY, name text);
INSERT INTO torture.redirected VALUES (1, 'ann');
CREATE RULE redirect AS ON DELETE TO torture.redirected DO INSTEAD NOTHING;

-- ── Row-level security and grants; roles are granted to by the tests ──

CREATE TABLE torture.policed (id int PRIMARY KEY, owner text, note text);
INSERT INTO torture.policed VALUES (1, 'mine', 'a'), (2, 'theirs', 'b'), (3, 'secret', 'c');
ALTER TABLE torture.policed ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON torture.policed FOR SELECT USING (owner <> 'secret');
CREATE POLICY changed ON torture.policed FOR UPDATE USING (owner = 'mine') WITH CHECK (owner = 'mine');
CREATE POLICY added ON torture.policed FOR INSERT WITH CHECK (owner = 'mine');
CREATE POLICY deleted ON torture.policed FOR DELETE USING (owner = 'mine');
CREATE TABLE torture.granted (id int PRIMARY KEY, open text, closed text, settable text DEFAULT 'x');
INSERT INTO torture.granted VALUES (1, 'o', 'secret', 's');

-- ── Names ──

CREATE TABLE torture."A table.with ""everything""; DROP TABLE x; --😀" (
    "ID" int PRIMARY KEY, "select" text, "a.b" text, "c""d" text, "it's" text, "Ümläut 😀" text, "tableoid_" text, "t" text, "v" text,
    "a column whose name is as long as PostgreSQL allows, 63 bytes.." text);
INSERT INTO torture."A table.with ""everything""; DROP TABLE x; --😀" VALUES (1, 's', 'a', 'c', 'i', 'u', 't', 't', 'v', 'l'),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE torture."a table whose name is as long as PostgreSQL allows, 63 bytes.." ("place" int PRIMARY KEY, "k0" text, "s0" text, "e0" text);
INSERT INTO torture."a table whose name is as long as PostgreSQL allows, 63 bytes.." VALUES (1, 'k', 's', 'e'), (2, NULL, '', 'x');

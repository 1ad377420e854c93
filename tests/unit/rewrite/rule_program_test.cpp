#include "ruled.h"

namespace pg2crdb::test {
namespace {

TEST_CASE("a statement's pattern is open, an expression's exact") {
  const std::string rule =
      "rule r info\n match statement CREATE INDEX $i ON $t ($c);\n say '$i of $t by $c';\n";
  CHECK(ruled(rule, "CREATE UNIQUE INDEX i ON s.t USING btree (a DESC) WHERE (a > 0);").findings ==
        "info r 1 i of s.t by a\n");
  CHECK(ruled(rule, "CREATE INDEX i ON t (a, b);").findings.empty());
  const std::string call = "rule r info\n match expression f($x);\n say 'f of $x';\n";
  CHECK(ruled(call, "SELECT f(1 + 2), s.f(g(3));").findings == "info r 8 f of 1 + 2\ninfo r 18 f of g(3)\n");
  CHECK(ruled(call, "SELECT f(1, 2), f(), f(DISTINCT 1), f(*);").findings.empty());
}

TEST_CASE("variables stand for the same thing twice, for runs, for what the grammar wants there") {
  CHECK(ruled("rule r info\n match expression $x = $x;\n say '$x';\n", "SELECT a = a, a = b;").findings ==
        "info r 10 a\n");
  CHECK(ruled("rule r info\n match expression f($first, $$rest, 9);\n say '$first|$$rest';\n",
              "SELECT f(1, 2, 3, 9), f(1, 9), f(9);")
            .findings == "info r 8 1|2, 3\ninfo r 23 1|\n");
  CHECK(ruled("rule r info\n match statement COMMENT ON TABLE $t IS $text;\n say '$t: $text';\n",
              "COMMENT ON TABLE s.t IS 'it''s';")
            .findings == "info r 1 s.t: it's\n");
  CHECK(
      ruled("rule r info\n match statement CREATE TABLE $t (..., $c numeric($p, $s), ...);\n say '$c: $p';\n",
            "CREATE TABLE t (a int, b numeric(4,2), c int);")
          .findings == "info r 1 b: 4\n");
  CHECK(
      ruled("rule r info\n match type numeric($p, $s);\n say '$p $s';\n", "CREATE TABLE t (b numeric(4,2));")
          .findings == "info r 19 4 2\n");
  CHECK(ruled("rule r info\n match type varchar($n);\n where $n > 100;\n say '$n';\n",
              "CREATE TABLE t (a varchar(3), b varchar(255));")
            .findings == "info r 33 255\n");
  CHECK(ruled("rule r info\n match statement CREATE SEQUENCE $s START WITH $n;\n say '$n';\n",
              "CREATE SEQUENCE q START WITH 42;")
            .findings == "info r 1 42\n");
}

TEST_CASE("a rewrite keeps what neither side mentions") {
  CHECK(ruled("rule r\n match column $t.$c integer;\n rewrite as bigint;\n",
              "CREATE TABLE t (a integer DEFAULT 7 NOT NULL);")
            .sql == "CREATE TABLE t (\n  a bigint DEFAULT 7 NOT NULL\n)\n");
  CHECK(ruled("rule r\n match statement CREATE INDEX $i ON $t USING gist ($$c);\n rewrite as CREATE INDEX $i "
              "ON $t ($$c);\n",
              "CREATE UNIQUE INDEX i ON t USING gist (a DESC, lower(b)) WHERE (a > 0);")
            .sql == "CREATE UNIQUE INDEX i ON t (a DESC, lower(b)) WHERE a > 0\n");
  CHECK(ruled("rule r\n match type money;\n rewrite as numeric(19,2);\n",
              "CREATE TABLE t (a money[][], b money);")
            .sql == "CREATE TABLE t (\n  a numeric(19, 2)[][],\n  b numeric(19, 2)\n)\n");
}

TEST_CASE("rules look into bodies in PL/pgSQL, DO blocks and constant texts of EXECUTE") {
  const std::string rules =
      "rule r\n match expression old($x);\n rewrite as new($x);\nrule t\n match type money;\n rewrite as "
      "numeric;\n";
  CHECK(ruled(rules,
              "CREATE FUNCTION f(k integer) RETURNS integer LANGUAGE plpgsql AS $$\n"
              "DECLARE\n  v money := old(k);  -- stays\n  c CURSOR FOR SELECT old(id) FROM t;\nBEGIN\n"
              "  IF old(v) > 3 THEN INSERT INTO t VALUES (old(4)); END IF;\n  EXECUTE 'SELECT old(1)';\n"
              "  RETURN old(old(v));\nEND $$;\nDO $$BEGIN PERFORM old(3); END$$;")
            .sql ==
        "CREATE FUNCTION f(k integer) RETURNS integer LANGUAGE plpgsql AS $$\n"
        "DECLARE\n  v DECIMAL := new(k);  -- stays\n  c CURSOR FOR SELECT new(id) AS old FROM t;\nBEGIN\n"
        "  IF new(v) > 3 THEN INSERT INTO t VALUES (new(4)); END IF;\n  EXECUTE 'SELECT new(1) AS old';\n"
        "  RETURN new(new(v));\nEND $$\nDO $$BEGIN PERFORM new(3); END$$\n");
  // A body that PostgreSQL would not compile is left, and so are the names of what is no call.
  const std::string broken = "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$BEGIN old(1) END$$";
  CHECK(ruled(rules, broken + ";").sql == broken + "\n");
  CHECK(
      ruled("rule r info\n match expression old($x);\n say '$x';\n", "DO $$BEGIN\n  PERFORM old(3);\nEND$$;")
          .findings == "info r 11 3\n");
  CHECK(ruled("rule r\n match expression old($x);\n hold;\n", "DO $$BEGIN PERFORM old(3); END$$;").fates ==
        "needs_person");
}

TEST_CASE("rules look into statements that change rows") {
  const std::string call = "rule r\n match expression old($x);\n rewrite as new($x);\n";
  CHECK(
      ruled(call,
            "WITH gone AS (DELETE FROM t WHERE old(a) RETURNING old(b)) INSERT INTO u (c) VALUES (old(1)) ON "
            "CONFLICT (c) DO UPDATE SET (c, d) = (old(2), old(3));")
          .sql ==
      "WITH gone AS (DELETE FROM t WHERE new(a) RETURNING new(b) AS old) INSERT INTO u (c) VALUES (new(1)) "
      "ON "
      "CONFLICT (c) DO UPDATE SET (c, d) = (new(2), new(3))\n");
  CHECK(
      ruled("rule r\n match type money;\n rewrite as numeric(19,2);\n", "UPDATE t SET a = '1'::money;").sql ==
      "UPDATE t SET a = '1'::numeric(19, 2)\n");
  const std::string whole =
      "rule r info\n match statement UPDATE $t SET $c = $x;\n say '$kind $object: $c is $x';\n";
  CHECK(ruled(whole, "UPDATE s.t SET a = b + 1;").findings == "info r 1 UPDATE s.t: a is b + 1\n");
  CHECK(ruled("rule r info\n match statement of kind 'DELETE';\n say '$object';\n", "DELETE FROM t;")
            .findings == "info r 1 t\n");
}

TEST_CASE("rules run until nothing changes, inside out and outside in") {
  CHECK(ruled("rule r\n match expression old($x);\n rewrite as new($x);\n", "SELECT old(old(old(1)));").sql ==
        "SELECT new(new(new(1))) AS old\n");
  CHECK(ruled("rule a\n match expression a($x);\n rewrite as b($x);\nrule b\n match expression b($x);\n "
              "rewrite as c($x);\n",
              "SELECT a(1);")
            .sql == "SELECT c(1) AS a\n");
  std::string nested = "1";
  for (int i = 0; i < 150; ++i) nested = "old(" + nested + ")";
  const Ruled deep =
      ruled("rule r\n match expression old($x);\n rewrite as new($x);\n", "SELECT " + nested + ";");
  CHECK(deep.findings.empty());
  CHECK(deep.sql.find("old(") == std::string::npos);
}

TEST_CASE("rules without end and rules that undo each other are errors with their places") {
  const Ruled endless =
      ruled("rule more\n match expression f($x);\n where not $x is empty;\n rewrite as f(f($x));\n",
            "SELECT f(1);");
  CHECK(endless.findings ==
        "error rule-never-ends 1 the rule my.rule:1 (more) never comes to an end on ``\n");
  CHECK(endless.fates == "needs_person");
  const Ruled fight = ruled(
      "rule up\n match expression a($x);\n rewrite as b($x);\nrule down\n match expression b($x);\n rewrite "
      "as a($x);\n",
      "CREATE VIEW v AS SELECT a(1);");
  CHECK(
      fight.findings ==
      "error rules-undo-each-other 1 the rules my.rule:4 (down) and my.rule:1 (up) undo each other on `v`\n");
  CHECK(fight.fates == "needs_person");
}

TEST_CASE("what a rule deletes is counted") {
  CHECK(ruled("rule r\n match statement of kind 'COMMENT ON *';\n delete because 'no comments';\n",
              "COMMENT ON TABLE t IS 'x'; CREATE TABLE t (a int); COMMENT ON FUNCTION f() IS 'y';")
            .fates == "dropped kept dropped");
  CHECK(ruled("rule r\n match column $t.secret;\n delete;\n", "CREATE TABLE t (a int, secret text);").sql ==
        "CREATE TABLE t (\n  a integer\n)\n");
  CHECK(ruled("rule r\n match constraint CHECK ($x);\n delete;\n",
              "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0), ADD CONSTRAINT d UNIQUE (a);")
            .sql == "ALTER TABLE t ADD CONSTRAINT d UNIQUE (a)\n");
  CHECK(ruled("rule r\n match constraint CHECK ($x);\n delete;\n",
              "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);")
            .fates == "dropped");
  CHECK(ruled("rule r\n match privilege TRUNCATE;\n delete;\n", "GRANT SELECT, TRUNCATE ON t TO u;").sql ==
        "GRANT SELECT ON TABLE t TO u\n");
  CHECK(ruled("rule r\n match privilege TRUNCATE;\n delete;\n", "GRANT TRUNCATE ON t TO u;").fates ==
        "dropped");
  CHECK(ruled("rule r\n match index element $c;\n delete;\n", "CREATE INDEX i ON t (a);").findings ==
        "error rule-leaves-nothing 1 the rule my.rule:1 (r) leaves nothing of `i`\n");
}

TEST_CASE("what a tree cannot be without is not taken out") {
  const Ruled cast = ruled("rule r\n match expression now();\n delete;\n", "SELECT now()::date;");
  CHECK(cast.findings ==
        "error rule-cannot-write 8 the rule my.rule:1 (r) cannot be carried out on ``: what it is in cannot "
        "be without it\n");
  CHECK(cast.fates == "needs_person");
  CHECK(ruled("rule r\n match expression now();\n delete;\n", "CREATE TABLE t (a date DEFAULT now());").sql ==
        "CREATE TABLE t (\n  a date\n)\n");
  CHECK(ruled("rule r\n match expression now();\n delete;\n", "SELECT coalesce(now());").fates ==
        "needs_person");
}

TEST_CASE("values do not go with a column in silence") {
  const std::string dump = "CREATE TABLE t (a int, secret text);";
  CHECK(ruled("rule r\n match column $t.secret;\n delete;\n", dump).findings ==
        "warning column-left-out 24 the rule my.rule:1 (r) leaves `t.secret` out, and its values with it\n");
  CHECK(
      ruled("rule r info\n match column $t.secret;\n delete;\n say 'secrets stay here';\n", dump).findings ==
      "info r 24 secrets stay here\n");
  CHECK(ruled("rule r\n match column t.secret;\n delete;\n", "ALTER TABLE t ADD COLUMN secret text;")
            .findings ==
        "warning column-left-out 26 the rule my.rule:1 (r) leaves `t.secret` out, and its values with it\n");
}

TEST_CASE("texts that look like what stands for a variable are only texts") {
  CHECK(
      ruled("rule r info\n match expression f('1073704abc', $x);\n say '$x';\n", "SELECT f('1073704abc', 1);")
          .findings == "info r 8 1\n");
  CHECK(ruled("rule r info\n match expression f('1073704100', $x);\n say '$x';\n",
              "SELECT f('1073704100', 1), f('other', 2);")
            .findings == "info r 8 1\n");
}

TEST_CASE("parts are set, emptied and added to") {
  CHECK(ruled("rule r\n match statement CREATE INDEX $i ON $t USING hash ($$c);\n unset .method;\n",
              "CREATE INDEX i ON t USING hash (a);")
            .sql == "CREATE INDEX i ON t (a)\n");
  CHECK(ruled("rule r\n match column $t.$c uuid;\n where not .default_value;\n set .default_value to "
              "gen_random_uuid();\n",
              "CREATE TABLE t (a uuid, b uuid DEFAULT f());")
            .sql == "CREATE TABLE t (\n  a uuid DEFAULT gen_random_uuid(),\n  b uuid DEFAULT f()\n)\n");
  CHECK(ruled("rule r\n match statement CREATE TABLE $t ();\n add to .options fillfactor = 70;\n",
              "CREATE TABLE t (a int);")
            .sql == "CREATE TABLE t (\n  a integer\n) WITH (fillfactor=70)\n");
  CHECK(ruled("rule r\n match constraint UNIQUE ($$c);\n replace '_key$' by '_unique' in .name;\n",
              "ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a);")
            .sql == "ALTER TABLE t ADD CONSTRAINT t_a_unique UNIQUE (a)\n");
}

TEST_CASE("statements are added once, and no rule is fed by its own") {
  const Ruled added =
      ruled("rule r\n match statement CREATE TABLE $t ();\n add after rows CREATE TABLE other (a int);\n",
            "CREATE TABLE t (a int);");
  CHECK(added.sql == "CREATE TABLE t (\n  a integer\n)\nCREATE TABLE other (\n  a integer\n)\n");
  CHECK(ruled("rule r\n match statement CREATE TABLE $t ();\n add after rows verbatim 'ALTER TABLE $t SET (x "
              "= ''$t'')';\n",
              "CREATE TABLE \"A b\" (a int);")
            .sql == "CREATE TABLE \"A b\" (\n  a integer\n)\nALTER TABLE \"A b\" SET (x = 'A b')\n");
}

TEST_CASE("a renamed column is renamed wherever the tree holds it") {
  const Ruled renamed =
      ruled("rule r\n match column t.a;\n rename to 'b';\n",
            "CREATE TABLE s.t (a int, c int GENERATED ALWAYS AS (a * 2) STORED, CHECK (a > 0));"
            "CREATE TABLE s.u (t_a int REFERENCES s.t (a));"
            "ALTER TABLE ONLY s.t ALTER COLUMN a SET NOT NULL;"
            "CREATE INDEX i ON s.t (a, lower(a::text)) WHERE a > 1;"
            "CREATE VIEW v AS SELECT a FROM s.t;"
            "CREATE VIEW w AS SELECT a FROM s.other;");
  CHECK(renamed.sql ==
        "CREATE TABLE s.t (\n  b integer,\n  c integer GENERATED ALWAYS AS (b * 2) STORED,\n  CHECK (b > "
        "0)\n)\n"
        "CREATE TABLE s.u (\n  t_a integer REFERENCES s.t (b)\n)\n"
        "ALTER TABLE ONLY s.t ALTER COLUMN b SET NOT NULL\n"
        "CREATE INDEX i ON s.t (b, lower(b::text)) WHERE b > 1\n"
        "CREATE VIEW w AS\n  SELECT a\n  FROM s.other\n");
  CHECK(renamed.findings == "error rename-not-followed 232 `v` may name the column `a` of `s.t`\n");
  CHECK(ruled("rule r\n match column t.a;\n rename to 'b';\n", "CREATE TABLE t (a int, b int);").findings ==
        "error rule-cannot-write 17 the rule my.rule:1 (r) cannot be carried out on `t.a`: the table has a "
        "column `b` "
        "already\n");
}

TEST_CASE("what a rule renames and the script renames too is left to a person") {
  const auto column = ruled("rule r\n match column t.a;\n rename to 'b';\n",
                            "CREATE TABLE s.t (a int);ALTER TABLE s.t RENAME COLUMN a TO z;");
  CHECK(column.sql == "CREATE TABLE s.t (\n  b integer\n)\n");
  CHECK(column.findings == "error rename-not-followed 26 `s.t.a` may name the column `a` of `s.t`\n");
  const auto table =
      ruled("rule r\n match statement CREATE TABLE $t ();\n where $t = 's.t';\n rename to 'u';\n",
            "CREATE TABLE s.t (a int);ALTER TABLE s.t RENAME TO z;TRUNCATE s.t;");
  CHECK(table.sql == "CREATE TABLE s.u (\n  a integer\n)\nTRUNCATE TABLE s.u\n");
  CHECK(table.findings == "error rename-not-followed 26 `s.t` may name the table `s.t`\n");
}

TEST_CASE("a renamed table is renamed wherever the tree holds it") {
  CHECK(ruled("rule r\n match statement CREATE TABLE $t ();\n where $t = 's.usr';\n rename to 'users';\n",
              "CREATE TABLE s.usr (a int); ALTER TABLE s.usr OWNER TO me; CREATE INDEX i ON s.usr (a);"
              "CREATE VIEW v AS SELECT usr.a FROM s.usr; GRANT SELECT ON TABLE s.usr TO x; CREATE TABLE "
              "other.usr (b int);")
            .sql ==
        "CREATE TABLE s.users (\n  a integer\n)\nALTER TABLE s.users OWNER TO me\nCREATE INDEX i ON s.users "
        "(a)\n"
        "CREATE VIEW v AS\n  SELECT usr.a\n  FROM s.users AS usr\nGRANT SELECT ON TABLE s.users TO x\n"
        "CREATE TABLE other.usr (\n  b integer\n)\n");
}

TEST_CASE("conditions ask the schema, the target and the types of columns") {
  const std::string dump =
      "CREATE TABLE t (id int, at timestamp, CONSTRAINT t_pkey PRIMARY KEY (id)); CREATE TABLE u (x int);"
      "CREATE INDEX i ON t (at); CREATE TYPE mood AS ENUM ('a'); CREATE TABLE w (m mood);";
  auto found = [&](const std::string& match, const std::string& where) {
    std::string names;
    std::istringstream lines(
        ruled("rule r info\n match " + match + ";\n where " + where + ";\n say '#$object';\n", dump)
            .findings);
    for (std::string line; std::getline(lines, line);) names += line.substr(line.find('#') + 1) + " ";
    return names;
  };
  CHECK(found("statement CREATE TABLE $t ()", "$t has primary key") == "t ");
  CHECK(found("statement CREATE TABLE $t ()", "$t has no primary key") == "u w ");
  CHECK(found("statement CREATE TABLE $t ()", "$t has primary key 'id' or $t has column 'x'") == "t u ");
  CHECK(found("statement CREATE TABLE $t ()", "count(.columns) > 1") == "t ");
  CHECK(found("index element on $table $c", "type of $c ~ '^timestamp'") == "i ");
  CHECK(found("type $x", ".name is enum") == "w.m ");
  CHECK(found("type $x", ".name is user type and not .name is domain") == "w.m ");
  CHECK(found("statement CREATE TABLE $t ()", "$t in ('u', 'w') and not ($t = 'u')") == "w ");
  const std::string gated = "rule r info\n match type money;\n when crdb >= 25.1;\n say 'x';\n";
  CHECK(ruled(gated, "CREATE TABLE t (a money);", Target(*parse_version("24.3"))).findings.empty());
  CHECK_FALSE(ruled(gated, "CREATE TABLE t (a money);", Target(*parse_version("25.1"))).findings.empty());
}

TEST_CASE("a regular expression finds what it says") {
  auto found = [](const std::string& regex) {
    std::string names;
    std::istringstream lines(
        ruled("rule r info\n match column $t.$c;\n where $c ~ '" + regex + "';\n say '#$c';\n",
              "CREATE TABLE t (abc int, ac int, xab int, \"a.c\" int);")
            .findings);
    for (std::string line; std::getline(lines, line);) names += line.substr(line.find('#') + 1) + " ";
    return names;
  };
  CHECK(found("^ab") == "abc ");
  CHECK(found("ab?c") == "abc ac ");
  CHECK(found("ab*c$") == "abc ac ");
  CHECK(found("ab{0,1}c") == "abc ac ");
  CHECK(found("xa|c$") == "abc ac xab a.c ");
  CHECK(found("(xa|b)c?") == "abc xab ");
  CHECK(found("a\\.c") == "a.c ");
  CHECK(found("a[.b]c") == "abc a.c ");
  CHECK(found("b+") == "abc xab ");
}

TEST_CASE("a rule tells why it matches or does not") {
  std::string told;
  PassOptions options;
  options.explained_rule = "r";
  options.explain = [&](const ast::Statement&, int64_t offset, std::string_view what) {
    told += std::to_string(offset) + " " + std::string(what) + "\n";
  };
  ruled("rule r info\n match column $t.$c money;\n where $c ~ 'price';\n say 'x';\n",
        "CREATE TABLE t (a money, price money[], price2 money);", Target(), options);
  CHECK(told ==
        "16 does not match: `a` does not fit `price`\n"
        "25 does not match: `.type`: the number of array dimensions differs\n"
        "40 matches, $t is `t`, $c is `price2`\n");
}

}  // namespace
}  // namespace pg2crdb::test

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "parser/parser.h"

namespace pg2crdb {
namespace {

struct Parsed {
  SourceFile file;
  Diagnostics diagnostics;
  ast::Script script;

  explicit Parsed(std::string_view text, std::string name = "dump.sql") : file(0, std::move(name)) {
    const auto source = memory_source(text);
    auto dump = parse_dump(*source, file, diagnostics);
    REQUIRE(dump);
    script = std::move(dump->script);
    CHECK(dump->bytes == text.size());
    CHECK(dump->sha256.size() == 64);
  }

  /// Rule, place and the bytes pointed at of every finding.
  std::vector<std::string> findings() const {
    std::vector<std::string> result;
    for (const Diagnostic& diagnostic : diagnostics.all()) {
      const Location location = file.locate(diagnostic.span.begin);
      result.push_back(std::string(diagnostic.rule->id) + " " + std::to_string(location.line) + ":" +
                       std::to_string(location.column) + " " + std::string(file.text(diagnostic.span)));
    }
    return result;
  }
};

using Findings = std::vector<std::string>;

TEST_CASE("statements and rows of a dump") {
  const std::string_view text =
      "\\restrict abc\n"
      "CREATE ROLE reader;\n"
      "ALTER ROLE reader WITH NOLOGIN;\n"
      "GRANT reader TO postgres;\n"
      "CREATE TABLE public.towns (id integer, name text);\n"
      "COPY public.towns (id, name) FROM stdin;\n"
      "1\tL'Abergement\n"
      "2\tArs\n"
      "\\.\n"
      "\n"
      "ALTER TABLE ONLY public.towns ADD CONSTRAINT towns_pkey PRIMARY KEY (id);\n";
  const Parsed parsed(text);
  CHECK(parsed.findings().empty());
  REQUIRE(parsed.script.statements.size() == 7);
  const auto& statements = parsed.script.statements;
  CHECK(std::get<ast::MetaCommand>(statements[0].node).text == "\\restrict abc");
  for (size_t i = 0; i < statements.size(); ++i) {
    CHECK(statements[i].id == i);
    CHECK(statements[i].fate == ast::Fate::kept);
    CHECK(statements[i].phase == (i >= 1 && i <= 3 ? ast::Phase::roles : ast::Phase::pre_data));
  }
  CHECK(parsed.file.text(statements[2].span) == "ALTER ROLE reader WITH NOLOGIN;");
  CHECK(std::holds_alternative<ast::CopyFrom>(statements[5].node));
  REQUIRE(parsed.script.data.size() == 1);
  const ast::DataBlock& block = parsed.script.data.front();
  CHECK(block.format == ast::DataBlock::Format::copy_text);
  CHECK(ast::to_string(block.table) == "public.towns");
  CHECK(block.columns == std::vector<std::string>{"id", "name"});
  CHECK(text.substr(block.data.begin, block.data.end - block.data.begin) == "1\tL'Abergement\n2\tArs\n");
  CHECK(block.header == statements[5].span);
  CHECK(block.first_line == 7);
  CHECK(block.rows == 2);
  CHECK(block.statement == 5);
}

TEST_CASE("INSERTs into one table become one block, and their text is not kept") {
  const std::string_view text =
      "INSERT INTO products VALUES (67, 'Laughing Lumberjack Lager', 16);\n"
      "INSERT INTO products VALUES (68, 'Scottish Longbreads', 8), (69, 'Gudbrandsdalsost', 15);\n"
      "INSERT INTO products (id) VALUES (70);\n"
      "INSERT INTO categories VALUES (1);\n"
      "SELECT 1;\n"
      "INSERT INTO categories VALUES (2);\n";
  const Parsed parsed(text);
  CHECK(parsed.findings().empty());
  CHECK(parsed.script.statements.size() == 1);
  const auto& data = parsed.script.data;
  REQUIRE(data.size() == 4);
  CHECK(data[0].format == ast::DataBlock::Format::insert);
  CHECK(data[0].table.name == "products");
  CHECK(data[0].statements == 2);
  CHECK(data[0].rows == 3);
  CHECK(data[0].first_line == 1);
  CHECK(data[0].statement == ast::no_statement);
  CHECK(text.substr(data[0].header.begin, data[0].header.end) ==
        "INSERT INTO products VALUES (67, 'Laughing Lumberjack Lager', 16);");
  CHECK(text.substr(0, data[0].data.end).ends_with("(69, 'Gudbrandsdalsost', 15);"));
  CHECK(parsed.file.text(data[0].header).empty());
  CHECK(data[1].columns == std::vector<std::string>{"id"});
  CHECK(data[2].rows == 1);
  CHECK(data[3].rows == 1);
}

TEST_CASE("an INSERT that psql's commands send ends its block") {
  const std::string_view text =
      "INSERT INTO t VALUES (1) \\; INSERT INTO t VALUES (2) \\; INSERT INTO t VALUES (3);\n"
      "INSERT INTO t VALUES (4) \\g\n"
      "INSERT INTO t VALUES (5);\n"
      "INSERT INTO t VALUES (6) \\gdesc\n"
      "INSERT INTO t VALUES (7) \\r\n";
  const Parsed parsed(text);
  CHECK(parsed.findings().empty());
  std::vector<std::string_view> blocks;
  for (const ast::DataBlock& block : parsed.script.data)
    blocks.push_back(text.substr(block.data.begin, block.data.end - block.data.begin));
  REQUIRE(blocks.size() == 7);
  CHECK(blocks[0].starts_with("INSERT INTO t VALUES (1)"));
  CHECK(blocks[1].starts_with("INSERT INTO t VALUES (2)"));
  CHECK(blocks[2] == "INSERT INTO t VALUES (3);");
  CHECK(blocks[3] == "INSERT INTO t VALUES (4)");
  CHECK(blocks[4] == "INSERT INTO t VALUES (5);");
  for (size_t i = 0; i < 5; ++i) CHECK(parsed.script.data[i].left_out.empty());
  CHECK(parsed.script.data[5].left_out == "psql only describes its result");
  CHECK(parsed.script.data[6].left_out == "psql throws it away");
}

TEST_CASE("an INSERT that is more than literals stays a statement") {
  const Parsed parsed(
      "INSERT INTO t VALUES (1);\n"
      "INSERT INTO t VALUES (now());\n"
      "INSERT INTO t (a, b) VALUES (1);\n"
      "INSERT INTO t VALUES (DEFAULT);\n");
  CHECK(parsed.script.data.size() == 1);
  REQUIRE(parsed.script.statements.size() == 3);
  CHECK(std::get<ast::Insert>(parsed.script.statements[0].node).query->values.size() == 1);
  CHECK(parsed.script.statements[0].as_written);
  CHECK(std::get<ast::Insert>(parsed.script.statements[2].node).rows == "(DEFAULT)");
}

TEST_CASE("DEFAULT of a generated column is no value of the row") {
  const std::string table =
      "CREATE TABLE public.film (id integer, twice integer GENERATED ALWAYS AS ((id * 2)) STORED, n integer "
      "DEFAULT 1);\n";
  const Parsed parsed(table +
                      "INSERT INTO public.film VALUES (1, DEFAULT, 5);\n"
                      "INSERT INTO public.film VALUES (2, DEFAULT, 6);\n"
                      "INSERT INTO public.film (id, twice) VALUES (3, DEFAULT);\n"
                      "INSERT INTO public.film VALUES (4, DEFAULT, DEFAULT);\n");
  CHECK(parsed.findings().empty());
  REQUIRE(parsed.script.data.size() == 3);
  CHECK(parsed.script.data[0].rows == 2);
  CHECK(parsed.script.data[1].rows == 1);
  CHECK(parsed.script.data[2].defaulted == std::map<size_t, uint64_t>{{1, 1}, {2, 1}});
  CHECK(parsed.script.statements.size() == 1);
}

TEST_CASE("INSERTs whose rows all have DEFAULT for a column stand by themselves") {
  const Parsed parsed(
      "CREATE TABLE t (id serial, n integer);\nINSERT INTO t VALUES (DEFAULT, 1);\nINSERT INTO t VALUES "
      "(DEFAULT, 2);\n"
      "INSERT INTO t VALUES (7, 3), (8, DEFAULT);\nINSERT INTO t VALUES (9, 4);\n");
  REQUIRE(parsed.script.data.size() == 2);
  CHECK(parsed.script.data[0].rows == 2);
  CHECK(parsed.script.data[0].defaulted == std::map<size_t, uint64_t>{{0, 2}});
  CHECK(parsed.script.data[1].rows == 3);
  CHECK(parsed.script.data[1].defaulted == std::map<size_t, uint64_t>{{1, 1}});
}

TEST_CASE("one bad statement costs one finding, at the byte that PostgreSQL names") {
  const Parsed parsed(
      "SELECT 1;\n\n"
      "CREATE TABLE public.t (\n    é integer,\n    b intger NOT NUL\n);\n"
      "SELECT 2;\n");
  CHECK(parsed.findings() == Findings{"unparsed-statement 5:18 NUL"});
  CHECK(parsed.diagnostics.all()[0].message == "syntax error at or near \"NUL\"");
  REQUIRE(parsed.script.statements.size() == 3);
  const ast::Statement& bad = parsed.script.statements[1];
  CHECK(std::get<ast::Opaque>(bad.node).kind == "unparsed");
  CHECK(bad.fate == ast::Fate::needs_person);
  CHECK(bad.reason == "syntax error at or near \"NUL\"");
  CHECK(parsed.script.statements[2].fate == ast::Fate::kept);
}

TEST_CASE("an error at the end of a statement has a place in it") {
  const Parsed parsed("SELECT 1 +;\n");
  REQUIRE(parsed.findings().size() == 1);
  CHECK(parsed.findings()[0] == "unparsed-statement 1:11 ;");
}

TEST_CASE("a dump that was cut off") {
  CHECK(Parsed("SELECT 1;\nCREATE TABLE public.t (\n  a integ").findings() ==
        Findings{"truncated-dump 2:1 CREATE TABLE public.t ("});
  CHECK(Parsed("SELECT 'open").findings() == Findings{"truncated-dump 1:1 SELECT 'open"});
  CHECK(Parsed("SELECT 1").findings().empty());  // by hand, the last semicolon is often left out
  CHECK(Parsed("-- Name: t; Type: TABLE; Schema: public; Owner: o\n\nSELECT 1").findings() ==
        Findings{"truncated-dump 3:1 SELECT 1"});
  CHECK(Parsed("INSERT INTO t VALUES (1), (2").findings() ==
        Findings{"truncated-dump 1:1 INSERT INTO t VALUES (1), (2"});

  const Parsed rows("COPY public.t (a) FROM stdin;\n1\n2\n3");
  CHECK(rows.findings() == Findings{"truncated-dump 1:1 COPY public.t (a) FROM stdin;"});
  CHECK(rows.diagnostics.all()[0].message ==
        "the input ends inside the rows of `public.t`, after 2 rows, without the line `\\.`");
  CHECK(rows.script.data.front().rows == 2);
  CHECK(Parsed("COPY public.t (a) FROM stdin;\n").findings() ==
        Findings{"truncated-dump 1:1 COPY public.t (a) FROM stdin;"});
}

TEST_CASE("an input without statements") {
  for (const char* text : {"", "\n\n", "-- PostgreSQL database dump\n", "\xef\xbb\xbf"}) {
    const Parsed parsed(text);
    REQUIRE(parsed.findings().size() == 1);
    CHECK(parsed.findings()[0].starts_with("empty-input "));
    CHECK(parsed.diagnostics.all()[0].message == "`dump.sql` holds no statement");
  }
}

TEST_CASE("encodings other than UTF-8") {
  CHECK(Parsed("SET client_encoding = 'LATIN1';\n").findings() ==
        Findings{"client-encoding 1:1 SET client_encoding = 'LATIN1';"});
  CHECK(Parsed("\\encoding WIN1252\n").findings() == Findings{"client-encoding 1:1 \\encoding WIN1252"});
  for (const char* encoding : {"'UTF8'", "'utf-8'", "'UNICODE'", "'SQL_ASCII'", "utf8"}) {
    CHECK(Parsed(std::string("SET client_encoding = ") + encoding + ";\n").findings().empty());
  }

  const Parsed parsed(
      "SELECT 1;\nCOMMENT ON TABLE t IS 'd\xc3\xa9j\xe0 vu';\nSELECT 2;\nINSERT INTO t VALUES ('\xff');\n");
  CHECK(parsed.findings() == Findings{"invalid-utf8 2:27 \xe0", "invalid-utf8 4:24 \xff"});
  CHECK(parsed.script.statements.size() == 4);
  CHECK(parsed.script.statements[1].fate == ast::Fate::needs_person);
  for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80", "\xe2\x82"}) {
    CHECK(Parsed(std::string("SELECT 'é") + bad + "';").findings().front().starts_with("invalid-utf8 1:10 "));
  }
}

TEST_CASE("backslashes are plain again once the setting is undone") {
  for (const std::string undone : {"RESET ALL", "DISCARD ALL", "RESET standard_conforming_strings",
                                   "SET standard_conforming_strings = DEFAULT"})
    CHECK(Parsed("SET standard_conforming_strings = off;\n" + undone + ";\nCOMMENT ON TABLE t IS 'a\\b';\n")
              .findings()
              .empty());
  CHECK(Parsed("SET standard_conforming_strings = off;\nDISCARD PLANS;\nCOMMENT ON TABLE t IS 'a\\b';\n")
            .findings()
            .size() == 1);
}

TEST_CASE("strings in which backslashes are escapes") {
  const std::string statements =
      "COMMENT ON TABLE t IS 'a\\\\b';\n"
      "COMMENT ON TABLE t IS E'a''\\\\b';\n"
      "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT '\\d'$$; -- '\\'\n"
      "INSERT INTO t VALUES ('plain');\n"
      "INSERT INTO t VALUES ('a\\\\b');\n";
  const Parsed off("SET standard_conforming_strings = off;\n" + statements);
  CHECK(off.findings() == Findings{"nonstandard-strings 2:25 \\", "nonstandard-strings 6:25 \\"});
  REQUIRE(off.script.data.size() == 1);
  CHECK(off.script.data[0].rows == 1);
  CHECK(off.script.statements[1].fate == ast::Fate::needs_person);
  CHECK(Parsed("SET standard_conforming_strings = on;\n" + statements).findings().empty());
}

TEST_CASE("rows of a COPY with options are not read as something else") {
  const Parsed parsed("COPY t FROM stdin WITH (ENCODING 'latin1');\n1,2\n\\.\nSELECT 1;\n");
  CHECK(parsed.findings() == Findings{"copy-options 1:1 COPY t FROM stdin WITH (ENCODING 'latin1');"});
  CHECK(parsed.script.data.empty());
  CHECK(parsed.script.statements[0].fate == ast::Fate::needs_person);
  CHECK(parsed.script.statements.size() == 2);
}

TEST_CASE("rows in CSV, with a header and line ends in quotes") {
  const Parsed parsed(
      "COPY t (a, b) FROM stdin WITH (FORMAT csv, HEADER);\na,b\n1,\"x\ny\"\n2,\"\"\"\n\"\n\\.\nSELECT 1;\n");
  CHECK(parsed.findings().empty());
  REQUIRE(parsed.script.data.size() == 1);
  CHECK(parsed.script.data[0].rows == 2);
  CHECK(parsed.script.statements.size() == 2);
}

TEST_CASE("rows that no line ends go to the next statement") {
  const Parsed parsed(
      "COPY t (a, b) FROM stdin;\n1\tone\nCREATE \ttwo\n\nCREATE TABLE u (a integer);\n"
      "COPY u (a) FROM stdin;\n1\n\\.\n");
  CHECK(parsed.findings() == Findings{"truncated-dump 1:1 COPY t (a, b) FROM stdin;"});
  REQUIRE(parsed.script.data.size() == 2);
  CHECK(parsed.script.data[0].rows == 2);
  CHECK(parsed.script.data[1].rows == 1);
  // Of one column, each line may be a row.
  CHECK(Parsed("COPY t (a) FROM stdin;\nCREATE TABLE u (a integer);\n\\.\n").script.data[0].rows == 1);
}

TEST_CASE("rows of one column are rows, however they read, where the mark ends them") {
  for (const std::string columns : {"", " (a)"}) {
    CAPTURE(columns);
    const std::string copy = "COPY t" + columns + " FROM stdin;\n";
    const Parsed whole(copy + "SELECT x\n\nDROP TABLE t;\n\\.\nSELECT 1;\n");
    CHECK(whole.findings().empty());
    REQUIRE(whole.script.data.size() == 1);
    CHECK(whole.script.data[0].rows == 3);
    CHECK(whole.script.statements.size() == 2);
    // Without the mark a COPY behind, a comment of pg_dump or the end of the script tells.
    for (const std::string behind :
         {"COPY u (a, b) FROM stdin;\n1\t2\n\\.\n", "-- Name: t; Type: ACL; Schema: public\n", ""}) {
      const Parsed cut(copy + "one\ntwo\n\nCREATE TABLE u (a integer, b integer);\n" + behind);
      CHECK(cut.findings() == Findings{"truncated-dump 1:1 COPY t" + columns + " FROM stdin;"});
      CHECK(cut.script.data[0].rows == 2);
      CHECK(cut.script.statements.size() == (behind.starts_with("COPY") ? 3 : 2));
    }
  }
  const Parsed several("COPY t FROM stdin;\n1\tSELECT\n2\t\nSELECT 1;\n\\.\n");
  CHECK(several.script.data[0].rows == 2);
}

TEST_CASE("columns that an option of COPY names are found where they stand") {
  const Parsed parsed(
      "CREATE TABLE t (a integer, g integer GENERATED ALWAYS AS (a) STORED, b text);\n"
      "COPY t FROM stdin WITH (FORMAT csv, FORCE_NULL (b), FORCE_NOT_NULL *);\n1,x\n\\.\n"
      "COPY t (b, a) FROM stdin CSV FORCE NULL b;\nx,1\n\\.\n");
  CHECK(parsed.findings().empty());
  REQUIRE(parsed.script.data.size() == 2);
  CHECK(parsed.script.data[0].forced_null == std::set<size_t>{1});
  CHECK(parsed.script.data[0].forced_not_null == std::set<size_t>{0, 1});
  CHECK(parsed.script.data[1].forced_null == std::set<size_t>{0});
  CHECK(Parsed("COPY t FROM stdin CSV FORCE NULL b;\nx,1\n\\.\n").findings() ==
        Findings{"copy-options 1:1 COPY t FROM stdin CSV FORCE NULL b;"});
}

TEST_CASE("rows with OIDs, and tables that have them") {
  const Parsed parsed(
      "CREATE TABLE t (a integer, b text) WITH OIDS;\n"
      "CREATE TABLE without (with_oids integer DEFAULT (1));\n"
      "SET default_with_oids = true;\n"
      "CREATE TABLE by_setting (a integer);\n"
      "CREATE TABLE says_so (a integer) WITHOUT OIDS;\n"
      "SET default_with_oids = false;\n"
      "CREATE TABLE again (a integer);\n"
      "COPY t (a, b) WITH OIDS FROM stdin;\n16384\t1\tx\n16385\t2\ty\n\\.\n"
      "COPY t WITH OIDS FROM stdin;\n16386\t3\tz\n\\.\n"
      "COPY t WITH OIDS FROM stdin CSV FORCE NOT NULL b;\n16386,3,z\n\\.\n"
      "COPY elsewhere WITH OIDS FROM stdin;\n1\t2\n\\.\n");
  CHECK(parsed.findings() == Findings{"rows-with-oids 8:1 COPY t (a, b) WITH OIDS FROM stdin;",
                                      "rows-with-oids 12:1 COPY t WITH OIDS FROM stdin;",
                                      "rows-with-oids 15:1 COPY t WITH OIDS FROM stdin CSV FORCE NOT NULL b;",
                                      "copy-options 18:1 COPY elsewhere WITH OIDS FROM stdin;"});
  std::vector<std::string> with_oids;
  for (const ast::Statement& statement : parsed.script.statements) {
    const auto* table = std::get_if<ast::CreateTable>(&statement.node);
    if (table != nullptr && table->with_oids) with_oids.push_back(table->name.name);
  }
  CHECK(with_oids == std::vector<std::string>{"t", "by_setting"});
  REQUIRE(parsed.script.data.size() == 3);
  for (const ast::DataBlock& block : parsed.script.data)
    CHECK(block.columns == std::vector<std::string>{"", "a", "b"});
  CHECK(parsed.script.data[2].forced_not_null == std::set<size_t>{2});
}

TEST_CASE("a cluster's dump that is cut off") {
  const std::string dump =
      "-- PostgreSQL database cluster dump\nCREATE ROLE r;\n-- PostgreSQL database dump\n"
      "CREATE TABLE t (a integer);\n-- PostgreSQL database dump complete\n";
  CHECK(Parsed(dump).findings() == Findings{"dump-end-missing 1:1 -- PostgreSQL database cluster dump"});
  CHECK(Parsed(dump + "-- PostgreSQL database cluster dump complete\n").findings().empty());
}

TEST_CASE("clauses of other products are left out of a statement") {
  const Parsed parsed(
      "CREATE TABLE public.cart (id bigint NOT NULL, buyer uuid,\n"
      "  CONSTRAINT cart_pkey PRIMARY KEY((id) HASH, buyer ASC)) SPLIT INTO 3 TABLETS;\n"
      "CREATE TABLE pay (id int, y int) WITH (appendonly='true') DISTRIBUTED BY (id) PARTITION BY RANGE(y)\n"
      "  (PARTITION p1 START (2020) END (2021), DEFAULT PARTITION other);\n"
      "CREATE TABLE item (sk int4 not null encode az64, t varchar(max)) distkey(sk) sortkey(sk);\n"
      "CREATE INDEX NONCONCURRENTLY i ON public.cart USING lsm (buyer HASH) SPLIT INTO 3 TABLETS;\n");
  const auto& statements = parsed.script.statements;
  REQUIRE(statements.size() == 4);
  const auto& cart = std::get<ast::CreateTable>(statements[0].node);
  CHECK(cart.constraints[0].columns == std::vector<std::string>{"id", "buyer"});
  CHECK(cart.constraints[0].hash_sharded);
  CHECK_FALSE(std::get<ast::CreateTable>(statements[1].node).partition_by);
  CHECK(std::get<ast::CreateTable>(statements[2].node).columns.size() == 2);
  CHECK_FALSE(std::get<ast::CreateIndex>(statements[3].node).hash_sharded);  // a uuid does not grow
  const auto count = [&](const std::string& rule) {
    const Findings found = parsed.findings();
    return std::count_if(found.begin(), found.end(),
                         [&](const std::string& one) { return one.starts_with(rule); });
  };
  CHECK(count("vendor-dump ") == 3);
  CHECK(count("vendor-clause ") == 11);
}

TEST_CASE("HASH behind several columns, and behind expressions, which keep their parentheses") {
  const Parsed parsed(
      "CREATE TABLE t (a int, b int, c text, PRIMARY KEY ((a, b) HASH, c ASC));\n"
      "CREATE INDEX NONCONCURRENTLY i ON t USING lsm ((lower(c)) HASH, a ASC);\n"
      "CREATE INDEX NONCONCURRENTLY j ON t USING lsm (lower(c) HASH, ((a + b)) ASC);\n");
  const auto& statements = parsed.script.statements;
  REQUIRE(statements.size() == 3);
  const auto& key = std::get<ast::CreateTable>(statements[0].node).constraints.at(0);
  CHECK(key.columns == std::vector<std::string>{"a", "b", "c"});
  CHECK(key.hash_sharded);
  for (const size_t index : {1, 2}) {
    const auto& elements = std::get<ast::CreateIndex>(statements[index].node).elements;
    REQUIRE(elements.size() == 2);
    CHECK(elements[0].expr);
  }
}

TEST_CASE("a backup of gpbackup's has its rows elsewhere") {
  const std::string name = "backups/20240131/gpbackup_20240131120000_metadata.sql";
  const std::string table = "CREATE SCHEMA s;\nCREATE TABLE s.t (a integer);\n";
  CHECK(Parsed(table, name).findings() == Findings{"vendor-dump 2:1 CREATE TABLE s.t (a integer);",
                                                   "vendor-rows 2:1 CREATE TABLE s.t (a integer);"});
  CHECK(Parsed("CREATE SCHEMA s;\n", name).findings().empty());
  CHECK(Parsed(table, "gpbackup_20240131120000_report.sql").findings().empty());
}

TEST_CASE("whole statements of other products are left out, or for a person") {
  const auto fate = [](const std::string& sql) {
    const Parsed parsed(sql + ";\n");
    UNSCOPED_INFO(sql);
    REQUIRE(parsed.script.statements.size() == 1);
    const Findings found = parsed.findings();
    REQUIRE(found.size() == 2);
    CHECK(found[0].starts_with("vendor-dump 1:1 "));
    const bool lost = parsed.script.statements[0].fate == ast::Fate::needs_person;
    CHECK(found[1] == (lost ? "vendor-clause-lost 1:1 " : "vendor-clause 1:1 ") + sql);
    CHECK((lost || parsed.script.statements[0].fate == ast::Fate::dropped));
    return parsed.script.statements[0].fate;
  };
  for (const std::string sql :
       {"ALTER TABLE ONLY public.t SET DISTRIBUTED BY (id)", "ALTER TABLE t SET WITH (reorganize=true)",
        "ALTER TABLE IF EXISTS t ADD DEFAULT PARTITION other",
        "ALTER TABLE t ADD PARTITION a START (1) END (2)",
        "ALTER TABLE t SPLIT PARTITION FOR (1) AT (2) INTO (PARTITION a, PARTITION b)",
        "ALTER TABLE t SET SUBPARTITION TEMPLATE (DEFAULT SUBPARTITION o)",
        "CREATE RESOURCE QUEUE q WITH (a=1)", "GRANT SELECT ON PROTOCOL p TO joe",
        "ALTER TABLE t ALTER SORTKEY (a)", "CREATE TABLEGROUP g", "DROP EXTERNAL TABLE e"})
    CHECK(fate(sql) == ast::Fate::dropped);
  for (const std::string sql :
       {"ALTER TABLE t EXCHANGE PARTITION FOR (1) WITH TABLE e WITHOUT VALIDATION",
        "ALTER TABLE t DROP PARTITION FOR (1)", "ALTER TABLE t TRUNCATE DEFAULT PARTITION",
        "CREATE EXTERNAL TABLE e (a integer) LOCATION ('gpfdist://h/f') FORMAT 'text' ENCODING 'UTF8'",
        "CREATE READABLE EXTERNAL WEB TABLE w (a text) EXECUTE 'hostname' ON ALL FORMAT 'text'",
        "ALTER TABLE t APPEND FROM u", "CREATE SYNONYM s FOR t",
        "CREATE EXTERNAL SCHEMA s FROM DATA CATALOG"})
    CHECK(fate(sql) == ast::Fate::needs_person);
  CHECK(Parsed("ALTER TABLE t SET WITH OIDS;\n").findings().at(0).starts_with("unparsed-statement "));
}

TEST_CASE("clauses of functions, views and columns of other products") {
  const Parsed parsed(
      "CREATE FUNCTION f(i integer) RETURNS integer AS $$ SELECT $1 $$ LANGUAGE sql CONTAINS SQL EXECUTE ON "
      "ALL SEGMENTS;\n"
      "CREATE TABLE t (a integer, COLUMN a ENCODING (compresstype=zlib), DEFAULT COLUMN ENCODING "
      "(blocksize=1)) "
      "DISTRIBUTED RANDOMLY;\n"
      "CREATE VIEW v AS SELECT a FROM t WITH NO SCHEMA BINDING;\n"
      "CREATE MATERIALIZED VIEW m AUTO REFRESH YES AS SELECT a FROM t;\n");
  for (const ast::Statement& statement : parsed.script.statements) CHECK(statement.fate == ast::Fate::kept);
  const Findings found = parsed.findings();
  CHECK(std::count_if(found.begin(), found.end(),
                      [](const std::string& one) { return one.starts_with("vendor-clause "); }) == 6);
  CHECK(std::count_if(found.begin(), found.end(),
                      [](const std::string& one) { return one.starts_with("vendor-clause-lost "); }) == 1);
}

TEST_CASE("keys of YugabyteDB have an order, and are no script of CockroachDB's") {
  const Parsed parsed(
      "-- YSQL database dump\nCREATE TABLE t (k integer NOT NULL, CONSTRAINT p PRIMARY KEY(k ASC)) WITH "
      "(colocation_id='2');\n-- YSQL database dump complete\n");
  CHECK(parsed.findings() == Findings{"vendor-dump 1:1 -- YSQL database dump", "vendor-clause 2:64 ASC"});
}

TEST_CASE("rows of a continuous aggregate stay in a table") {
  const Parsed parsed(
      "CREATE TABLE _timescaledb_internal._materialized_hypertable_3 (b timestamptz);\n"
      "COPY _timescaledb_internal._materialized_hypertable_3 (b) FROM stdin;\n2020-01-01\n\\.\n");
  CHECK(parsed.findings().back().starts_with("vendor-aggregate 1:1 "));
  CHECK(parsed.script.data.at(0).left_out.empty());
}

TEST_CASE("what CockroachDB prints is known") {
  const std::string said = "cockroachdb-script 1:1 CREATE TABLE public.t (";
  const Parsed families("CREATE TABLE public.t (\n a integer, FAMILY f (a));\n");
  CHECK(families.findings() == Findings{said});
  const Parsed indexes("CREATE TABLE public.t (\n a INT8 NOT NULL,\n UNIQUE INDEX i (a ASC)\n);\n");
  CHECK(indexes.findings() == Findings{said});
  REQUIRE(indexes.script.statements.size() == 2);
  CHECK(std::get<ast::CreateIndex>(indexes.script.statements[1].node).unique);
  const Parsed keys("CREATE TABLE public.t (\n a INT8, CONSTRAINT k UNIQUE WITHOUT INDEX (a));\n");
  CHECK(keys.findings() == Findings{said, "vendor-clause-lost 2:10 CONSTRAINT k UNIQUE WITHOUT INDEX (a)"});
  const Parsed roles("CREATE ROLE IF NOT EXISTS a WITH LOGIN;\n");
  CHECK(roles.findings() == Findings{"cockroachdb-script 1:1 CREATE ROLE IF NOT EXISTS a WITH LOGIN;"});
  CHECK(std::get<ast::CreateRole>(roles.script.statements.at(0).node).if_not_exists);
  CHECK(Parsed("CREATE TABLE t (index numeric(3), family varchar(2)) WITH (fillfactor=70);")
            .findings()
            .empty());
}

TEST_CASE("what only CockroachDB has is kept as it is written") {
  const Parsed parsed(
      "CREATE TABLE t (\n a INT8 NOT VISIBLE NOT NULL DEFAULT unique_rowid() ON UPDATE now():::TIMESTAMPTZ,\n"
      " b INT8 NULL AS (a + 1:::INT8) VIRTUAL,\n CONSTRAINT k PRIMARY KEY (a ASC) USING HASH WITH "
      "(bucket_count=8),\n"
      " INDEX (b DESC) STORING (a) WHERE b > 1:::INT8 NOT VISIBLE,\n FAMILY \"F\" (a, b)\n) LOCALITY "
      "GLOBAL;\n"
      "CREATE INVERTED INDEX i ON t (b) USING HASH;\n");
  CHECK(parsed.findings() ==
        Findings{"cockroachdb-script 1:1 CREATE TABLE t (", "vendor-clause 4:46 WITH (bucket_count=8)"});
  const auto& statements = parsed.script.statements;
  REQUIRE(statements.size() == 3);
  const auto& table = std::get<ast::CreateTable>(statements[0].node);
  REQUIRE(table.columns.size() == 2);
  CHECK(*table.columns[0].own_clauses == "NOT VISIBLE ON UPDATE now():::TIMESTAMPTZ");
  CHECK(table.columns[0].not_null);
  REQUIRE(table.columns[1].generated);
  CHECK_FALSE(table.columns[1].generated->stored);
  CHECK(table.constraints.at(0).hash_sharded);
  CHECK(table.own_elements == std::vector<std::string>{"FAMILY \"F\" (a, b)"});
  CHECK(*table.own_clauses == "LOCALITY GLOBAL");
  const auto& index = std::get<ast::CreateIndex>(statements[1].node);
  CHECK(index.including == std::vector<std::string>{"a"});
  CHECK(index.where);
  CHECK(*index.own_clauses == "NOT VISIBLE");
  const auto& inverted = std::get<ast::CreateIndex>(statements[2].node);
  CHECK(inverted.method == "gin");
  CHECK(inverted.hash_sharded);
}

TEST_CASE("rows that TimescaleDB compressed are not left out in silence") {
  const Parsed parsed(
      "COPY _timescaledb_internal.compress_hyper_2_3_chunk (device) FROM stdin;\n1\n\\.\n"
      "COPY _timescaledb_internal.compress_hyper_2_4_chunk (device) FROM stdin;\n\\.\n");
  const Findings found = parsed.findings();
  REQUIRE(found.size() == 2);
  CHECK(found[0].starts_with("vendor-dump "));
  CHECK(found[1].starts_with("vendor-rows 1:1 "));
}

TEST_CASE("IDENTITY of Redshift becomes one of PostgreSQL's") {
  const Parsed parsed(
      "CREATE TABLE t (a integer IDENTITY(1,1) ENCODE az64, b bigint NOT NULL GENERATED BY DEFAULT AS "
      "IDENTITY(10, -5));\n");
  CHECK(parsed.findings().size() == 4);
  const auto& columns = std::get<ast::CreateTable>(parsed.script.statements.at(0).node).columns;
  REQUIRE(columns.at(0).identity);
  CHECK_FALSE(columns[0].identity->always);
  CHECK(columns[0].not_null);
  REQUIRE(columns.at(1).identity);
  CHECK(*columns[1].identity->options.start == "10");
  CHECK(*columns[1].identity->options.increment == "-5");
  CHECK(*columns[1].identity->options.maximum == "10");
  CHECK(columns[0].identity->options.minimum.empty());
  const Parsed zero("CREATE TABLE t (a integer IDENTITY(0,1), b integer ENCODE az64);\n");
  const auto& from_zero = std::get<ast::CreateTable>(zero.script.statements.at(0).node).columns.at(0);
  REQUIRE(from_zero.identity);
  CHECK(*from_zero.identity->options.start == "0");
  CHECK(*from_zero.identity->options.minimum == "0");
}

TEST_CASE("CREATE SCHEMA with what is made in it") {
  const Parsed parsed(
      "CREATE SCHEMA s\n  CREATE TABLE t (a integer)\n  CREATE VIEW v AS SELECT a FROM t\n"
      "  GRANT SELECT ON t TO r;\n");
  CHECK(parsed.findings().empty());
  REQUIRE(parsed.script.statements.size() == 6);
  CHECK(std::holds_alternative<ast::CreateSchema>(parsed.script.statements[0].node));
  CHECK(std::get<ast::SetVariable>(parsed.script.statements[1].node).name == "search_path");
  CHECK(std::holds_alternative<ast::CreateTable>(parsed.script.statements[2].node));
  CHECK(parsed.script.statements[3].line == 3);
  CHECK(std::holds_alternative<ast::Grant>(parsed.script.statements[4].node));
  CHECK(std::get<ast::SetVariable>(parsed.script.statements[5].node).kind == ast::SetVariable::Kind::reset);
}

TEST_CASE("NUL bytes make the input unreadable") {
  const auto source = memory_source(std::string_view("SELECT 1;\n\0", 11));
  SourceFile file(0, "dump.sql");
  Diagnostics diagnostics;
  const auto dump = parse_dump(*source, file, diagnostics);
  REQUIRE_FALSE(dump);
  CHECK(dump.error().message == "line 2 holds a NUL byte: this is no SQL text");
}

TEST_CASE("every rule has what a report says about it") {
  for (const FindingKind& rule : parser_rules) {
    CHECK_FALSE(rule.id.empty());
    CHECK_FALSE(rule.summary.empty());
    CHECK_FALSE(rule.advice.empty());
    CHECK(std::count_if(parser_rules.begin(), parser_rules.end(),
                        [&](const FindingKind& other) { return other.id == rule.id; }) == 1);
  }
}

TEST_CASE("real dumps are read whole") {
  const char* variable = std::getenv("PG2CRDB_CORPUS");
  const std::filesystem::path corpus =
      variable != nullptr ? variable : std::filesystem::path(PG2CRDB_SOURCE_DIR) / "../shared/corpus";
  if (!std::filesystem::is_directory(corpus)) SKIP("no corpus: set PG2CRDB_CORPUS");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
    if (entry.path().extension() != ".sql") continue;
    INFO(entry.path().filename().string());
    const auto input = open_input(entry.path().string());
    REQUIRE(input);
    SourceFile file(0, entry.path().filename().string());
    Diagnostics diagnostics;
    const auto dump = parse_dump(**input, file, diagnostics);
    REQUIRE(dump);
    CHECK(dump->bytes == std::filesystem::file_size(entry.path()));
    for (const Diagnostic& diagnostic : diagnostics.all()) {
      CHECK((diagnostic.rule->id == "unparsed-statement" || diagnostic.rule->id == "client-encoding" ||
             diagnostic.rule->id == "dump-end-missing" || diagnostic.rule->id == "psql-include" ||
             diagnostic.rule->id == "vendor-dump" || diagnostic.rule->id == "vendor-object"));
    }
    for (const ast::DataBlock& block : dump->script.data) {
      CHECK(block.data.end <= dump->bytes);
      CHECK(block.rows <= block.data.end - block.data.begin);
      CHECK_FALSE(block.table.empty());
    }
  }
}

TEST_CASE("a dump of pg_dump without its last line is said to be cut") {
  const std::string head = "--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n";
  CHECK(Parsed(head).findings() == Findings{"dump-end-missing 2:1 -- PostgreSQL database dump"});
  CHECK(Parsed(head + "--\n-- PostgreSQL database dump complete\n--\n").findings().empty());
  CHECK(Parsed("SELECT 1;\n").findings().empty());
}

}  // namespace
}  // namespace pg2crdb

#include "parser/databases.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {
namespace {

TEST_CASE("statements about a database") {
  CHECK(database_of_statement("CREATE DATABASE shop WITH TEMPLATE = template0") == "shop");
  CHECK(database_of_statement("DROP DATABASE IF EXISTS \"My Shop\"") == "My Shop");
  CHECK(database_of_statement("ALTER DATABASE Shop SET search_path TO app") == "shop");
  CHECK(database_of_statement("COMMENT ON DATABASE shop IS 'x'") == "shop");
  CHECK(database_of_statement("GRANT CONNECT, TEMPORARY ON DATABASE shop TO app") == "shop");
  CHECK(database_of_statement("REVOKE ALL ON DATABASE shop FROM PUBLIC") == "shop");
  CHECK(database_of_statement(
            "UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = 'it''s a-base';") ==
        "it's a-base");
  CHECK(database_of_statement("ALTER ROLE app IN DATABASE shop SET work_mem TO '1MB'") == "shop");
  CHECK_FALSE(database_of_statement("ALTER ROLE app SET work_mem TO '1MB'"));
  CHECK_FALSE(database_of_statement("CREATE TABLE database (shop int)"));
  CHECK_FALSE(database_of_statement("COMMENT ON TABLE t IS 'on database shop'"));
  CHECK_FALSE(database_of_statement("GRANT SELECT ON t TO database"));
}

// What pg_dumpall writes: roles, a template without content, then one database after the other.
void feed(DatabaseParts& parts, std::vector<std::string>& read) {
  const auto take = [&](const char* sql) {
    if (parts.takes(sql)) read.emplace_back(sql);
  };
  take("CREATE ROLE app;");
  parts.connect("template1");
  take("SET client_encoding = 'UTF8';");
  take("CREATE DATABASE shop;");
  take("ALTER DATABASE shop SET search_path TO 'shop';");
  parts.connect("shop");
  take("SET client_encoding = 'LATIN1';");
  take("CREATE TABLE a (id int);");
  take("CREATE DATABASE crm;");
  parts.connect("crm");
  take("SELECT pg_catalog.set_config('search_path', '', false);");
  take("CREATE TABLE b (id int);");
  parts.count_rows(7);
  take("GRANT app TO other;");
}

TEST_CASE("the database that was chosen, with what belongs to all of them") {
  DatabaseParts parts("crm");
  std::vector<std::string> read;
  feed(parts, read);
  CHECK(read == std::vector<std::string>{"CREATE ROLE app;", "CREATE DATABASE crm;",
                                         "SELECT pg_catalog.set_config('search_path', '', false);",
                                         "CREATE TABLE b (id int);", "GRANT app TO other;"});
  CHECK_FALSE(parts.ambiguous());
  CHECK(parts.read() == "crm");
  REQUIRE(parts.parts().size() == 4);
  CHECK(parts.parts()[1].name == "template1");
  CHECK(parts.parts()[1].found.statements == 1);
  CHECK(parts.parts()[2].name == "shop");
  CHECK(parts.parts()[2].found.statements == 4);
}

TEST_CASE("two databases with content, and nobody chose") {
  DatabaseParts parts("");
  std::vector<std::string> read;
  feed(parts, read);
  CHECK(parts.ambiguous());
  CHECK(parts.read() == "shop");
  CHECK(parts.parts()[3].name == "crm");
  CHECK(parts.parts()[3].found.statements == 2);
  CHECK(parts.parts()[3].found.rows == 7);
}

TEST_CASE("a database without content does not count") {
  DatabaseParts parts("");
  CHECK(parts.takes("CREATE DATABASE shop;"));
  parts.connect("shop");
  CHECK(parts.takes("CREATE TABLE a (id int);"));
  parts.connect("postgres");
  CHECK_FALSE(parts.takes("SET client_encoding = 'UTF8';"));
  CHECK_FALSE(parts.takes("CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;"));
  CHECK_FALSE(parts.takes("COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';"));
  CHECK_FALSE(parts.takes("GRANT ALL ON SCHEMA public TO PUBLIC;"));
  CHECK_FALSE(parts.ambiguous());
  CHECK(parts.read() == "shop");
}

TEST_CASE("what stands before the first \\connect may be a database too") {
  DatabaseParts parts("");
  CHECK(parts.takes("CREATE TABLE a (id int);"));
  parts.connect("crm");
  CHECK_FALSE(parts.takes("CREATE TABLE b (id int);"));
  CHECK(parts.ambiguous());
}

TEST_CASE("what belongs to any database is read, and is content of none") {
  for (const char* chosen : {"", "shop"}) {
    DatabaseParts parts(chosen);
    const auto add = [&] {
      parts.take_all(true);
      CHECK(parts.takes("CREATE TABLE added (id int);"));
      parts.take_all(false);
    };
    add();
    CHECK(parts.takes("CREATE ROLE app;"));
    parts.connect("shop");
    CHECK(parts.takes("CREATE TABLE a (id int);"));
    parts.connect("postgres");
    CHECK_FALSE(parts.takes("SET client_encoding = 'UTF8';"));
    add();
    CHECK_FALSE(parts.ambiguous());
    CHECK(parts.read() == "shop");
    CHECK_FALSE(parts.parts()[0].content);
  }
}

}  // namespace
}  // namespace pg2crdb

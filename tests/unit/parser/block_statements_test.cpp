#include "parser/block_statements.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

using namespace pg2crdb;

TEST_CASE("a block of definitions is a script") {
  const std::string body =
      "BEGIN\n  CREATE TABLE a (id int);\n  NULL; RAISE NOTICE 'x';\n  BEGIN DROP TABLE a; END;\nEND";
  const auto statements = statements_of_block(body);
  REQUIRE(statements);
  REQUIRE(statements->size() == 2);
  CHECK(std::holds_alternative<ast::CreateTable>(statements->at(0).node));
  CHECK(body.substr(statements->at(0).begin, statements->at(0).end - statements->at(0).begin) ==
        "CREATE TABLE a (id int)");
  CHECK(std::holds_alternative<ast::Drop>(statements->at(1).node));
}

TEST_CASE("a guarded definition stays a block of its own") {
  const std::string body =
      "BEGIN BEGIN CREATE TYPE a AS ENUM (); EXCEPTION WHEN duplicate_object OR duplicate_table THEN NULL; "
      "WHEN duplicate_column THEN END;"
      " IF true THEN CREATE TABLE t (); END IF; END;";
  const auto statements = statements_of_block(body);
  REQUIRE(statements);
  REQUIRE(statements->size() == 2);
  const auto* first = std::get_if<ast::DoBlock>(&statements->at(0).node);
  REQUIRE(first != nullptr);
  const auto type = guarded_statements(first->body);
  REQUIRE(type);
  CHECK(std::holds_alternative<ast::CreateEnum>(type->nodes.at(0)));
  CHECK_FALSE(type->condition);
  CHECK(type->passes_over ==
        std::vector<std::string>{"duplicate_object", "duplicate_table", "duplicate_column"});
  CHECK(body.substr(statements->at(0).begin, 6) == "CREATE");
  const auto* second = std::get_if<ast::DoBlock>(&statements->at(1).node);
  REQUIRE(second != nullptr);
  const auto table = guarded_statements(second->body);
  REQUIRE(table);
  CHECK(table->condition);
  CHECK(table->passes_over.empty());
}

TEST_CASE("a guard may hold several, and others behind ELSE") {
  const auto guarded = guarded_statements(
      "BEGIN IF a THEN RAISE NOTICE 'x %', a; CREATE TABLE b (); EXECUTE 'CREATE TABLE c ()'; ELSE DROP "
      "TABLE d; "
      "RAISE INFO 'y'; END IF; END");
  REQUIRE(guarded);
  REQUIRE(guarded->nodes.size() == 2);
  CHECK(std::get<ast::CreateTable>(guarded->nodes[1]).name.name == "c");
  REQUIRE(guarded->otherwise.size() == 1);
  CHECK(std::holds_alternative<ast::Drop>(guarded->otherwise[0]));
  CHECK_FALSE(guarded_statements("BEGIN IF a THEN RAISE NOTICE '%', f(); DROP TABLE b; END IF; END"));
  CHECK_FALSE(guarded_statements(
      "BEGIN IF a THEN DROP TABLE b; DROP TABLE c; END IF; EXCEPTION WHEN duplicate_table THEN NULL; END"));
}

TEST_CASE("loops over constants and texts made of them are written out") {
  const auto texts = [](const std::string& body) {
    const auto statements = statements_of_block(body);
    REQUIRE(statements);
    std::vector<std::string> found;
    for (const BlockStatement& one : *statements) {
      if (const auto* table = std::get_if<ast::CreateTable>(&one.node)) found.push_back(table->name.name);
      if (const auto* block = std::get_if<ast::DoBlock>(&one.node)) found.push_back(block->body);
    }
    return found;
  };
  using Strings = std::vector<std::string>;
  CHECK(texts("DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['a', 'B c'] LOOP RAISE NOTICE '%', t; EXECUTE "
              "format('CREATE TABLE %I (x int DEFAULT %2$s)', t, 4); END LOOP; END") == Strings{"a", "B c"});
  CHECK(texts("BEGIN FOR i IN 1..3 LOOP EXECUTE 'CREATE TABLE p_' || i || ' ()'; END LOOP; END") ==
        Strings{"p_1", "p_2", "p_3"});
  CHECK(
      texts("DECLARE n CONSTANT text := 'a' || 'b'; l text[] := ARRAY['x', 'y']; t text; BEGIN FOREACH t IN "
            "ARRAY l LOOP EXECUTE 'CREATE TABLE ' || quote_ident(n || t) || ' ()'; END LOOP; END") ==
      Strings{"abx", "aby"});
  CHECK(texts("DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['a'] LOOP IF NOT EXISTS (SELECT FROM pg_class "
              "WHERE relname = t) THEN EXECUTE format('CREATE TABLE %I ()', t); END IF; END LOOP; END") ==
        Strings{"BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'a') THEN EXECUTE format('CREATE "
                "TABLE %I ()', 'a'); END IF; END"});
}

TEST_CASE("what does more than a script would is none") {
  for (const std::string body :
       {"DECLARE t int; BEGIN DROP TABLE t; END", "BEGIN DELETE FROM t; END",
        "BEGIN EXECUTE 'DROP TABLE ' || t; END", "BEGIN FOR i IN a..2 LOOP DROP TABLE t; END LOOP; END",
        "DECLARE t text; BEGIN FOREACH t IN ARRAY f() LOOP EXECUTE 'DROP TABLE ' || t; END LOOP; END",
        "DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['a'] LOOP EXIT; END LOOP; END",
        "DECLARE t text := f(); BEGIN EXECUTE 'DROP TABLE ' || t; END",
        "DECLARE t text := 'a'; BEGIN t := 'b'; EXECUTE 'DROP TABLE ' || t; END",
        "DECLARE r record; BEGIN FOR r IN SELECT 1 LOOP EXECUTE 'DROP TABLE a'; END LOOP; END",
        "BEGIN SET LOCAL search_path = a; END",
        "BEGIN IF a THEN DROP TABLE t; ELSIF b THEN DROP TABLE u; END IF; END", "BEGIN EXECUTE ''; END",
        "BEGIN RETURN; DROP TABLE t; END",
        "BEGIN DROP TABLE t; DROP TABLE u; EXCEPTION WHEN others THEN NULL; END", "BEGIN PERFORM f(); END",
        "<<a>> BEGIN DROP TABLE t; END", "BEGIN DROP TABLE t", "BEGIN DROP TABEL t; END", ""}) {
    INFO(body);
    CHECK_FALSE(statements_of_block(body));
  }
  CHECK_FALSE(guarded_statements("BEGIN DROP TABLE t; END"));
}

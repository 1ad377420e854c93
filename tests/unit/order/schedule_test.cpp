#include "order/schedule.h"

#include <catch2/catch_test_macros.hpp>

#include "bind/binder.h"
#include "parser/parser.h"

using namespace pg2crdb;

TEST_CASE("rows of a table that is made after the load are not loaded") {
  const std::unique_ptr<ByteSource> source = memory_source(
      "CREATE TABLE late (id int);\n"
      "COPY late FROM stdin;\n1\n\\.\n"
      "INSERT INTO late VALUES (2);\n"
      "CREATE TABLE early (id int);\n"
      "INSERT INTO early VALUES (3);\n");
  SourceFile file(0, "dump.sql");
  Diagnostics diagnostics;
  Result<ParsedDump> parsed = parse_dump(*source, file, diagnostics);
  REQUIRE(parsed);
  ast::Script& script = parsed->script;
  bind::Binder binder(script);
  for (ast::Statement& statement : script.statements) binder.bind(statement);
  for (ast::DataBlock& block : script.data) binder.bind(block);
  binder.finish();
  script.statements[0].after_rows = true;
  ast::Catalog catalog(script);
  const Target target;
  const PassOptions options;
  PassContext context("order-phases", script, catalog, target, options, diagnostics);
  order::schedule(context);
  REQUIRE(script.data.size() == 3);
  CHECK_FALSE(script.data[0].left_out.empty());
  CHECK_FALSE(script.data[1].left_out.empty());
  CHECK(script.data[2].left_out.empty());
  CHECK(script.statements[script.data[0].statement].fate == ast::Fate::dropped);
  CHECK(diagnostics.all().size() == 1);
}

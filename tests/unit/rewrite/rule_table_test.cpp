#include "rewrite/rule_table.h"

#include <catch2/catch_test_macros.hpp>

#include "rewrite/rule_set.h"
#include "support/result.h"

namespace pg2crdb::rewrite {
namespace {

/// A bit of all that the language has.
constexpr const char* text = R"(pass 'all of it' in rules, exact, phases-only;
finding seen warning in rules 'a thing was seen' help 'Look at it.';

rule first reports seen
  run before map-types;
  match column $table.$column numeric($precision, -1);
  match column prices.$column money;
  where ($column ~ '^(price|cost)_(.*)$' as $kind or not $table has primary key 'id')
    and count($column) in ('1', '2') and type of $column is not array;
  when crdb >= 24.1 and (crdb lacks triggers or not crdb has updatable-views);
  rewrite as decimal(10, 2);
  set .not_null to true;
  set .storage to 'x$column';
  add after rows verbatim 'SELECT ''$column ${.name}''';
  add before rows COMMENT ON TABLE $table IS 'seen';
  say 'a $kind in ${table.name}' about 'the $column' once;
  test for crdb 24.1 { CREATE TABLE t (a numeric); } unchanged;
  test { CREATE TABLE t (price_a money); } becomes { CREATE TABLE t (price_a decimal(10, 2)); } reports 'x', 'y';

rule second
  match statement of kind 'COMMENT ON *', 'CREATE CAST';
  delete because 'it is of no use';
)";

}  // namespace

TEST_CASE("a rule file that was read from its table is what was read from its text") {
  const std::unique_ptr<RuleFile> file = checked_rule_file("my.rule", text);
  const std::string table = to_table(*file);
  const std::unique_ptr<RuleFile> again = from_table("my.rule", table);
  CHECK(to_table(*again) == table);
  REQUIRE(again->rules.size() == 2);
  CHECK(again->rules[0].shown() == "my.rule:4 (first)");
  CHECK(again->rules[0].finding == &again->findings[0]);
  CHECK(again->findings[0].advice == "Look at it.");
  CHECK(again->rules[0].condition->parts[0].parts[0].parts[0].regex->text() == "^(price|cost)_(.*)$");
  const Fragment& pattern = again->rules[0].matches[0].pattern;
  CHECK(ast::equal(*pattern.type, pattern.node.get(), file->rules[0].matches[0].pattern.node.get()));
}

TEST_CASE("a table that is cut off or goes on is noticed") {
  const std::string table = to_table(*checked_rule_file("my.rule", text));
  CHECK_THROWS_AS(from_table("my.rule", table + "x"), InternalError);
  for (size_t size = 0; size < table.size(); ++size)
    CHECK_THROWS_AS(from_table("my.rule", std::string_view(table).substr(0, size)), InternalError);
}

}  // namespace pg2crdb::rewrite
